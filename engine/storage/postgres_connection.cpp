#include "engine/storage/postgres_connection.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>

#include "engine/storage/dialect.h"
#include "engine/storage/postgres_cursor.h"

namespace thien_an::storage {

constexpr int binary = 1;
namespace {

enum : Oid { type_bytea = 17, type_int8 = 20, type_text = 25, type_from_context = 0 };
/// Beyond it a connection forgets its statements: SQL made from values would otherwise fill the server.
constexpr std::size_t statements_max = 4000;

bool good(const PGresult* answer)
{
    const auto status = PQresultStatus(answer);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

std::string diagnosis(const PGresult* answer, int field)
{
    const char* text = answer == nullptr ? nullptr : PQresultErrorField(answer, field);
    return text == nullptr ? "" : text;
}

/// The constraint as Database promises to name it.
std::string constraint_of(const PGresult* answer)
{
    auto name = diagnosis(answer, PG_DIAG_CONSTRAINT_NAME);
    if (!name.empty()) return name;
    return diagnosis(answer, PG_DIAG_TABLE_NAME) + "." + diagnosis(answer, PG_DIAG_COLUMN_NAME);
}

/// How many rows a search of words finds decides how it is best run, and only the words tell.
bool planned_for_its_values(std::string_view sql) { return sql.find("text_hits(") != std::string_view::npos; }

}  // namespace

/// The values as libpq takes them, in PostgreSQL's binary form.
struct PostgresConnection::Parameters {
    explicit Parameters(std::span<const Value> values)
    {
        numbers.reserve(values.size());
        for (const auto& value : values) std::visit([this](const auto& v) { add(v); }, value);
        formats.assign(values.size(), binary);
    }

    void add(std::monostate) { push('n', type_from_context, nullptr, 0); }
    void add(std::int64_t number)
    {
        const auto bits = std::uint64_t(number);
        auto& bytes = numbers.emplace_back();
        for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = char(bits >> (56 - 8 * i) & 0xff);
        push('i', type_int8, bytes.data(), bytes.size());
    }
    void add(std::string_view text)
    {
        push('t', type_text, text.data() == nullptr ? "" : text.data(), text.size());
    }
    void add(ByteView bytes)
    {
        push('b', type_bytea, bytes.empty() ? "" : text_of(bytes).data(), bytes.size());
    }

    void push(char letter, Oid type, const char* start, std::size_t size)
    {
        types += letter;
        oids.push_back(type);
        starts.push_back(start);
        sizes.push_back(int(size));
    }

    std::string types;  ///< One letter a value: part of the name a statement is kept under.
    std::vector<Oid> oids;
    std::vector<const char*> starts;
    std::vector<int> sizes;
    std::vector<int> formats;
    std::vector<std::array<char, 8>> numbers;  ///< Reserved at once: `starts` points into it.
};

PostgresConnection::PostgresConnection(const std::string& address, std::chrono::milliseconds limit)
    : Session(Engine::postgres), connection_(PQconnectdb(address.c_str()), &PQfinish)
{
    if (PQstatus(handle()) != CONNECTION_OK)
        throw ConnectionLost(fmt::format("cannot reach PostgreSQL: {}", PQerrorMessage(handle())));
    PQsetNoticeProcessor(
        handle(), [](void*, const char*) {}, nullptr
    );
    PQsetErrorVerbosity(handle(), PQERRORS_TERSE);  // Details quote values, and errors are logged.
    run_script(fmt::format(
        "SET client_encoding = 'UTF8'; SET statement_timeout = {}; SET idle_in_transaction_session_timeout = "
        "60000; "
        "SET default_transaction_isolation = 'read committed'",
        limit.count()
    ));
    require_durable();
}

void PostgresConnection::require_durable()
{
    constexpr std::string_view question = R"sql(
        SELECT name, setting FROM pg_settings
         WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off')sql";
    const auto off = query(question, {});
    if (off->next())
        throw StorageError(
            fmt::format("PostgreSQL runs with {} off: a power cut would lose what was promised", off->text(0))
        );
}

bool PostgresConnection::in_transaction() const
{
    const auto status = PQtransactionStatus(handle());
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

const std::string& PostgresConnection::prepared(
    std::string_view sql, const std::string& types, std::span<const Oid> oids
)
{
    const auto key = fmt::format("{}:{}", types, sql);
    if (const auto found = names_.find(key); found != names_.end()) return found->second;
    if (names_.size() >= statements_max) {
        run_script("DEALLOCATE ALL");
        names_.clear();
    }
    auto name = fmt::format("s{}", names_.size());
    const auto text = numbered_for_postgres(sql);
    const PostgresResult answer(
        PQprepare(handle(), name.c_str(), text.c_str(), int(oids.size()), oids.data()), &PQclear
    );
    if (!good(answer.get())) fail(answer.get(), sql);
    return names_.emplace(key, std::move(name)).first->second;
}

PostgresResult PostgresConnection::run_prepared(std::string_view sql, const Parameters& parameters)
{
    const auto& name = prepared(sql, parameters.types, parameters.oids);
    return {
        PQexecPrepared(
            handle(),
            name.c_str(),
            int(parameters.oids.size()),
            parameters.starts.data(),
            parameters.sizes.data(),
            parameters.formats.data(),
            binary
        ),
        &PQclear};
}

PostgresResult PostgresConnection::run_once(std::string_view sql, const Parameters& parameters)
{
    const auto text = numbered_for_postgres(sql);
    return {
        PQexecParams(
            handle(),
            text.c_str(),
            int(parameters.oids.size()),
            parameters.oids.data(),
            parameters.starts.data(),
            parameters.sizes.data(),
            parameters.formats.data(),
            binary
        ),
        &PQclear};
}

PostgresResult PostgresConnection::run(std::string_view sql, std::span<const Value> values)
{
    if (std::chrono::steady_clock::now() > deadline_) throw Busy("the command ran longer than its limit");
    const Parameters parameters(values);
    auto answer = planned_for_its_values(sql) ? run_once(sql, parameters) : run_prepared(sql, parameters);
    if (!good(answer.get())) fail(answer.get(), sql);
    return answer;
}

std::unique_ptr<detail::Cursor> PostgresConnection::query(std::string_view sql, std::span<const Value> values)
{
    return cursor_over(run(sql, values));
}

std::int64_t PostgresConnection::execute(std::string_view sql, std::span<const Value> values)
{
    const auto answer = run(sql, values);
    if (std::string_view(PQcmdStatus(answer.get())).starts_with("SELECT")) return 0;
    const std::string_view count = PQcmdTuples(answer.get());
    std::int64_t changed = 0;
    std::from_chars(count.data(), count.data() + count.size(), changed);
    return changed;
}

void PostgresConnection::run_script(const std::string& sql)
{
    const PostgresResult answer(PQexec(handle(), sql.c_str()), &PQclear);
    if (!good(answer.get())) fail(answer.get(), sql);
}

void PostgresConnection::fail(const PGresult* answer, std::string_view sql)
{
    const auto state = diagnosis(answer, PG_DIAG_SQLSTATE);
    const auto what = fmt::format("{} ({}) in: {}", PQerrorMessage(handle()), state, sql.substr(0, 2000));
    if (PQstatus(handle()) == CONNECTION_BAD || state.starts_with("08") || state.starts_with("57P"))
        throw ConnectionLost(what);
    if (state == "40001" || state == "40P01") throw RunAgain(what);
    if (state == "57014" || state == "55P03") throw Busy("the command ran longer than its limit");
    if (state.starts_with("53")) {
        if (state == "53100") throw DiskFull(what);
        throw Busy(what);
    }
    if (state.starts_with("23")) throw ConstraintError(what, constraint_of(answer));
    throw StorageError(what);
}

}  // namespace thien_an::storage

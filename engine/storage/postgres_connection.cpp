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

void append_number(std::string& out, std::uint64_t number, int bytes)
{
    constexpr int bits = 8;
    for (int shift = bits * (bytes - 1); shift >= 0; shift -= bits) out += char(number >> shift & 0xff);
}

/// One field of PostgreSQL's binary COPY: four bytes of length, then the value; null has the length -1.
struct CopyField {
    std::string& out;
    void operator()(std::monostate) const { append_number(out, ~std::uint64_t{0}, 4); }
    void operator()(std::int64_t number) const
    {
        append_number(out, 8, 4);
        append_number(out, std::uint64_t(number), 8);
    }
    void operator()(std::string_view text) const
    {
        append_number(out, text.size(), 4);
        out += text;
    }
    void operator()(ByteView bytes) const { (*this)(text_of(bytes)); }
};

}  // namespace

std::int64_t advisory_key(const Lock& lock)
{
    std::uint64_t hash = 14695981039346656037U;
    const auto mix = [&](std::uint8_t byte) { hash = (hash ^ byte) * 1099511628211U; };
    for (const char c : lock.kind) mix(static_cast<std::uint8_t>(c));
    for (int i = 0; i < 8; ++i) mix(static_cast<std::uint8_t>(std::uint64_t(lock.id) >> (8 * i)));
    return std::int64_t(hash);
}

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

void PostgresConnection::require_time_left() const
{
    if (std::chrono::steady_clock::now() > deadline_) throw Busy("the command ran longer than its limit");
}

PostgresResult PostgresConnection::run(std::string_view sql, std::span<const Value> values)
{
    require_time_left();
    const Parameters parameters(values);
    auto answer = planned_for_its_values(sql) ? run_once(sql, parameters) : run_prepared(sql, parameters);
    if (!good(answer.get())) fail(answer.get(), sql);
    return answer;
}

void PostgresConnection::hold(const Lock& lock, Hold how)
{
    const std::array<Value, 1> key{advisory_key(lock)};
    const auto* sql =
        how == Hold::alone ? "SELECT pg_advisory_xact_lock(?1)" : "SELECT pg_advisory_xact_lock_shared(?1)";
    static_cast<void>(run(sql, key));
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

void PostgresConnection::insert(const NewRows& rows)
{
    constexpr std::size_t worth_a_copy = 100;  // Rows; below, a kept statement is one message less.
    if (rows.values.size() < worth_a_copy * rows.width) return Session::insert(rows);
    require_time_left();
    const auto sql = fmt::format("COPY {} ({}) FROM STDIN (FORMAT binary)", rows.table, rows.columns);
    const PostgresResult begun(PQexec(handle(), sql.c_str()), &PQclear);
    if (PQresultStatus(begun.get()) != PGRES_COPY_IN) fail(begun.get(), sql);
    copy_in(rows, sql);
    PostgresResult answer(PQgetResult(handle()), &PQclear);
    for (;;) {
        const PostgresResult more(PQgetResult(handle()), &PQclear);
        if (more == nullptr) break;
    }
    if (!good(answer.get())) fail(answer.get(), sql);
}

/// PostgreSQL 15, COPY, "Binary Format". What is refused is told by the answer that follows.
void PostgresConnection::copy_in(const NewRows& rows, const std::string& sql)
{
    constexpr std::size_t bytes_at_once = 256 * 1024;
    std::string buffer("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);  // Signature, flags, no more of a header.
    const auto send = [&] {
        if (PQputCopyData(handle(), buffer.data(), int(buffer.size())) != 1) fail(nullptr, sql);
        buffer.clear();
    };
    for (std::size_t at = 0; at < rows.values.size(); ++at) {
        if (at % rows.width == 0) append_number(buffer, rows.width, 2);
        std::visit(CopyField{buffer}, rows.values[at]);
        if (buffer.size() > bytes_at_once) send();
    }
    append_number(buffer, ~std::uint64_t{0}, 2);  // The end.
    send();
    if (PQputCopyEnd(handle(), nullptr) != 1) fail(nullptr, sql);
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

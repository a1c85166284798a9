#include "engine/storage/sqlite_connection.h"

#include <fmt/format.h>

#include <cerrno>

#include "engine/storage/sqlite_constraint.h"

namespace thien_an::storage {
namespace {

/// Virtual machine steps between two looks at the deadline.
constexpr int steps_between_looks = 2000;

constexpr std::string_view pragmas = R"sql(
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -8000;
    PRAGMA wal_autocheckpoint = 2000;
    PRAGMA journal_size_limit = 67108864;)sql";

void bind(sqlite3_stmt* statement, int place, const Value& value, sqlite3_destructor_type keeping)
{
    struct Binder {
        sqlite3_stmt* to;
        int place;
        sqlite3_destructor_type keeping;
        int operator()(std::monostate) const { return sqlite3_bind_null(to, place); }
        int operator()(std::int64_t number) const { return sqlite3_bind_int64(to, place, number); }
        int operator()(std::string_view text) const
        {
            const char* start = text.data() == nullptr ? "" : text.data();
            return sqlite3_bind_text64(to, place, start, text.size(), keeping, SQLITE_UTF8);
        }
        int operator()(ByteView bytes) const
        {
            if (bytes.empty()) return sqlite3_bind_zeroblob(to, place, 0);
            return sqlite3_bind_blob64(to, place, bytes.data(), bytes.size(), keeping);
        }
    };
    const int code = std::visit(Binder{statement, place, keeping}, value);
    if (code == SQLITE_RANGE) throw StorageError(fmt::format("no ?{} in: {}", place, sqlite3_sql(statement)));
    if (code != SQLITE_OK)
        throw StorageError(fmt::format("cannot bind ?{}: {}", place, sqlite3_errstr(code)));
}

void bind_all(sqlite3_stmt* statement, std::span<const Value> values, sqlite3_destructor_type keeping)
{
    if (sqlite3_bind_parameter_count(statement) > int(values.size()))
        throw StorageError(fmt::format("{} values are too few for: {}", values.size(), sqlite3_sql(statement))
        );
    for (std::size_t i = 0; i < values.size(); ++i) bind(statement, int(i) + 1, values[i], keeping);
}

bool says_full(int system_error)
{
    return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

/// What the system last said about the database file or its write-ahead log.
int last_error(sqlite3* db, int of_which_file)
{
    sqlite3_file* file = nullptr;
    int code = 0;
    sqlite3_file_control(db, "main", of_which_file, &file);
    if (file != nullptr && file->pMethods != nullptr)
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &code);
    return code;
}

/// SQLite itself knows ENOSPC as "full"; a quota or a limit on a file's size is an input-output error to it.
bool no_room(sqlite3* db, int code)
{
    if ((code & 0xff) == SQLITE_FULL) return true;
    if ((code & 0xff) != SQLITE_IOERR) return false;
    return says_full(sqlite3_system_errno(db)) || says_full(last_error(db, SQLITE_FCNTL_JOURNAL_POINTER)) ||
           says_full(last_error(db, SQLITE_FCNTL_FILE_POINTER));
}

}  // namespace

namespace {

/// Counting every allocation for statistics nobody asks for takes a lock that all connections share. Where something has
/// started SQLite before, it goes on counting.
void count_no_memory()
{
    static const int refused = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(refused);
}

}  // namespace

/// Holds the first row already: a statement that writes and returns rows has written when query() returns.
class SqliteCursor : public detail::Cursor {
public:
    SqliteCursor(SqliteConnection& connection, SqliteConnection::Statement& statement)
        : connection_(connection), statement_(statement)
    {
        statement_.used = true;
    }
    SqliteCursor(const SqliteCursor&) = delete;
    SqliteCursor& operator=(const SqliteCursor&) = delete;
    ~SqliteCursor() override
    {
        sqlite3_reset(statement_.prepared);
        sqlite3_clear_bindings(statement_.prepared);
        statement_.used = false;
    }

    void start() { waiting_ = step(); }
    bool next() override
    {
        if (ended_) return false;
        if (waiting_) {
            waiting_ = false;
            return true;
        }
        return step();
    }
    int columns() const override { return sqlite3_column_count(statement_.prepared); }
    bool null(int column) const override { return sqlite3_column_type(row(), column) == SQLITE_NULL; }
    std::int64_t integer(int column) const override { return sqlite3_column_int64(row(), column); }
    std::string_view text(int column) const override
    {
        const auto* start = sqlite3_column_text(row(), column);
        if (start == nullptr) return {};
        // SQLite hands UTF-8 out as unsigned char.
        return text_of({start, std::size_t(sqlite3_column_bytes(row(), column))});
    }
    ByteView bytes(int column) const override
    {
        const auto* start = static_cast<const std::uint8_t*>(sqlite3_column_blob(row(), column));
        return {start, std::size_t(sqlite3_column_bytes(row(), column))};
    }

private:
    sqlite3_stmt* row() const { return statement_.prepared; }
    bool step()
    {
        connection_.require_going_on();
        const int code = sqlite3_step(statement_.prepared);
        if (code == SQLITE_ROW) return true;
        ended_ = true;
        if (code != SQLITE_DONE) connection_.fail(code, sqlite3_sql(statement_.prepared));
        return false;
    }

    SqliteConnection& connection_;
    SqliteConnection::Statement& statement_;
    bool waiting_ = false;
    bool ended_ = false;
};

SqliteConnection::SqliteConnection(const std::string& path, SqliteAccess access, const std::string& vfs)
    : Session(Engine::sqlite)
{
    count_no_memory();
    const int flags = access == SqliteAccess::write  ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                      : access == SqliteAccess::read ? SQLITE_OPEN_READWRITE
                                                     : SQLITE_OPEN_READONLY;
    const int code =
        sqlite3_open_v2(path.c_str(), &db_, flags | SQLITE_OPEN_NOMUTEX, vfs.empty() ? nullptr : vfs.c_str());
    if (code != SQLITE_OK) {
        const std::string why = db_ != nullptr ? sqlite3_errmsg(db_) : sqlite3_errstr(code);
        sqlite3_close_v2(db_);
        throw StorageError(fmt::format("cannot open the database {}: {}", path, why));
    }
    sqlite3_extended_result_codes(db_, 1);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_busy_timeout(db_, 10'000);
    sqlite3_progress_handler(
        db_,
        steps_between_looks,
        [](void* self) {
            const auto& connection = *static_cast<SqliteConnection*>(self);
            return std::chrono::steady_clock::now() > connection.deadline_ ? 1 : 0;
        },
        this
    );
    if (access != SqliteAccess::look) run_script(std::string(pragmas));
    if (access == SqliteAccess::read) run_script("PRAGMA query_only = ON");
}

SqliteConnection::~SqliteConnection()
{
    for (auto& [sql, statement] : texts_) sqlite3_finalize(statement.prepared);
    for (auto& statement : spare_) sqlite3_finalize(statement.prepared);
    sqlite3_close_v2(db_);
}

sqlite3_stmt* SqliteConnection::prepare(std::string_view sql)
{
    sqlite3_stmt* prepared = nullptr;
    const char* rest = nullptr;
    const int code =
        sqlite3_prepare_v3(db_, sql.data(), int(sql.size()), SQLITE_PREPARE_PERSISTENT, &prepared, &rest);
    if (code != SQLITE_OK) fail(code, sql);
    if (prepared == nullptr) throw StorageError(fmt::format("not a statement: {}", sql));
    return prepared;
}

SqliteConnection::Statement& SqliteConnection::statement(std::string_view sql)
{
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
        auto* prepared = prepare(sql);
        auto& [text, statement] = texts_.emplace_back(std::string(sql), Statement{prepared, false});
        found = statements_.emplace(text, &statement).first;
    }
    if (!found->second->used) return *found->second;
    for (auto& other : spare_)
        if (!other.used && sqlite3_sql(other.prepared) == sql) return other;
    return spare_.emplace_back(Statement{prepare(sql), false});
}

std::unique_ptr<detail::Cursor> SqliteConnection::query(std::string_view sql, std::span<const Value> values)
{
    require_going_on();
    auto& chosen = statement(sql);
    auto cursor = std::make_unique<SqliteCursor>(*this, chosen);
    bind_all(chosen.prepared, values, SQLITE_TRANSIENT);
    cursor->start();
    return cursor;
}

std::int64_t SqliteConnection::execute(std::string_view sql, std::span<const Value> values)
{
    require_going_on();
    auto& chosen = statement(sql);
    SqliteCursor cursor(*this, chosen);  // Resets the statement on every way out.
    bind_all(chosen.prepared, values, SQLITE_STATIC);
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW) code = sqlite3_step(chosen.prepared);
    if (code != SQLITE_DONE) fail(code, sql);
    return sqlite3_stmt_readonly(chosen.prepared) != 0 ? 0 : sqlite3_changes64(db_);
}

void SqliteConnection::run_script(const std::string& sql)
{
    const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code, sql);
}

void SqliteConnection::begin_command(std::chrono::steady_clock::time_point limit)
{
    deadline_ = limit;
    in_command_ = true;
    failed_ = false;
}

bool SqliteConnection::end_command()
{
    deadline_ = std::chrono::steady_clock::time_point::max();
    in_command_ = false;
    return failed_;
}

void SqliteConnection::require_going_on() const
{
    if (!in_command_) return;
    if (failed_) throw StorageError("a command went on after a statement that failed");
    if (std::chrono::steady_clock::now() > deadline_) throw Busy("the command ran longer than its limit");
}

void SqliteConnection::fail(int code, std::string_view sql)
{
    failed_ = true;
    const std::string message = sqlite3_errmsg(db_);
    const std::string what = fmt::format("{} ({}) in: {}", message, code, sql.substr(0, 2000));
    const int kind = code & 0xff;
    if (no_room(db_, code)) throw DiskFull(what);
    if (kind == SQLITE_INTERRUPT) throw Busy("the command ran longer than its limit");
    if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED) throw Busy(what);
    const bool fault_of_types = code == SQLITE_CONSTRAINT_DATATYPE;
    if (kind == SQLITE_CONSTRAINT && !fault_of_types)
        throw ConstraintError(what, constraint_name(db_, message));
    throw StorageError(what);
}

}  // namespace thien_an::storage

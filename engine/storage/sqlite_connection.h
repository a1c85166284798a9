#pragma once

#include <sqlite3.h>

#include <chrono>
#include <list>
#include <string>
#include <unordered_map>

#include "engine/storage/database.h"

/// One connection to a SQLite file with its prepared statements. Used by one thread at a time.
namespace thien_an::storage {

/// `look` changes nothing on the disk: for copies that lie still.
enum class SqliteAccess { look, read, write };

class SqliteConnection : public detail::Session {
public:
    /// Opens the file (making it for `write`) in WAL mode with synchronous=FULL. `vfs` empty: the platform's.
    SqliteConnection(const std::string& path, SqliteAccess access, const std::string& vfs);
    SqliteConnection(const SqliteConnection&) = delete;
    SqliteConnection& operator=(const SqliteConnection&) = delete;
    ~SqliteConnection() override;

    std::unique_ptr<detail::Cursor> query(std::string_view sql, std::span<const Value> values) override;
    std::int64_t execute(std::string_view sql, std::span<const Value> values) override;
    void hold(const Lock&, Hold) override {}  ///< There is one writer.

    void run(std::string_view sql) { execute(sql, {}); }
    /// Several statements without values, as a migration has them.
    void run_script(const std::string& sql);
    /// False when SQLite rolled the transaction back on its own (disk full, interrupt).
    bool in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }
    /// Until end_command, statements past `limit` end in Busy, and none runs after one that failed: as on PostgreSQL.
    void begin_command(std::chrono::steady_clock::time_point limit);
    /// Whether a statement failed.
    bool end_command();
    sqlite3* handle() const { return db_; }

private:
    friend class SqliteCursor;
    struct Statement {
        sqlite3_stmt* prepared = nullptr;
        bool used = false;  ///< A cursor reads it.
    };
    Statement& statement(std::string_view sql);
    sqlite3_stmt* prepare(std::string_view sql);
    void require_going_on() const;
    [[noreturn]] void fail(int code, std::string_view sql);

    sqlite3* db_ = nullptr;
    std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
    bool in_command_ = false;
    bool failed_ = false;
    std::list<std::pair<std::string, Statement>> texts_;
    std::unordered_map<std::string_view, Statement*> statements_;  ///< Keys are the texts of texts_.
    std::list<Statement> spare_;  ///< Statements prepared again while a cursor reads the cached one.
};

}  // namespace thien_an::storage

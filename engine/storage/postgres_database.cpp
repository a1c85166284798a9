#include "engine/storage/postgres_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "engine/storage/pool.h"
#include "engine/storage/postgres_connection.h"
#include "engine/storage/row_copy.h"
#include "engine/storage/schema_history.h"
#include "engine/storage/sqlite_connection.h"

namespace thien_an::storage {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds patience_for_a_connection{10};
/// A command that meets deadlocks or lost connections this often has met something else.
constexpr int tries_max = 8;

std::vector<std::int64_t> keys_of(const Locks& locks)
{
    std::vector<std::int64_t> keys;
    for (const auto& lock : locks) keys.push_back(advisory_key(lock));
    std::ranges::sort(keys);
    const auto twins = std::ranges::unique(keys);
    keys.erase(twins.begin(), twins.end());
    return keys;
}

std::int64_t new_command_id()
{
    static thread_local std::mt19937_64 random{std::random_device{}()};
    return std::int64_t(random() >> 1);
}

std::int64_t microseconds_now()
{
    return column(std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()));
}

/// One write through its tries: what a try must know of the one before.
struct Attempt {
    std::int64_t id = new_command_id();  ///< Of the command; its row exists when it committed.
    std::vector<std::int64_t> locks;
    bool commit_sent =
        false;  ///< An earlier try lost the answer to COMMIT: the row settles whether it happened.
};

/// The portable form of a copy: a SQLite file with the same schema and rows.
void copy_into_sqlite(PostgresConnection& from, const std::string& to, std::span<const Migration> migrations)
{
    SqliteConnection target(to, SqliteAccess::write, "");
    Writer db(target);
    target.run("BEGIN IMMEDIATE");
    target.run("PRAGMA defer_foreign_keys = ON");
    bring_up({Engine::sqlite, db, [&](const std::string& sql) { target.run_script(sql); }}, migrations);
    clear_rows(target);
    copy_rows({from, target});
    target.run("COMMIT");
    // One file, with nothing beside it.
    static_cast<void>(target.query("PRAGMA wal_checkpoint(TRUNCATE)", {}));
    static_cast<void>(target.query("PRAGMA journal_mode = DELETE", {}));
}

class PostgresDatabase : public Database {
public:
    PostgresDatabase(const Settings& settings, std::span<const Migration> migrations)
        : settings_(settings),
          migrations_(migrations.begin(), migrations.end()),
          writers_(settings.writers, settings.queue_max, [this] { return connect(settings_.command_limit); }),
          readers_(settings.readers, settings.queue_max, [this] { return connect(read_limit); })
    {
        migrate(migrations);
    }

    Engine engine() const override { return Engine::postgres; }

    void copy_to(const std::string& to) override
    {
        auto from = readers_.borrow(patience_for_a_connection);
        from->run_script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        try {
            copy_into_sqlite(*from, to, migrations_);
        } catch (const std::exception&) {
            roll_back(from);
            throw;
        }
        from->run_script("COMMIT");
    }

protected:
    void run_read(const std::function<void(Reader&)>& look) override
    {
        const std::string begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        auto connection = readers_.borrow(patience_for_a_connection);
        try {
            connection->run_script(begin);
        } catch (const ConnectionLost&) {
            // The server was started anew since this connection was last used; nothing has run yet.
            connection.replace(connect(read_limit));
            connection->run_script(begin);
        }
        try {
            Reader reader(*connection);
            look(reader);
            connection->run_script("COMMIT");
        } catch (const ConnectionLost&) {
            connection.discard();
            throw;
        } catch (const std::exception&) {
            roll_back(connection);
            throw;
        }
    }

    void run_write(Locks locks, const std::function<bool(Writer&)>& command) override
    {
        Attempt attempt{.locks = keys_of(locks)};
        for (int tries = 1;; ++tries) {
            try {
                return run_once(attempt, command);
            } catch (const RunAgain&) {
                if (tries == tries_max) throw;
            } catch (const ConnectionLost&) {
                if (tries == tries_max) throw;
            }
        }
    }

private:
    using Loan = Pool<PostgresConnection>::Loan;

    /// Reading an export may take its time.
    static constexpr std::chrono::milliseconds read_limit{60'000};

    std::unique_ptr<PostgresConnection> connect(std::chrono::milliseconds limit) const
    {
        return std::make_unique<PostgresConnection>(settings_.address, limit);
    }

    void migrate(std::span<const Migration> migrations)
    {
        const auto connection = connect(std::chrono::milliseconds(0));
        Writer db(*connection);
        connection->run_script(
            fmt::format("BEGIN; SELECT pg_advisory_xact_lock({})", advisory_key({"storage.migrations", 0}))
        );
        bring_up(
            {Engine::postgres, db, [&](const std::string& sql) { connection->run_script(sql); }}, migrations
        );
        connection->run_script("COMMIT");
        db.execute("DELETE FROM storage_command WHERE ended_at < ?1", microseconds_now() - 86'400'000'000);
    }

    static void roll_back(Loan& connection)
    {
        try {
            if (connection->in_transaction()) connection->run_script("ROLLBACK");
        } catch (const StorageError&) {
            connection.discard();  // A new one is opened; the server ends the old transaction.
        }
    }

    void run_once(Attempt& attempt, const std::function<bool(Writer&)>& command)
    {
        auto connection = writers_.borrow(patience_for_a_connection);
        connection->announced.clear();
        try {
            if (!begin(*connection, attempt)) return roll_back(connection);
            if (!decide(*connection, command)) return roll_back(connection);
            commit(*connection, attempt);
        } catch (const ConnectionLost&) {
            connection.discard();
            throw;
        } catch (const std::exception&) {
            connection->set_deadline(Steady::time_point::max());
            roll_back(connection);
            throw;
        }
        committed(std::move(connection->announced));
    }

    /// Takes the locks. False when an earlier try turns out to have committed.
    bool begin(PostgresConnection& connection, const Attempt& attempt) const
    {
        // Read committed, so that what is read after a lock was waited for is what its holder left.
        std::string sql = "BEGIN";
        for (const auto key : attempt.locks) sql += fmt::format("; SELECT pg_advisory_xact_lock({})", key);
        connection.run_script(sql);
        if (!attempt.commit_sent) return true;
        // Waits while the lost try is still under way on the server, and keeps it out once this row is there.
        constexpr std::string_view claim =
            "INSERT INTO storage_command (id, ended_at) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING";
        return connection.execute(claim, std::array<Value, 2>{attempt.id, microseconds_now()}) == 1;
    }

    /// Runs the command; whether to keep what it wrote.
    bool decide(PostgresConnection& connection, const std::function<bool(Writer&)>& command) const
    {
        const auto started = Steady::now();
        connection.set_deadline(started + settings_.command_limit);
        Writer writer(connection);
        const bool keep = command(writer);
        connection.set_deadline(Steady::time_point::max());
        const auto took = Steady::now() - started;
        if (took > settings_.command_slow && settings_.on_slow)
            settings_.on_slow(std::chrono::duration_cast<std::chrono::microseconds>(took));
        if (keep && PQtransactionStatus(connection.handle()) == PQTRANS_INERROR)
            throw StorageError("a command went on after a statement that failed");
        return keep;
    }

    static void commit(PostgresConnection& connection, Attempt& attempt)
    {
        std::string sql;
        if (!attempt.commit_sent)
            sql = fmt::format(
                "INSERT INTO storage_command (id, ended_at) VALUES ({}, {}); ", attempt.id, microseconds_now()
            );
        // No time-out may end the wait for a standby: PostgreSQL would answer "committed" all the same.
        sql += "SET LOCAL statement_timeout = 0; COMMIT";
        try {
            connection.run_script(sql);
        } catch (const ConnectionLost&) {
            attempt.commit_sent = true;
            throw;
        }
    }

    const Settings settings_;
    const std::vector<Migration> migrations_;
    Pool<PostgresConnection> writers_;
    Pool<PostgresConnection> readers_;
};

}  // namespace

std::unique_ptr<Database> open_postgres(const Settings& settings, std::span<const Migration> migrations)
{
    return std::make_unique<PostgresDatabase>(settings, migrations);
}

Result<Done> restore_into_postgres(
    const std::string& from,
    const Settings& target,
    std::span<const Migration> migrations,
    const std::optional<RowCounts>& expected
)
{
    SqliteConnection source(from, SqliteAccess::look, "");
    PostgresConnection connection(target.address, std::chrono::milliseconds(0));
    constexpr std::string_view any_table =
        "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() LIMIT 1";
    if (connection.query(any_table, {})->next())
        return Problem{.code = "storage.restore_not_empty", .field = "", .law = ""};
    Writer db(connection);
    connection.run_script("BEGIN");
    bring_up({Engine::postgres, db, [&](const std::string& sql) { connection.run_script(sql); }}, migrations);
    source.run("BEGIN");
    // What later migrations do to rows would be missed by rows that come after them.
    if (applied_migrations(source) != applied_migrations(connection))
        return Problem{.code = "storage.backup_other_version", .field = "", .law = ""};
    clear_rows(connection);
    copy_rows({source, connection});
    if (expected && count_rows(connection) != *expected)
        return Problem{.code = "storage.restore_incomplete", .field = "", .law = ""};
    connection.run_script("COMMIT");
    return Done{};
}

}  // namespace thien_an::storage

#include "engine/storage/sqlite_database.h"

#include <fmt/format.h>

#include <condition_variable>
#include <exception>
#include <thread>

#include "engine/storage/pool.h"
#include "engine/storage/schema_history.h"
#include "engine/storage/sqlite_connection.h"

namespace thien_an::storage {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds patience_for_a_reader{10};
/// Commands in one COMMIT at most, so that the first does not wait for too many others.
constexpr std::size_t group_max = 256;

/// A command that waits for the writer thread and for the COMMIT of its group.
struct Job {
    explicit Job(const std::function<bool(Writer&)>& wanted) : command(wanted) {}

    const std::function<bool(Writer&)>& command;
    std::exception_ptr fault;

    void finish()
    {
        {
            const std::lock_guard lock(mutex_);
            done_ = true;
        }
        finished_.notify_one();
    }
    /// Sleeps at once: std::atomic's wait looks again and again first, and takes the processor from the writer.
    void wait()
    {
        std::unique_lock lock(mutex_);
        finished_.wait(lock, [&] { return done_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable finished_;
    bool done_ = false;
};
/// Two owners: the thread that waits may see it done and leave while the writer thread is still in notify_one().
using JobPointer = std::shared_ptr<Job>;
using Group = std::vector<JobPointer>;

/// The only connection that writes, used by the writer thread alone: runs groups of commands, one COMMIT each.
class GroupWriter {
public:
    explicit GroupWriter(const Settings& settings)
        : settings_(settings), connection_(settings.address, SqliteAccess::write, settings.vfs)
    {
    }

    SqliteConnection& connection() { return connection_; }

    /// Runs the commands and commits; each job then has its fault or none. Returns what was announced.
    std::vector<std::string> run(const Group& group)
    {
        Group left = group;
        while (!left.empty()) {
            connection_.announced.clear();
            const auto lost = attempt(left);
            if (!lost) return std::move(connection_.announced);
            left.erase(left.begin() + std::ptrdiff_t(*lost));
        }
        return {};
    }

private:
    enum class Outcome { kept, undone, transaction_lost };

    /// Runs all and commits. Gives the place of the command that lost SQLite's transaction for everybody: it has its
    /// fault, the others must run again. When COMMIT fails, every command has the fault.
    std::optional<std::size_t> attempt(const Group& group)
    {
        try {
            connection_.run("BEGIN IMMEDIATE");
            for (std::size_t i = 0; i < group.size(); ++i)
                if (run_one(*group[i]) == Outcome::transaction_lost) return i;
            connection_.run("COMMIT");
        } catch (const StorageError&) {
            connection_.announced.clear();
            if (connection_.in_transaction()) connection_.run("ROLLBACK");
            for (const auto& job : group) job->fault = std::current_exception();
        }
        return std::nullopt;
    }

    Outcome run_one(Job& job)
    {
        const auto announced_before = connection_.announced.size();
        const auto started = Steady::now();
        connection_.run("SAVEPOINT command");
        connection_.begin_command(started + settings_.command_limit);
        bool keep = false;
        try {
            Writer writer(connection_);
            keep = job.command(writer);
            job.fault = nullptr;
        } catch (const std::exception&) {
            job.fault = std::current_exception();
        }
        if (connection_.end_command() && keep) {
            keep = false;
            job.fault =
                std::make_exception_ptr(StorageError("a command went on after a statement that failed"));
        }
        if (!connection_.in_transaction()) return Outcome::transaction_lost;
        if (!keep) {
            connection_.run("ROLLBACK TO command");
            connection_.announced.resize(announced_before);
        }
        connection_.run("RELEASE command");
        const auto took = Steady::now() - started;
        if (took > settings_.command_slow && settings_.on_slow)
            settings_.on_slow(std::chrono::duration_cast<std::chrono::microseconds>(took));
        return keep ? Outcome::kept : Outcome::undone;
    }

    const Settings& settings_;
    SqliteConnection connection_;
};

class SqliteDatabase : public Database {
public:
    SqliteDatabase(const Settings& settings, std::span<const Migration> migrations)
        : settings_(settings), writer_(settings_), readers_(settings_.readers, settings_.queue_max, [this] {
              return std::make_unique<SqliteConnection>(settings_.address, SqliteAccess::read, settings_.vfs);
          })
    {
        migrate(migrations);
        thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
    }

    Engine engine() const override { return Engine::sqlite; }

    void copy_to(const std::string& to) override
    {
        const auto reader = readers_.borrow(patience_for_a_reader);
        // VACUUM INTO reads one snapshot and syncs nothing; the caller of backup() syncs the file.
        reader->run_script("PRAGMA query_only = OFF");
        reader->execute("VACUUM INTO ?1", std::array<Value, 1>{bound(to)});
        reader->run_script("PRAGMA query_only = ON");
    }

protected:
    void run_read(const std::function<void(Reader&)>& look) override
    {
        const auto connection = readers_.borrow(patience_for_a_reader);
        connection->run("BEGIN");
        Reader reader(*connection);
        try {
            look(reader);
        } catch (const std::exception&) {
            if (connection->in_transaction()) connection->run("ROLLBACK");
            throw;
        }
        connection->run("COMMIT");
    }

    void run_write(Locks /*the one writer needs none*/, const std::function<bool(Writer&)>& command) override
    {
        if (std::this_thread::get_id() == thread_.get_id())
            throw std::logic_error("a command must not write through the database: it has its Writer");
        const auto job = std::make_shared<Job>(command);
        {
            const std::lock_guard lock(mutex_);
            if (waiting_.size() >= settings_.queue_max) throw Busy("too many commands wait for the writer");
            waiting_.push_back(job);
        }
        work_.notify_one();
        job->wait();
        if (job->fault) std::rethrow_exception(job->fault);
    }

private:
    void migrate(std::span<const Migration> migrations)
    {
        auto& connection = writer_.connection();
        Writer db(connection);
        connection.run("BEGIN IMMEDIATE");
        bring_up(
            {Engine::sqlite, db, [&](const std::string& sql) { connection.run_script(sql); }}, migrations
        );
        connection.run("COMMIT");
    }

    Group next_group(const std::stop_token& stop)
    {
        std::unique_lock lock(mutex_);
        work_.wait(lock, stop, [&] { return !waiting_.empty(); });
        const auto end = waiting_.begin() + std::ptrdiff_t(std::min(waiting_.size(), group_max));
        Group group(waiting_.begin(), end);
        waiting_.erase(waiting_.begin(), end);
        return group;
    }

    void serve(const std::stop_token& stop)
    {
        for (auto group = next_group(stop); !group.empty(); group = next_group(stop)) {
            committed(writer_.run(group));
            for (const auto& job : group) job->finish();
        }
    }

    const Settings settings_;
    GroupWriter writer_;
    Pool<SqliteConnection> readers_;
    std::mutex mutex_;
    std::condition_variable_any work_;
    std::vector<JobPointer> waiting_;
    std::jthread thread_;  ///< Last: ends before what it uses.
};

}  // namespace

std::unique_ptr<Database> open_sqlite(const Settings& settings, std::span<const Migration> migrations)
{
    return std::make_unique<SqliteDatabase>(settings, migrations);
}

}  // namespace thien_an::storage

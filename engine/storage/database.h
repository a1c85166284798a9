#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <variant>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/day.h"
#include "engine/base/id.h"
#include "engine/base/result.h"
#include "engine/storage/migrations.h"

/// The database: SQLite or PostgreSQL behind one portable subset of SQL.
/// A handler prepares with a Reader, then `database.write(locks, command)` runs a short closure that may run again.
namespace thien_an::storage {

struct StorageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// A UNIQUE, CHECK or FOREIGN KEY said no; `constraint` is its name where the database tells it.
struct ConstraintError : StorageError {
    ConstraintError(const std::string& what, std::string name)
        : StorageError(what), constraint(std::move(name))
    {
    }
    std::string constraint;
};
/// No room left on the device or quota; nothing was written, reads go on.
struct DiskFull : StorageError {
    using StorageError::StorageError;
};
/// The command waited or ran longer than its bound, or the queue of writers is full.
struct Busy : StorageError {
    using StorageError::StorageError;
};

/// What may be bound to ?1, ?2...: null, 64-bit integer, UTF-8 text, bytes. Views must outlive the call only.
using Value = std::variant<std::monostate, std::int64_t, std::string_view, ByteView>;

/// Anything a column may take, as a Value: integers, text, bytes, Id, Day, Instant, enum, bool (0/1), optional of these.
template <typename T>
Value bound(const T& v);

enum class Engine { sqlite, postgres };

/// An aggregate a command decides on: {"book", 42}. PostgreSQL takes them as advisory transaction locks, sorted,
/// before the command runs; SQLite has one writer.
struct Lock {
    std::string_view kind;
    std::int64_t id;
    auto operator<=>(const Lock&) const = default;
};
using Locks = std::vector<Lock>;

/// How a lock is held inside a command: by one, or by all who share it and then by none who wants it alone.
enum class Hold { alone, shared };

/// Rows to be put into a table together. Names come from the program or the database's catalogue, never from a person.
struct NewRows {
    std::string_view table;
    std::string_view columns;       ///< "slot, block, entry".
    std::size_t width = 0;          ///< Columns.
    std::span<const Value> values;  ///< Row after row.
};

namespace detail {
struct Cursor {
    virtual ~Cursor() = default;
    virtual bool next() = 0;
    virtual int columns() const = 0;
    virtual bool null(int column) const = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual std::string_view text(int column) const = 0;  ///< Valid until next().
    virtual ByteView bytes(int column) const = 0;         ///< Valid until next().
};
/// One connection inside a transaction (or savepoint) of SQLite or PostgreSQL.
struct Session {
    explicit Session(Engine which) : engine(which) {}
    virtual ~Session() = default;
    virtual std::unique_ptr<Cursor> query(std::string_view sql, std::span<const Value> values) = 0;
    virtual std::int64_t execute(std::string_view sql, std::span<const Value> values) = 0;
    virtual void insert(const NewRows& rows);
    virtual void hold(const Lock& lock, Hold how) = 0;
    const Engine engine;
    std::vector<std::string> announced;  ///< Topics of Writer::announce in this transaction.

private:
    /// Of a table and its columns: the statement for as many rows as its place says.
    std::unordered_map<std::string, std::vector<std::string>> inserts_;
};
}  // namespace detail

/// One row at a time; columns are read in the order the SELECT names them.
class Rows {
public:
    explicit Rows(std::unique_ptr<detail::Cursor> cursor) : cursor_(std::move(cursor)) {}

    bool next() { return cursor_->next(); }
    bool null(int column) const { return cursor_->null(column); }
    std::int64_t integer(int column) const { return cursor_->integer(column); }
    std::string text(int column) const { return std::string(cursor_->text(column)); }
    Bytes bytes(int column) const
    {
        const auto view = cursor_->bytes(column);
        return {view.begin(), view.end()};
    }
    Day day(int column) const { return day_from(integer(column)); }
    Instant instant(int column) const { return instant_from(integer(column)); }
    template <typename IdType>
    IdType id(int column) const
    {
        return IdType{integer(column)};
    }
    std::optional<std::int64_t> integer_or_null(int column) const
    {
        return null(column) ? std::nullopt : std::optional(integer(column));
    }
    std::optional<std::string> text_or_null(int column) const
    {
        return null(column) ? std::nullopt : std::optional(text(column));
    }
    std::optional<Day> day_or_null(int column) const
    {
        return null(column) ? std::nullopt : std::optional(day(column));
    }
    std::optional<Instant> instant_or_null(int column) const
    {
        return null(column) ? std::nullopt : std::optional(instant(column));
    }

private:
    std::unique_ptr<detail::Cursor> cursor_;
};

/// A transaction that may only look; what it sees does not change while it lives.
class Reader {
public:
    explicit Reader(detail::Session& session) : session_(&session) {}

    /// `sql` uses ?1, ?2... for `values`; statements are prepared once per connection, so `sql` must not be built
    /// from values. Every list has a LIMIT.
    template <typename... Values>
    Rows query(std::string_view sql, const Values&... values)
    {
        const std::array<Value, sizeof...(Values)> row{bound(values)...};
        return Rows(session_->query(sql, row));
    }
    /// As query, with values made at run time (searches with optional conditions, chosen from fixed texts).
    Rows query_all(std::string_view sql, std::span<const Value> values)
    {
        return Rows(session_->query(sql, values));
    }
    /// For the few statements that need two texts side by side.
    Engine engine() const { return session_->engine; }

protected:
    detail::Session* session_;
};

/// A transaction that may also write.
class Writer : public Reader {
public:
    using Reader::Reader;

    /// Rows changed. Throws ConstraintError when a constraint refuses.
    template <typename... Values>
    std::int64_t execute(std::string_view sql, const Values&... values)
    {
        const std::array<Value, sizeof...(Values)> row{bound(values)...};
        return session_->execute(sql, row);
    }
    std::int64_t execute_all(std::string_view sql, std::span<const Value> values)
    {
        return session_->execute(sql, values);
    }
    /// Waits for a lock that only turns out to be needed inside the command, and keeps it to the end. First come, first
    /// served. SQLite has one writer: nothing to wait for.
    void hold(const Lock& lock, Hold how) { session_->hold(lock, how); }
    /// Many rows in the fastest way the database has: a few long statements, or COPY of PostgreSQL. A row that a
    /// constraint refuses ends in ConstraintError, as with execute.
    void insert(const NewRows& rows) { session_->insert(rows); }
    /// After COMMIT, and only then, the listeners of `topic` on this server are called (Database::listen).
    void announce(std::string_view topic) { session_->announced.emplace_back(topic); }
};

struct Settings {
    std::string address;  ///< "postgresql://..." or the path of a SQLite file.
    int readers = 8;      ///< Connections kept for reading.
    int writers = 8;      ///< PostgreSQL: connections kept for writing.
    std::string vfs;      ///< SQLite: name of a VFS for tests of power loss; empty: the platform's.
    std::chrono::milliseconds command_slow{50};     ///< Logged above.
    std::chrono::milliseconds command_limit{2000};  ///< Interrupted above: Busy.
    std::size_t queue_max = 4096;                   ///< Commands waiting for the writer; more: Busy.
    /// Called with the time a command took when that is above command_slow; empty: nobody asks.
    std::function<void(std::chrono::microseconds)> on_slow = {};
};

/// Safe to use from many threads.
class Database {
public:
    /// Opens, refuses PostgreSQL with fsync, full_page_writes or synchronous_commit off, and brings the schema to
    /// `migrations` (in the given order). Throws StorageError when a released migration's checksum differs.
    static std::unique_ptr<Database> open(const Settings& settings, std::span<const Migration> migrations);
    virtual ~Database() = default;

    virtual Engine engine() const = 0;

    /// Runs `look(Reader&)` in a read transaction and gives back what it returns.
    template <typename Look>
    auto read(Look look) -> std::invoke_result_t<Look, Reader&>
    {
        using Answer = std::invoke_result_t<Look, Reader&>;
        if constexpr (std::is_void_v<Answer>) {
            run_read([&](Reader& db) { look(db); });
        } else {
            std::optional<Answer> answer;
            run_read([&](Reader& db) { answer.emplace(look(db)); });
            return std::move(*answer);
        }
    }

    /// Runs `command(Writer&)`, which returns a Result, and returns after COMMIT. A Problem rolls the command back
    /// alone. The command may run more than once (deadlock, serialisation, a group that failed): it must not touch
    /// network, files, password hashes, drawing or signing, and must assign, not append, to what it captures.
    template <typename Command>
    auto write(Locks locks, Command command) -> std::invoke_result_t<Command, Writer&>
    {
        using Answer = std::invoke_result_t<Command, Writer&>;
        std::optional<Answer> answer;
        run_write(std::move(locks), [&](Writer& db) {
            answer.emplace(command(db));
            return bool(*answer);
        });
        return std::move(*answer);
    }

    /// Calls `wake` after each COMMIT that announced `topic`; it must be quick and must not use the database.
    /// Ends with the returned handle, which must not outlive the database.
    [[nodiscard]] std::shared_ptr<void> listen(std::string topic, std::function<void()> wake);

    /// A consistent full copy at `to` (SQLite: one file; PostgreSQL: rows of every table, portable form).
    virtual void copy_to(const std::string& to) = 0;

protected:
    virtual void run_read(const std::function<void(Reader&)>& look) = 0;
    /// `command` returns whether to keep what it wrote.
    virtual void run_write(Locks locks, const std::function<bool(Writer&)>& command) = 0;
    /// Tells the listeners of these topics, each once.
    void committed(std::vector<std::string> topics);

private:
    struct Listener {
        std::string topic;
        std::function<void()> wake;
    };
    std::mutex listeners_mutex_;
    std::vector<Listener*> listeners_;
};

template <typename T>
Value bound(const T& v)
{
    if constexpr (std::is_same_v<T, std::nullptr_t> || std::is_same_v<T, std::nullopt_t>) {
        return std::monostate{};
    } else if constexpr (requires { v.has_value(); }) {
        return v.has_value() ? bound(*v) : Value{};
    } else if constexpr (std::is_same_v<T, Day> || std::is_same_v<T, Instant>) {
        return column(v);
    } else if constexpr (requires { std::int64_t{v.value}; }) {
        return std::int64_t{v.value};
    } else if constexpr (requires { std::int64_t{v.amount}; }) {
        return std::int64_t{v.amount};
    } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
        return static_cast<std::int64_t>(v);
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
        return std::string_view(v);
    } else {
        return ByteView(v);
    }
}

}  // namespace thien_an::storage

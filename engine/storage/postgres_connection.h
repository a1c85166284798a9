#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>

#include "engine/storage/database.h"

/// One connection to PostgreSQL with its prepared statements. Used by one thread at a time.
namespace thien_an::storage {

/// The connection broke: whether a COMMIT under way happened is not known.
struct ConnectionLost : StorageError {
    using StorageError::StorageError;
};
/// Deadlock or serialisation failure: the command may run again.
struct RunAgain : StorageError {
    using StorageError::StorageError;
};

/// The number an advisory lock has: FNV-1a of the kind and the id. Two aggregates that share one only wait for each
/// other.
std::int64_t advisory_key(const Lock& lock);

using PostgresResult = std::unique_ptr<PGresult, decltype(&PQclear)>;

class PostgresConnection : public detail::Session {
public:
    /// Refuses a server with fsync, full_page_writes or synchronous_commit off. Statements end after `limit`.
    PostgresConnection(const std::string& address, std::chrono::milliseconds limit);

    std::unique_ptr<detail::Cursor> query(std::string_view sql, std::span<const Value> values) override;
    std::int64_t execute(std::string_view sql, std::span<const Value> values) override;
    void insert(const NewRows& rows) override;
    void hold(const Lock& lock, Hold how) override;

    /// Several statements in one message and one round trip, without values.
    void run_script(const std::string& sql);
    /// The transaction is open, perhaps failed.
    bool in_transaction() const;
    /// Statements that start past it end in Busy.
    void set_deadline(std::chrono::steady_clock::time_point limit) { deadline_ = limit; }
    PGconn* handle() const { return connection_.get(); }

private:
    struct Parameters;
    PostgresResult run_prepared(std::string_view sql, const Parameters& parameters);
    PostgresResult run_once(std::string_view sql, const Parameters& parameters);
    PostgresResult run(std::string_view sql, std::span<const Value> values);
    const std::string& prepared(std::string_view sql, const std::string& types, std::span<const Oid> oids);
    void require_durable();
    void require_time_left() const;
    void copy_in(const NewRows& rows, const std::string& sql);
    /// Throws what the answer means; `answer` may be null.
    [[noreturn]] void fail(const PGresult* answer, std::string_view sql);

    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
    std::unordered_map<std::string, std::string> names_;  ///< Types and text of a statement to its name.
    std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
};

}  // namespace thien_an::storage

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "engine/storage/database.h"

/// What must happen after a COMMIT, kept in the table `outbox` by the command itself: messages that leave the database,
/// timers, and jobs in chunks. A worker claims a row with a lease and a fencing number, so no row lock spans a call.
/// Order is kept among rows of one kind and one aggregate; a row that failed for good no longer holds up the next.
namespace thien_an::storage {

using OutboxId = Id<struct OutboxTag>;

struct OutboxMessage {
    std::string kind;               ///< Names the handler: "notices.send", "workflow.timer".
    std::string aggregate_kind;     ///< "dossier"; with aggregate_id what the order is kept for.
    std::int64_t aggregate_id = 0;  ///< 0: no order.
    std::string payload;            ///< JSON text; never shown in logs.
    std::string idempotency_key;    ///< Once per kind, told to the receiver; empty: the id of the row.
    Instant due{};                  ///< Not before (business clock); the default: at once.
};

/// Adds the row and wakes the runner after COMMIT. A second row of this kind and idempotency key is not added: the
/// first one's id is given back.
OutboxId outbox_add(Writer& db, IdSource& ids, const OutboxMessage& message);
/// Takes back what has not been started: timers. False when there is no such row or it has been claimed.
bool outbox_cancel(Writer& db, OutboxId id);
bool outbox_cancel(Writer& db, std::string_view kind, std::string_view idempotency_key);

/// A claimed row.
struct OutboxItem {
    OutboxId id;
    OutboxMessage message;
    int attempt = 1;         ///< 1 at the first try.
    std::int64_t fence = 0;  ///< Grows with every claim; a worker whose lease ran out is told by it.
};

/// What came of a call to the world outside.
struct Sent {
    enum class Outcome {
        done,     ///< It happened.
        retry,    ///< It did not happen: try again later.
        unknown,  ///< Nobody knows (time-out after sending): `ask` settles it, nothing is sent meanwhile.
        refused,  ///< It will never happen: an incident for people.
    };
    Outcome outcome = Outcome::done;
    std::string reason = {};  ///< Shown to people in the incident; no personal data.
    std::string reply = {};   ///< For `settled`.
};

/// Goes on with this payload at `due` (a job in chunks), or is finished.
struct Step {
    bool finished = true;
    std::string payload = {};
    Instant due{};
};

/// How rows of one kind are done: either `step` alone, or `send` (with `ask` and `settled` when they are needed).
struct OutboxHandler {
    /// Inside the database: runs in the transaction that marks the row done, so exactly once. At most 20 ms; longer
    /// work gives back an unfinished Step. A Problem is a failed try.
    std::function<Result<Step>(Writer&, const OutboxItem&)> step = {};
    /// The world outside, without a transaction, at least once. An exception is a failed try.
    std::function<Sent(const OutboxItem&)> send = {};
    /// What became of an earlier `send` whose outcome is unknown or whose server died; without it `send` is repeated
    /// with the same idempotency key after a crash, and an unknown outcome becomes an incident.
    std::function<Sent(const OutboxItem&)> ask = {};
    /// What `step` or `settled` decides on besides the row's aggregate; asked for before the transaction begins.
    std::function<Locks(const OutboxItem&)> locks = {};
    /// Written in the transaction that marks the row done; a Problem is an incident.
    std::function<Result<Done>(Writer&, const OutboxItem&, const std::string& reply)> settled = {};

    int tries_max = 8;                    ///< Then an incident.
    std::chrono::seconds first_wait{5};   ///< Doubled after each failed try...
    std::chrono::seconds wait_max{3600};  ///< ...up to this.
    std::chrono::seconds lease{60};       ///< A call longer than this is taken for dead.
};

using OutboxHandlers = std::map<std::string, OutboxHandler, std::less<>>;  ///< By kind, filled at start.

/// Does what is due at `now` on this thread, until nothing is left or `rows_max` were claimed; how many were claimed.
/// For tests and the command line; a server has an OutboxRunner. Rows of a kind without handler stay.
std::size_t outbox_run_due(
    Database& database,
    IdSource& ids,
    const OutboxHandlers& handlers,
    Instant now,
    std::size_t rows_max = 10'000
);

/// Threads that do what is due: woken by a COMMIT that added rows, else looking once a second.
class OutboxRunner {
public:
    struct Options {
        int threads = 4;  ///< A call that hangs holds one.
        /// A fault of the runner itself (a lost database); it goes on.
        std::function<void(const std::string&)> on_fault = {};
    };
    OutboxRunner(
        Database& database, IdSource& ids, const Clock& clock, OutboxHandlers handlers, Options options
    );
    OutboxRunner(Database& database, IdSource& ids, const Clock& clock, OutboxHandlers handlers);
    OutboxRunner(const OutboxRunner&) = delete;
    OutboxRunner& operator=(const OutboxRunner&) = delete;
    ~OutboxRunner();  ///< Waits for the calls that run.

private:
    struct Engine;
    std::unique_ptr<Engine> engine_;
};

/// Rows not done: for the page of the outbox and for /metrics.
struct OutboxState {
    std::int64_t waiting = 0;
    std::int64_t claimed = 0;
    std::int64_t unknown = 0;
    std::int64_t failed = 0;
    std::optional<Instant> oldest_due;
};
OutboxState outbox_state(Reader& db);

/// Deletes at most `rows_max` rows done before `before`; how many.
std::int64_t outbox_forget(Writer& db, Instant before, int rows_max = 1000);

}  // namespace thien_an::storage

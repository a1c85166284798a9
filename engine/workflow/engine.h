#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/workflow/host.h"

/// Instances of processes in the database: one command = one step run to quiescence, inside the caller's
/// transaction,
/// so that what owns an instance and the instance commit together. The engine knows ids, not what they
/// stand for.
namespace thien_an::workflow {

enum class TaskState : std::int64_t { open = 1, completed = 2, withdrawn = 3 };

struct Task {
    TaskId id;
    InstanceId instance;
    std::int64_t owner = 0;
    AgencyId agency;
    std::string node;                ///< "check"
    std::vector<PostId> candidates;  ///< Posts that may claim it; resolved when it was made.
    PostId assignee;                 ///< 0: not claimed.
    identity::PartyId
        claimed_by;       ///< The person behind the assignee; 0: not claimed or assigned to the post.
    PostId delegated_by;  ///< Who lent it out; completing gives it back to them. 0: nobody.
    TaskState state = TaskState::open;
    Instant created;
    std::optional<Instant> due;  ///< Of the step; empty: without budget.
    std::optional<Instant> done;
    identity::PartyId done_by;
    PostId done_as;
    std::string outcome;
    std::string form;           ///< Name of its form; empty: none.
    std::int64_t sort_key = 0;  ///< Order of the queue: the soonest deadline first.
};

/// What a command did.
struct Advanced {
    Instance instance;
    std::vector<Task> opened;
    std::vector<TaskId> closed;
    json::object variables;      ///< Of the root scope, after the command.
    std::optional<Instant> due;  ///< Of the statutory clock; empty: none, suspended or stopped.
    bool incident = false;       ///< A token is stuck; see incidents().
    bool kept = false;           ///< A message nobody waits for yet: kept for later.
    bool late = false;           ///< A message nobody will wait for any more: handed to Host::late.
};

struct Completion {
    std::string outcome;
    json::object variables;  ///< Process variables to set.
    json::value form;        ///< Handed to actions in this command; kept in history.
    std::string reason;
};

constexpr std::chrono::days messages_kept{90};

struct Message {
    std::string name;  ///< "withdrawn"
    std::string key;   ///< What ta:correlate must equal; the business key by default.
    std::string id;    ///< Unique at the sender; a second one with the same id does nothing.
    json::object variables;
    std::string reason;
    /// How long it is kept when nobody waits for it yet; then it is late.
    std::chrono::days kept_for = messages_kept;
};

/// What can be held: one instance, all of one version of a process, all of one agency.
enum class HoldOf : std::int64_t { instance = 1, definition = 2, agency = 3 };

/// While it is open nothing it is about goes on: no step is completed, no timer fires, nothing starts; what comes in is
/// kept. The clock of the law runs on: only the law suspends it.
struct Hold {
    std::int64_t id = 0;
    HoldOf of = HoldOf::instance;
    std::int64_t what = 0;
    Instant since;
    std::string reason;
    identity::PartyId by;
    PostId as;
};

/// Node of the tasks Host::late makes, before the message's name.
constexpr std::string_view late_node = "late:";

/// A line of an instance's history; append only.
struct HistoryRow {
    std::int64_t seq = 0;
    Instant at;
    std::string command;  ///< "complete", "message", "timer"...
    std::string what;     ///< "entered", "left", "task_opened", "task_completed", "clock_suspended"...
    std::string node;
    std::string label_vi;  ///< Public label of the node; empty: not for the public.
    std::string label_en;
    identity::PartyId party;
    PostId post;
    json::value detail;
};

/// Which tasks to list. All given conditions hold.
struct TaskQuery {
    std::vector<PostId> posts;     ///< Candidate or assignee; empty: of any post.
    AgencyId agency;               ///< 0: any.
    identity::PartyId claimed_by;  ///< 0: anybody.
    bool only_unclaimed = false;
    std::string node;  ///< Empty: any.
    std::optional<Instant> due_before;
    int limit = 50;                                        ///< At most 500.
    std::optional<std::pair<std::int64_t, TaskId>> after;  ///< Cursor: sort key and id of the last one seen.
};

/// How a picture or a page sees an instance: node ids.
struct Whereabouts {
    std::vector<std::string> done;  ///< Left at least once, not here now.
    std::vector<std::string> here;
    std::vector<std::string> flows;  ///< Walked.
};

/// The commands. Callers hold Lock{"process", instance} through database.write(locks, ...). Thread-safe: no
/// state.
class Engine {
public:
    Engine(Host& host, IdSource& ids) : host_(host), ids_(ids) {}

    /// Every command that lets an instance go on also refuses with "workflow.held_instance" and the like (words of, reason) while it is
    /// held; what others send (messages, answers) is kept until it is let go.
    /// Problem "workflow.no_such_start".
    Result<Advanced> start(storage::Writer& db, const Actor& actor, Instant now, const Start& start);
    /// Problems "workflow.no_such_task", "workflow.task_done" (words party, post, at, outcome),
    /// "workflow.task_withdrawn",
    /// "workflow.not_candidate", "workflow.task_taken" (words party), "workflow.no_such_outcome",
    /// "workflow.reason_missing",
    /// "workflow.same_person" (words task).
    Result<Advanced> complete(
        storage::Writer& db, const Actor& actor, Instant now, TaskId task, const Completion& completion
    );
    Result<Task> claim(storage::Writer& db, const Actor& actor, Instant now, TaskId task);
    Result<Task> unclaim(storage::Writer& db, const Actor& actor, Instant now, TaskId task);
    /// To another post, which need not be a candidate; `actor`'s right to do so is the caller's to check.
    Result<Task> reassign(
        storage::Writer& db, const Actor& actor, Instant now, TaskId task, PostId to, std::string_view reason
    );
    /// Lends the task to another post; completing there gives it back to the lender instead of going on.
    Result<Task> delegate(
        storage::Writer& db, const Actor& actor, Instant now, TaskId task, PostId to, std::string_view reason
    );
    /// Back to an earlier user task of the token's own path that ta:returns allows. Problem
    /// "workflow.cannot_return".
    Result<Advanced> send_back(
        storage::Writer& db,
        const Actor& actor,
        Instant now,
        TaskId task,
        std::string_view to,
        std::string_view reason
    );
    /// To the one waiting; kept for a later one when none waits yet. `instance` given: only there.
    /// `instance` given and nobody in it will ever wait for the message, or it has ended: it goes to Host::late.
    Result<Advanced> correlate(
        storage::Writer& db, const Actor& actor, Instant now, InstanceId instance, const Message& message
    );
    /// The answer of an outbox action; a second one does nothing.
    Result<Advanced> answer(
        storage::Writer& db, const Actor& actor, Instant now, CallId call, const json::object& out
    );
    /// An outbox action gave up: an error boundary event takes it, else an incident.
    Result<Advanced> fail(
        storage::Writer& db, const Actor& actor, Instant now, CallId call, const Problem& problem
    );
    /// Tries the node of an incident again.
    Result<Advanced> retry(storage::Writer& db, const Actor& actor, Instant now, std::int64_t incident);
    Result<Advanced> cancel(
        storage::Writer& db, const Actor& actor, Instant now, InstanceId instance, std::string_view reason
    );

    /// Moves an instance to another version of its process (host id `definition`), with its timers, tasks and clock.
    /// `moves`: nodes of the old version and where they go; the others go to the node of their own id. Problem
    /// "workflow.cannot_migrate" (words reasons); can_migrate() lists them.
    Result<Advanced> migrate(
        storage::Writer& db,
        const Actor& actor,
        Instant now,
        InstanceId instance,
        std::int64_t definition,
        const MigrationMap& moves
    );
    /// Every reason why the instance cannot move; none: it can. Writes nothing.
    std::vector<Problem> can_migrate(
        storage::Reader& db, InstanceId instance, std::int64_t definition, const MigrationMap& moves
    );

    /// Holds an instance, a version or an agency. Problems "workflow.reason_missing", "workflow.already_held".
    Result<Hold> hold(
        storage::Writer& db,
        const Actor& actor,
        Instant now,
        HoldOf of,
        std::int64_t what,
        std::string_view reason
    );
    /// Lets it go; what came in meanwhile is due at once. Problem "workflow.not_held".
    Result<Done> release(
        storage::Writer& db,
        const Actor& actor,
        Instant now,
        HoldOf of,
        std::int64_t what,
        std::string_view reason
    );

    /// From now on the timer start events of a version start instances in `agency`; again: counted anew from now.
    Result<Done> schedule(storage::Writer& db, std::int64_t definition, AgencyId agency, Instant now);
    void unschedule(storage::Writer& db, std::int64_t definition);
    /// Timer starts due by `now`, the longest due first.
    std::vector<std::int64_t> due_starts(storage::Reader& db, Instant now, int limit);
    /// Starts what `schedule` says, and notes when it is due next. Nothing due any more: does nothing.
    Result<Advanced> start_scheduled(
        storage::Writer& db, const Actor& actor, Instant now, std::int64_t schedule
    );

    /// Messages kept for nobody in particular whose time is up; they are taken off and given to the caller.
    Result<std::vector<Message>> expire(storage::Writer& db, Instant now, int limit);

    /// Starts the statutory clock of an instance; once.
    Result<Ledger> start_clock(
        storage::Writer& db, const Actor& actor, Instant now, InstanceId instance, const Ledger& ledger
    );
    /// Applies a pure change (suspend, resume, restart, extend, stop) to it. Problem "workflow.no_clock".
    Result<Ledger> change_clock(
        storage::Writer& db,
        const Actor& actor,
        Instant now,
        InstanceId instance,
        std::string_view verb,
        const std::function<Result<Ledger>(Ledger)>& change
    );
    /// Derives all due instants of an agency's open clocks again, at most `limit` from `after` on; gives
    /// the last id done,
    /// 0 at the end. Called when a calendar changed.
    std::int64_t reproject(storage::Writer& db, AgencyId agency, Instant now, std::int64_t after, int limit);

    /// Instances with a timer or rung due by `now`, and those a kept message or signal is for; the longest due first.
    std::vector<InstanceId> due(storage::Reader& db, Instant now, int limit);
    /// Fires what is due in `instance`: timers, then rungs; and takes what is kept for it. Nothing due: does nothing.
    Result<Advanced> tick(storage::Writer& db, const Actor& actor, Instant now, InstanceId instance);

private:
    Host& host_;
    IdSource& ids_;
};

// --- looking
// ------------------------------------------------------------------------------------------------------

/// Problem "workflow.no_such_instance".
Result<Instance> find_instance(storage::Reader& db, InstanceId id);
/// The last one about `owner` that no other called.
std::optional<Instance> instance_of(storage::Reader& db, std::int64_t owner);
/// Those it called, in order.
std::vector<Instance> called_by(storage::Reader& db, InstanceId id);
/// What holds it, if anything: it itself (those a held instance called are held with it), its version or its agency.
std::optional<Hold> hold_of(storage::Reader& db, const Instance& instance);
/// All that are open, the oldest first.
std::vector<Hold> holds(storage::Reader& db, int limit);
json::object variables_of(storage::Reader& db, InstanceId id);
/// Problem "workflow.no_such_task".
Result<Task> find_task(storage::Reader& db, TaskId id);
/// Open tasks of an instance, in order of making.
std::vector<Task> open_tasks(storage::Reader& db, InstanceId id);
/// Open tasks, the soonest deadline first (statutory or step, whichever is sooner), those without one last.
std::vector<Task> tasks(storage::Reader& db, const TaskQuery& query);
/// The sort key of a task for TaskQuery::after.
std::int64_t sort_key(const Task& task);
/// How many open tasks the posts may do, each counted once; at most `most`, so that nobody waits for a figure he does
/// not need.
std::int64_t count_tasks(storage::Reader& db, std::span<const PostId> posts, int most);

/// What the open tasks the posts may do are about, each task once, the soonest deadline first; at most `most`.
std::vector<std::int64_t> owners_of_tasks(storage::Reader& db, std::span<const PostId> posts, int most);

/// What a list shows of the step a process stands at.
struct OpenStep {
    TaskId task;
    InstanceId instance;
    std::string node;
    PostId assignee;               ///< 0: not claimed.
    identity::PartyId claimed_by;  ///< 0: not claimed or assigned to the post.
    std::optional<Instant> due;
};
/// The first open task of each instance that has one.
std::vector<OpenStep> open_steps(storage::Reader& db, std::span<const InstanceId> instances);
std::optional<Ledger> find_clock(storage::Reader& db, InstanceId id);
std::vector<HistoryRow> history(storage::Reader& db, InstanceId id, int limit = 500);
Whereabouts whereabouts(storage::Reader& db, InstanceId id);
std::vector<Incident> incidents(storage::Reader& db, int limit);
/// An open one. Problem "workflow.no_such_incident".
Result<Incident> find_incident(storage::Reader& db, std::int64_t id);

/// How a decision was reached.
struct DecisionRecord {
    std::string decision;
    json::value inputs;
    std::vector<std::string> rules;  ///< Ids of the rules that matched.
    json::value output;
    Instant at;
};
/// Keeps how a decision came about; `instance` may be 0 for one made outside a process, `owner` is the
/// host's.
void log_decision(
    storage::Writer& db,
    std::int64_t id,
    InstanceId instance,
    std::int64_t owner,
    const DecisionRecord& record
);
std::vector<DecisionRecord> decisions(storage::Reader& db, std::int64_t owner, int limit = 50);

/// Rebuilds tasks, tokens and state from the history and compares with the rows; what differs, in words.
/// Empty: equal.
std::vector<Problem> replay(storage::Reader& db, InstanceId id);

}  // namespace thien_an::workflow

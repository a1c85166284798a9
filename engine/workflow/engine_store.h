#pragma once

#include <limits>

#include "engine/workflow/engine.h"

/// The rows of instances, tasks, messages, calls, incidents and history: the only SQL about them is in
/// engine_store.cpp
/// and task_store.cpp.
namespace thien_an::workflow {

constexpr std::int64_t no_deadline = std::numeric_limits<std::int64_t>::max();

/// An instance with what only the engine looks at.
struct InstanceRow {
    Instance instance;
    std::string state;  ///< JSON
    std::optional<Ledger> clock;
    std::optional<Instant> clock_due;
    std::optional<Instant> rung_at;
    std::int64_t parent_wait = 0;  ///< What of the caller waits for its end.
};

std::optional<InstanceRow> find_row(storage::Reader& db, InstanceId id);
void insert_instance(storage::Writer& db, const InstanceRow& row);
/// State, status, version and next_at, as update_next; the clock has its own columns and its own writer.
void update_instance(storage::Writer& db, const InstanceRow& row, std::optional<Instant> soonest_timer);
void update_clock(storage::Writer& db, const InstanceRow& row);
/// Derives next_at from `soonest_timer`, the clock's rung and the tasks' rungs.
void update_next(storage::Writer& db, InstanceId id, std::optional<Instant> soonest_timer);

/// The version an instance runs, after a migration.
void update_definition(storage::Writer& db, InstanceId id, std::int64_t definition);
/// Puts an open task on a node of that version.
void move_task(storage::Writer& db, TaskId id, std::string_view node, std::string_view form);
/// A task with its ledger.
struct TaskRow {
    Task task;
    std::optional<Ledger> ledger;
    std::optional<Instant> rung_at;
    std::int64_t sort_key = no_deadline;
    std::string kept_candidates;  ///< As the row has them.
};
std::optional<TaskRow> find_task_row(storage::Reader& db, TaskId id);
std::vector<TaskRow> task_rows(storage::Reader& db, InstanceId id);  ///< All, in order of making.
void insert_task(storage::Writer& db, const TaskRow& row);
/// All that changes of a task; keeps the candidates' rows in step.
void update_task(storage::Writer& db, const TaskRow& row);

void insert_subscription(
    storage::Writer& db, std::int64_t id, InstanceId instance, std::string_view name, std::string_view key
);
void delete_subscription(storage::Writer& db, std::int64_t id);
std::vector<InstanceId> subscribers(storage::Reader& db, std::string_view name, std::string_view key);

struct MessageRow {
    std::int64_t id = 0;
    std::string sender_id;
    std::string name;
    std::string key;
    InstanceId instance;  ///< 0: any.
    json::object body;
    std::optional<Instant> keep_until = {};  ///< Empty: as long as the instance lives.
};
bool message_known(storage::Reader& db, std::string_view sender_id);
void insert_message(storage::Writer& db, const MessageRow& row, Instant at, InstanceId taken);
/// The oldest one kept for this wait.
std::optional<MessageRow> kept_message(
    storage::Reader& db, std::string_view name, std::string_view key, InstanceId instance
);
/// Those without a key that are on their way to the instance are not for it any more.
void drop_messages(storage::Writer& db, std::string_view name, InstanceId instance);
void take_message(storage::Writer& db, std::int64_t id, InstanceId taken);
/// Messages that wait for nobody but this instance, without signals, whose time is up by then.
std::vector<MessageRow> messages_for(storage::Reader& db, InstanceId instance, Instant before);

/// What the engine itself sends an instance of its own, to be taken in a transaction of that instance.
struct Mail {
    enum class What { begin, cancel, called_ended, called_failed, answer, fail };
    What what = What::begin;
    std::int64_t wait = 0;
    json::object values;             ///< Variables or answer.
    std::optional<Problem> problem;  ///< Of a failure.
};
void send_mail(storage::Writer& db, std::int64_t id, InstanceId to, const Mail& mail, Instant at);
/// The oldest, with its message id.
std::optional<std::pair<std::int64_t, Mail>> next_mail(storage::Reader& db, InstanceId to);
/// The running instance `parent` called at that wait.
std::optional<InstanceId> called_at(storage::Reader& db, InstanceId parent, std::int64_t wait);

void insert_call(
    storage::Writer& db,
    CallId id,
    InstanceId instance,
    std::string_view node,
    std::string_view action,
    Instant at
);
void close_call(storage::Writer& db, CallId id);
/// The instance of an open call; nothing when it was answered or never made.
std::optional<InstanceId> open_call(storage::Reader& db, CallId id);

void insert_incident(
    storage::Writer& db,
    std::int64_t id,
    const InstanceRow& row,
    std::string_view node,
    std::int64_t token,
    const Problem& problem,
    Instant at
);
struct IncidentRow {
    InstanceId instance;
    std::int64_t token = 0;
};
std::optional<IncidentRow> open_incident(storage::Reader& db, std::int64_t id);
void resolve_incident(storage::Writer& db, std::int64_t id, Instant at);
void resolve_incidents_of(storage::Writer& db, InstanceId instance, Instant at);

/// "~" and a number under which the text is kept once for all rows that have it; itself where that is not possible.
std::string kept_once(storage::Writer& db, std::string text);
/// A text as it was given to kept_once; what follows it in the row, an object as it is, is put into it.
std::string whole_text(storage::Reader& db, std::string text);

/// Lines of one command.
void append_history(storage::Writer& db, InstanceId id, const std::vector<HistoryRow>& rows);
/// What history() reads as the labels of a version's nodes.
void keep_labels(storage::Writer& db, std::int64_t definition, const Model& model);
std::vector<InstanceId> open_clocks(storage::Reader& db, AgencyId agency, std::int64_t after, int limit);

}  // namespace thien_an::workflow

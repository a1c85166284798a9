#include "engine/workflow/engine.h"

#include <algorithm>
#include <array>

#include "engine/workflow/engine_session.h"
#include "engine/workflow/stepper.h"

namespace thien_an::workflow {
namespace {

Problem task_problem(std::string code, const Task& task)
{
    Problem out{.code = std::move(code), .field = "", .law = ""};
    out.words.emplace_back("task", task.node);
    const bool done = task.state != TaskState::open;
    out.words.emplace_back("party", text_of(done ? task.done_by : task.claimed_by));
    out.words.emplace_back("post", text_of(done ? task.done_as : task.assignee));
    if (task.done) out.words.emplace_back("at", iso(*task.done));
    if (!task.outcome.empty()) out.words.emplace_back("outcome", task.outcome);
    return out;
}

bool acts_as(const Actor& actor, PostId post)
{
    return post && (actor.post == post || actor.for_post == post);
}

/// The open task, which `actor` may work on.
Result<TaskRow> workable(storage::Reader& db, const Actor& actor, TaskId id)
{
    auto row = find_task_row(db, id);
    if (!row) return Problem{.code = "workflow.no_such_task", .field = "", .law = ""};
    const auto& task = row->task;
    if (task.state == TaskState::completed) return task_problem("workflow.task_done", task);
    if (task.state == TaskState::withdrawn) return task_problem("workflow.task_withdrawn", task);
    if (task.claimed_by && task.claimed_by != actor.party) return task_problem("workflow.task_taken", task);
    if (task.assignee) {
        if (!acts_as(actor, task.assignee)) return task_problem("workflow.task_taken", task);
        return std::move(*row);
    }
    const bool candidate = std::any_of(task.candidates.begin(), task.candidates.end(), [&](PostId p) {
        return acts_as(actor, p);
    });
    if (!candidate) return task_problem("workflow.not_candidate", task);
    return std::move(*row);
}

/// ta:notSameAs: who completed one of those tasks may not take this one, unless the agency lifts it.
Result<Done> check_separation(
    storage::Reader& db, Host& host, const Actor& actor, const TaskRow& row, const Model& model
)
{
    const int index = model.index_of(row.task.node);
    if (index < 0) return Done{};
    for (const auto& other : model.node(index).not_same_as) {
        const Task* last = nullptr;
        const auto all = task_rows(db, row.task.instance);
        for (const auto& one : all)
            if (one.task.node == other && one.task.state == TaskState::completed) last = &one.task;
        if (last == nullptr || last->done_by != actor.party) continue;
        if (host.same_person_allowed(db, row.task.agency, row.task.node, other)) continue;
        return Problem{.code = "workflow.same_person", .field = "", .law = "", .words = {{"task", other}}};
    }
    return Done{};
}

const OutcomeChoice* outcome_of(const Process& process, std::string_view node, std::string_view name)
{
    const int index = process.model().index_of(node);
    if (index < 0) return nullptr;
    for (const auto& outcome : process.model().node(index).outcomes)
        if (outcome.name == name) return &outcome;
    return nullptr;
}

Result<Done> not_held(storage::Reader& db, const Instance& instance)
{
    const auto held = hold_of(db, instance);
    if (!held) return Done{};
    static constexpr std::array<const char*, 3> names{"instance", "definition", "agency"};
    return Problem{
        .code = std::string("workflow.held_") + names.at(std::size_t(held->of) - 1),
        .field = "",
        .law = "",
        .words = {{"reason", held->reason}}};
}

}  // namespace

Result<Session> Session::open_running(const Setting& setting, InstanceId id)
{
    auto session = TRY(open(setting, id));
    TRY(not_held(setting.db, session.row().instance));
    return session;
}

Result<Advanced> Engine::start(storage::Writer& db, const Actor& actor, Instant now, const Start& start)
{
    TRY(not_held(db, {.id = {}, .definition = start.definition, .key = {}, .agency = start.agency}));
    auto session = TRY(Session::begin({db, host_, ids_, actor, now, "start"}, start));
    TRY(session.advance(StartCommand{start.message, start.variables}));
    TRY(session.take_kept_messages());
    return session.finish();
}

Result<Advanced> Engine::complete(
    storage::Writer& db, const Actor& actor, Instant now, TaskId task, const Completion& completion
)
{
    auto row = TRY(workable(db, actor, task));
    auto session = TRY(Session::open_running({db, host_, ids_, actor, now, "complete"}, row.task.instance));
    if (row.task.node.starts_with(late_node)) {
        session.close_late_task(std::move(row), completion);
        return session.finish();
    }
    const auto process = host_.process(session.row().instance.definition);
    const auto* outcome = outcome_of(*process, row.task.node, completion.outcome);
    if (outcome == nullptr)
        return Problem{
            .code = "workflow.no_such_outcome",
            .field = "/outcome",
            .law = "",
            .words = {{"outcome", completion.outcome}}};
    if (outcome->needs_reason && completion.reason.empty())
        return Problem{.code = "workflow.reason_missing", .field = "/reason", .law = ""};
    TRY(check_separation(db, host_, actor, row, session.model()));
    session.reason = completion.reason;
    session.form = completion.form;
    if (row.task.delegated_by) {
        row.task.assignee = row.task.delegated_by;
        row.task.delegated_by = {};
        row.task.claimed_by = {};
        update_task(db, row);
        session.note(
            "task_resolved",
            row.task.node,
            json::object{{"task", task.value}, {"outcome", completion.outcome}, {"reason", completion.reason}}
        );
        return session.finish();
    }
    session.know(row);
    TRY(session.advance(CompleteCommand{task.value, completion.outcome, completion.variables}));
    TRY(session.take_kept_messages());
    return session.finish();
}

Result<Task> Engine::claim(storage::Writer& db, const Actor& actor, Instant now, TaskId task)
{
    auto row = TRY(workable(db, actor, task));
    const auto instance = TRY(find_instance(db, row.task.instance));
    TRY(check_separation(db, host_, actor, row, host_.process(instance.definition)->model()));
    row.task.claimed_by = actor.party;
    if (!row.task.assignee) row.task.assignee = actor.for_post ? actor.for_post : actor.post;
    update_task(db, row);
    auto session = TRY(Session::open_running({db, host_, ids_, actor, now, "claim"}, row.task.instance));
    session.note("task_claimed", row.task.node, json::object{{"task", task.value}});
    (void)session.finish();
    return row.task;
}

Result<Task> Engine::unclaim(storage::Writer& db, const Actor& actor, Instant now, TaskId task)
{
    auto row = TRY(workable(db, actor, task));
    row.task.claimed_by = {};
    row.task.assignee = {};
    update_task(db, row);
    auto session = TRY(Session::open({db, host_, ids_, actor, now, "unclaim"}, row.task.instance));
    session.note("task_unclaimed", row.task.node, json::object{{"task", task.value}});
    (void)session.finish();
    return row.task;
}

Result<Task> Engine::reassign(
    storage::Writer& db, const Actor& actor, Instant now, TaskId task, PostId to, std::string_view reason
)
{
    auto row = find_task_row(db, task);
    if (!row) return Problem{.code = "workflow.no_such_task", .field = "", .law = ""};
    if (row->task.state == TaskState::completed) return task_problem("workflow.task_done", row->task);
    if (row->task.state == TaskState::withdrawn) return task_problem("workflow.task_withdrawn", row->task);
    row->task.assignee = to;
    row->task.claimed_by = {};
    row->task.delegated_by = {};
    update_task(db, *row);
    auto session = TRY(Session::open({db, host_, ids_, actor, now, "reassign"}, row->task.instance));
    session.note(
        "task_reassigned",
        row->task.node,
        json::object{{"task", task.value}, {"to", to.value}, {"reason", std::string(reason)}}
    );
    (void)session.finish();
    return row->task;
}

Result<Task> Engine::delegate(
    storage::Writer& db, const Actor& actor, Instant now, TaskId task, PostId to, std::string_view reason
)
{
    auto row = TRY(workable(db, actor, task));
    row.task.delegated_by = row.task.assignee ? row.task.assignee
                            : actor.for_post  ? actor.for_post
                                              : actor.post;
    row.task.assignee = to;
    row.task.claimed_by = {};
    update_task(db, row);
    auto session = TRY(Session::open({db, host_, ids_, actor, now, "delegate"}, row.task.instance));
    session.note(
        "task_delegated",
        row.task.node,
        json::object{{"task", task.value}, {"to", to.value}, {"reason", std::string(reason)}}
    );
    (void)session.finish();
    return row.task;
}

Result<Advanced> Engine::send_back(
    storage::Writer& db,
    const Actor& actor,
    Instant now,
    TaskId task,
    std::string_view to,
    std::string_view reason
)
{
    const auto row = TRY(workable(db, actor, task));
    auto session = TRY(Session::open_running({db, host_, ids_, actor, now, "send_back"}, row.task.instance));
    session.reason = std::string(reason);
    TRY(session.advance(ReturnCommand{task.value, std::string(to)}));
    return session.finish();
}

namespace {

/// The wait of an instance a message is for: the innermost scope first, that is the one opened last.
const Wait* wait_for(const State& state, const Message& message)
{
    const Wait* found = nullptr;
    for (const auto& wait : state.waits) {
        const bool fits = wait.what == Wait::For::message && wait.name == message.name &&
                          (message.key.empty() || wait.key == message.key);
        if (fits && (found == nullptr || wait.scope >= found->scope)) found = &wait;
    }
    return found;
}

}  // namespace

Result<Advanced> Engine::correlate(
    storage::Writer& db, const Actor& actor, Instant now, InstanceId instance, const Message& message
)
{
    const bool again = message_known(db, message.id);
    MessageRow row{
        .id = ids_.next(),
        .sender_id = message.id,
        .name = message.name,
        .key = message.key,
        .instance = instance,
        .body = message.variables,
        .keep_until = now + message.kept_for};
    if (!instance) {
        const auto waiting = subscribers(db, message.name, message.key);
        if (!waiting.empty()) instance = waiting.front();
    }
    if (!instance) {
        if (!again) insert_message(db, row, now, {});
        Advanced out;
        out.kept = true;
        return out;
    }
    auto session = TRY(Session::open({db, host_, ids_, actor, now, "message"}, instance));
    if (again) return session.finish();
    session.reason = message.reason;
    if (row.key.empty()) row.key = session.row().instance.key;
    session.note("message", "", json::object{{"name", message.name}, {"reason", message.reason}});
    const bool held = hold_of(db, session.row().instance).has_value();
    const auto* wait = held ? nullptr : wait_for(session.state(), message);
    insert_message(db, row, now, wait == nullptr ? InstanceId{} : instance);
    if (wait != nullptr) {
        TRY(session.advance(MessageCommand{wait->id, message.variables}));
        TRY(session.take_kept_messages());
    } else if (session.state().ended) {
        TRY(session.too_late(row, LateMessage::Why::ended));
    } else if (!session.may_still_wait_for(message.name)) {
        TRY(session.too_late(row, LateMessage::Why::passed));
    }
    auto out = session.finish();
    out.kept = wait == nullptr && !out.late;
    return out;
}

Result<Advanced> Engine::answer(
    storage::Writer& db, const Actor& actor, Instant now, CallId call, const json::object& answer
)
{
    const auto instance = open_call(db, call);
    if (!instance) return Advanced{};
    auto session = TRY(Session::open({db, host_, ids_, actor, now, "answer"}, *instance));
    if (session.keep_if_held({.what = Mail::What::answer, .wait = call.value, .values = answer, .problem = {}}
        ))
        return Advanced{};
    TRY(session.advance(AnswerCommand{call.value, answer}));
    TRY(session.take_kept_messages());
    return session.finish();
}

Result<Advanced> Engine::fail(
    storage::Writer& db, const Actor& actor, Instant now, CallId call, const Problem& problem
)
{
    const auto instance = open_call(db, call);
    if (!instance) return Advanced{};
    auto session = TRY(Session::open({db, host_, ids_, actor, now, "fail"}, *instance));
    if (session.keep_if_held({.what = Mail::What::fail, .wait = call.value, .values = {}, .problem = problem}
        ))
        return Advanced{};
    TRY(session.advance(FailCommand{call.value, problem}));
    return session.finish();
}

Result<Advanced> Engine::retry(storage::Writer& db, const Actor& actor, Instant now, std::int64_t incident)
{
    const auto row = open_incident(db, incident);
    if (!row) return Problem{.code = "workflow.no_such_incident", .field = "", .law = ""};
    auto session = TRY(Session::open_running({db, host_, ids_, actor, now, "retry"}, row->instance));
    resolve_incident(db, incident, now);
    TRY(session.advance(RetryCommand{row->token}));
    TRY(session.take_kept_messages());
    return session.finish();
}

Result<Advanced> Engine::cancel(
    storage::Writer& db, const Actor& actor, Instant now, InstanceId instance, std::string_view reason
)
{
    auto session = TRY(Session::open({db, host_, ids_, actor, now, "cancel"}, instance));
    if (session.state().ended) return Problem{.code = "workflow.already_ended", .field = "", .law = ""};
    session.reason = std::string(reason);
    TRY(session.advance(CancelCommand{}));
    return session.finish();
}

Result<Advanced> Engine::migrate(
    storage::Writer& db,
    const Actor& actor,
    Instant now,
    InstanceId instance,
    std::int64_t definition,
    const MigrationMap& moves
)
{
    auto session = TRY(Session::open({db, host_, ids_, actor, now, "migrate"}, instance));
    if (session.state().ended) return step_problem("already_ended");
    TRY(session.migrate(definition, moves));
    TRY(session.take_kept_messages());
    return session.finish();
}

std::vector<Problem> Engine::can_migrate(
    storage::Reader& db, InstanceId instance, std::int64_t definition, const MigrationMap& moves
)
{
    const auto row = find_row(db, instance);
    if (!row) return {step_problem("no_such_instance")};
    if (row->instance.state != InstanceState::running) return {step_problem("already_ended")};
    const auto from = host_.process(row->instance.definition);
    const auto to = host_.process(definition);
    return migrated(from->model(), to->model(), state_of(*row, from->model()), moves).problems;
}

Result<Ledger> Engine::start_clock(
    storage::Writer& db, const Actor& actor, Instant now, InstanceId instance, const Ledger& ledger
)
{
    auto session = TRY(Session::open({db, host_, ids_, actor, now, "start_clock"}, instance));
    if (session.row().clock) return Problem{.code = "workflow.clock_already_started", .field = "", .law = ""};
    session.set_clock(ledger);
    session.note("clock", "", json::object{{"verb", "start"}, {"budget", text_of(ledger.budget)}});
    session.write_clock_only();
    return ledger;
}

Result<Ledger> Engine::change_clock(
    storage::Writer& db,
    const Actor& actor,
    Instant now,
    InstanceId instance,
    std::string_view verb,
    const std::function<Result<Ledger>(Ledger)>& change
)
{
    auto session = TRY(Session::open({db, host_, ids_, actor, now, "change_clock"}, instance));
    auto changed = TRY(session.change_clock(verb, "", change));
    session.write_clock_only();
    return changed;
}

std::int64_t Engine::reproject(
    storage::Writer& db, AgencyId agency, Instant now, std::int64_t after, int limit
)
{
    const auto list = open_clocks(db, agency, after, limit);
    const Actor program;
    for (const auto id : list) {
        auto session = Session::open({db, host_, ids_, program, now, "reproject"}, id);
        if (!session) throw std::logic_error("an instance vanished");
        auto opened = std::move(session).value();
        const auto before = opened.row().clock_due;
        opened.set_clock(*opened.row().clock);
        if (opened.row().clock_due == before) continue;
        opened.note(
            "clock",
            "",
            json::object{
                {"verb", "reproject"}, {"before", column(*before)}, {"due", column(*opened.row().clock_due)}}
        );
        opened.write_clock_only();
    }
    return int(list.size()) < limit || list.empty() ? 0 : list.back().value;
}

Result<Advanced> Engine::tick(storage::Writer& db, const Actor& actor, Instant now, InstanceId instance)
{
    auto session = TRY(Session::open({db, host_, ids_, actor, now, "timer"}, instance));
    if (hold_of(db, session.row().instance)) return Advanced{};
    TRY(session.take_mail());
    TRY(session.fire_timers());
    TRY(session.fire_rungs());
    TRY(session.take_kept_messages());
    TRY(session.drop_expired_messages());
    return session.finish();
}

}  // namespace thien_an::workflow

#include <algorithm>
#include <set>

#include "engine/workflow/engine_session.h"
#include "engine/workflow/stepper.h"

// What an instance has to do with others: processes it calls, the one that called it, messages that come too late.
namespace thien_an::workflow {
namespace {

constexpr int mail_max = 200;  ///< In one tick; the rest comes with the next.

/// Nodes control can come to from `from`, boundary events, event subprocesses and what follows the enclosing scopes
/// included.
class Reach {
public:
    explicit Reach(const Model& model) : model_(model) {}

    void from(int node)
    {
        std::vector<int> open{node};
        while (!open.empty()) {
            const int next = open.back();
            open.pop_back();
            if (!seen.insert(next).second) continue;
            follow(model_.node(next), open);
        }
    }
    void scope_runs(int scope)
    {
        for (const int node : model_.scope(scope).event_subprocesses) from(node);
    }

    std::set<int> seen;

private:
    void follow(const NodeModel& node, std::vector<int>& open) const
    {
        for (const int flow : model_.outs(node)) open.push_back(model_.flow(flow).target);
        open.insert(open.end(), node.boundaries.begin(), node.boundaries.end());
        if (node.handler >= 0) open.push_back(node.handler);
        if (node.inner >= 0) {
            // All of it: a scope has few nodes, and to say "may still come" too often only keeps a message longer.
            const auto& inner = model_.scope(node.inner);
            open.insert(open.end(), inner.nodes.begin(), inner.nodes.end());
        }
        // When its scope ends, what comes after the scope's activity.
        for (int scope = node.scope; scope >= 0; scope = model_.scope(scope).parent) {
            const auto& around = model_.scope(scope);
            open.insert(open.end(), around.event_subprocesses.begin(), around.event_subprocesses.end());
            if (around.node >= 0) open.push_back(around.node);
        }
    }

    const Model& model_;
};

}  // namespace

Result<Start> Host::called(storage::Writer&, const Call& call)
{
    return step_problem("no_such_process", "process", call.action);
}

Result<Start> Host::scheduled(storage::Writer&, std::int64_t, AgencyId, Instant)
{
    return step_problem("no_such_start", "message", "timer");
}

/// The called instance is made at once, in the version in force now, and begins in a transaction of its own.
Result<Done> Session::call_process(const Effect& effect)
{
    const auto call = TRY(call_for(effect.wait));
    const auto start = TRY(s_.host.called(s_.db, call));
    const auto process = s_.host.process(start.definition);
    State begun;
    InstanceRow row;
    row.instance = {
        .id = InstanceId{s_.ids.next()},
        .definition = start.definition,
        .owner = start.owner,
        .key = start.key.empty() ? row_.instance.key : start.key,
        .agency = start.agency,
        .state = InstanceState::running,
        .started = s_.now,
        .ended = {},
        .version = 0,
        .parent = row_.instance.id};
    row.parent_wait = effect.wait.id;
    row.state = json::text_of(to_json(begun, process->model()));
    insert_instance(s_.db, row);
    send_mail(
        s_.db,
        s_.ids.next(),
        row.instance.id,
        {.what = Mail::What::begin, .wait = 0, .values = call.in, .problem = {}},
        s_.now
    );
    note(
        "called",
        model().node(effect.node).id,
        json::object{{"process", call.action}, {"instance", row.instance.id.value}}
    );
    return Done{};
}

void Session::cancel_called(const Wait& wait)
{
    const auto called = called_at(s_.db, row_.instance.id, wait.id);
    if (!called) return;
    send_mail(
        s_.db,
        s_.ids.next(),
        *called,
        {.what = Mail::What::cancel, .wait = 0, .values = {{"reason", reason}}, .problem = {}},
        s_.now
    );
}

/// Tells the caller, and files what was kept for this instance alone.
Result<Done> Session::after_end(const std::string& error)
{
    if (row_.instance.parent) {
        Mail mail{
            .what = error.empty() ? Mail::What::called_ended : Mail::What::called_failed,
            .wait = row_.parent_wait,
            .values = state_.variables,
            .problem = {}};
        constexpr std::string_view thrown = "error:";
        if (error.starts_with(thrown))
            mail.problem = Problem{.code = error.substr(thrown.size()), .field = "", .law = ""};
        else if (!error.empty())
            mail.problem = step_problem("called_was_stopped");
        send_mail(s_.db, s_.ids.next(), row_.instance.parent, mail, s_.now);
    }
    for (const auto& message : messages_for(s_.db, row_.instance.id, Instant::max()))
        TRY(too_late(message, LateMessage::Why::ended));
    return Done{};
}

Result<Done> Session::take(const Mail& mail)
{
    if (state_.ended) return Done{};
    switch (mail.what) {
    case Mail::What::begin: return advance(StartCommand{.message = {}, .variables = mail.values});
    case Mail::What::cancel: reason = json::string_or(mail.values, "reason"); return advance(CancelCommand{});
    case Mail::What::called_ended:
    case Mail::What::answer:
        if (state_.wait(mail.wait) == nullptr) return Done{};
        return advance(AnswerCommand{mail.wait, mail.values});
    case Mail::What::called_failed:
    case Mail::What::fail:
        if (state_.wait(mail.wait) == nullptr) return Done{};
        return advance(FailCommand{mail.wait, *mail.problem});
    }
    throw std::logic_error("Mail::What outside its enumerators");
}

Result<Done> Session::take_mail()
{
    for (int i = 0; i < mail_max; ++i) {
        const auto mail = next_mail(s_.db, row_.instance.id);
        if (!mail) return Done{};
        take_message(s_.db, mail->first, row_.instance.id);
        TRY(take(mail->second));
    }
    return Done{};
}

Result<Done> Session::drop_expired_messages()
{
    for (const auto& message : messages_for(s_.db, row_.instance.id, s_.now))
        TRY(too_late(message, LateMessage::Why::expired));
    return Done{};
}

bool Session::may_still_wait_for(std::string_view message) const
{
    Reach reach(model());
    for (const auto& token : state_.tokens) reach.from(token.node);
    for (const auto& scope : state_.scopes)
        if (scope.model >= 0) reach.scope_runs(scope.model);
    return std::any_of(reach.seen.begin(), reach.seen.end(), [&](int index) {
        const auto& node = model().node(index);
        if (node.kind == NodeKind::throw_event || node.kind == NodeKind::end) return false;
        return std::any_of(node.events.begin(), node.events.end(), [&](const EventSpec& event) {
            return event.kind == EventKind::message && event.name == message;
        });
    });
}

std::vector<PostId> Session::last_posts() const
{
    std::vector<PostId> out;
    Instant last = Instant::min();
    for (const auto& row : task_rows(s_.db, row_.instance.id)) {
        const auto& task = row.task;
        if (task.state != TaskState::completed || !task.done || *task.done < last) continue;
        last = *task.done;
        out = task.done_as ? std::vector{task.done_as} : task.candidates;
    }
    if (!out.empty()) return out;
    for (const auto& row : task_rows(s_.db, row_.instance.id))
        if (out.empty()) out = row.task.candidates;
    return out;
}

Result<Done> Session::too_late(const MessageRow& message, LateMessage::Why why)
{
    take_message(s_.db, message.id, InstanceId{-1});
    note("message_late", "", json::object{{"name", message.name}, {"why", std::int64_t(why)}});
    done_.late = true;
    auto posts = TRY(s_.host.late(
        s_.db,
        {.instance = row_.instance,
         .name = message.name,
         .variables = message.body,
         .why = why,
         .now = s_.now,
         .last_posts = last_posts()}
    ));
    if (posts.empty()) return Done{};
    TaskRow row;
    row.task.id = TaskId{s_.ids.next()};
    row.task.instance = row_.instance.id;
    row.task.owner = row_.instance.owner;
    row.task.agency = row_.instance.agency;
    row.task.node = std::string(late_node) + message.name;
    row.task.candidates = std::move(posts);
    row.task.created = s_.now;
    row.task.sort_key = row.sort_key;
    insert_task(s_.db, row);
    note("task_opened", row.task.node, json::object{{"task", row.task.id.value}});
    done_.opened.push_back(std::move(row.task));
    return Done{};
}

void Session::close_late_task(TaskRow row, const Completion& completion)
{
    row.task.state = TaskState::completed;
    row.task.done = s_.now;
    row.task.done_by = s_.actor.party;
    row.task.done_as = s_.actor.for_post ? s_.actor.for_post : s_.actor.post;
    row.task.outcome = completion.outcome;
    update_task(s_.db, row);
    done_.closed.push_back(row.task.id);
    json::object detail{{"task", row.task.id.value}, {"outcome", completion.outcome}};
    if (!completion.reason.empty()) detail["reason"] = completion.reason;
    note("task_completed", row.task.node, std::move(detail));
}

bool Session::keep_if_held(const Mail& mail)
{
    if (!hold_of(s_.db, row_.instance)) return false;
    close_call(s_.db, CallId{mail.wait});
    send_mail(s_.db, s_.ids.next(), row_.instance.id, mail, s_.now);
    return true;
}

}  // namespace thien_an::workflow

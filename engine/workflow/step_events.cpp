#include <algorithm>

#include "engine/workflow/stepper.h"

// What is waited for, and what is thrown (BPMN 2.0.2, 13.5).
namespace thien_an::workflow {
namespace {

/// Whether what is caught as `wanted` is what `thrown` says: no code catches every one.
bool catches(const EventSpec& wanted, const EventSpec& thrown)
{
    return wanted.kind == thrown.kind && (wanted.name.empty() || wanted.name == thrown.name);
}

}  // namespace

void Stepper::add_wait(Wait wait, std::vector<std::string> candidates)
{
    state_.waits.push_back(wait);
    effects_.push_back(
        {.kind = Effect::Kind::opened,
         .node = wait.node,
         .token = wait.token,
         .wait = std::move(wait),
         .candidates = std::move(candidates)}
    );
}

void Stepper::drop_waits(std::int64_t token, Effect::Kind kind)
{
    for (const auto& wait : state_.waits)
        if (wait.token == token) {
            say(Effect::Kind::withdrawn, wait);
            effects_.back().kind = kind;
        }
    std::erase_if(state_.waits, [&](const Wait& w) { return w.token == token; });
}

/// Makes the waits of a node's events. A condition that is true already happens at once.
void Stepper::arm(int index, std::int64_t scope, std::int64_t token)
{
    const auto& node = model_.node(index);
    for (std::size_t i = 0; i < node.events.size(); ++i) {
        if (comes_from_within(node.events[i].kind)) continue;
        if (!arm_event(index, int(i), scope, token)) return;
    }
}

/// False when the token or scope is no longer there, or the token is stuck.
bool Stepper::arm_event(int index, int event, std::int64_t scope, std::int64_t token_id)
{
    const auto& node = model_.node(index);
    const auto& spec = node.events[std::size_t(event)];
    const auto* token = find(token_id);
    Wait wait{.id = around_.next_id(), .token = token_id, .scope = scope, .node = index, .event = event};
    switch (spec.kind) {
    case EventKind::timer: {
        const auto due = due_of(*spec.timer, token, scope, around_.now);
        if (!due) {
            stick(token_id, due.problem());
            return false;
        }
        wait.what = Wait::For::timer;
        wait.due = due.value();
        wait.repeats = spec.timer->repeats > 0 ? spec.timer->repeats - 1 : -1;
        break;
    }
    case EventKind::signal:
        wait.what = Wait::For::signal;
        wait.name = spec.name;
        break;
    case EventKind::conditional: {
        const auto holds = value_in(spec.condition, scope, token);
        wait.what = Wait::For::condition;
        wait.was = holds && holds.value().is_true();
        break;
    }
    default:
        wait.what = Wait::For::message;
        wait.name = spec.name;
        wait.key = state_.key;
        if (node.correlate)
            if (const auto key = value_in(node.correlate, scope, token))
                wait.key = feel::text_of(key.value());
    }
    add_wait(wait);
    if (!wait.was) return true;
    if (!node.stays()) std::erase_if(state_.waits, [&](const Wait& w) { return w.id == wait.id; });
    happened(wait);
    return find_scope(scope) != nullptr && (token_id == 0 || find(token_id) != nullptr);
}

void Stepper::arm_boundaries(std::int64_t id)
{
    const auto* token = find(id);
    if (token == nullptr || in_loop(*token)) return;  // The loop as a whole has them.
    const auto scope = token->scope;
    for (const int boundary : model_.node(token->node).boundaries) {
        if (find(id) == nullptr) return;
        arm(boundary, scope, id);
    }
}

void Stepper::arm_event_subprocesses(std::int64_t id)
{
    const int model = find_scope(id)->model;
    for (const int event : model_.scope(model).event_subprocesses) {
        if (find_scope(id) == nullptr) return;
        arm(model_.scope(model_.node(event).inner).starts.front(), id, 0);
    }
}

/// What follows when the event of a wait came; the wait itself is taken already.
void Stepper::happened(const Wait& wait)
{
    const auto& node = model_.node(wait.node);
    say(Effect::Kind::closed, wait);
    const bool others_missing =
        node.all_events && std::any_of(state_.waits.begin(), state_.waits.end(), [&](const Wait& w) {
            return w.node == wait.node && w.token == wait.token && w.scope == wait.scope;
        });
    if (others_missing) return;
    const bool again =
        wait.what == Wait::For::timer &&
        (node.stays() ? wait.repeats != 0 : node.kind == NodeKind::catch_event && wait.repeats > 0);
    const bool waits_on =
        node.stays() && (wait.what == Wait::For::message || wait.what == Wait::For::signal) && wait.id != 0;
    if (again || waits_on) {
        Wait next = wait;
        next.id = around_.next_id();
        if (next.repeats > 0) --next.repeats;
        if (wait.what == Wait::For::timer) {
            const auto due =
                due_of(*node.events[std::size_t(wait.event)].timer, find(wait.token), wait.scope, wait.due);
            if (due) next.due = due.value();
        }
        add_wait(std::move(next));
    }
    if (node.kind == NodeKind::start) return run_event_subprocess(wait.node, wait.scope);
    if (node.kind == NodeKind::boundary) return happened_at_boundary(wait);
    auto* token = find(wait.token);
    if (token->node == wait.node) {
        if (!again) return leave(wait.token);
        // A cycle: one token goes on each time, this one waits for the next.
        const auto flows = model_.outs(node);
        for (const int flow : flows) {
            state_.walked.insert(flow);
            const auto copy = add_token(find(wait.token)->scope, model_.flow(flow).target, find(wait.token));
            find(copy)->flow = flow;
        }
        return;
    }
    // One of the events behind an event-based gateway: the others are withdrawn.
    drop_waits(wait.token, Effect::Kind::withdrawn);
    say(Effect::Kind::left, token->node, token->id);
    state_.left.insert(token->node);
    for (const int flow : model_.outs(model_.node(token->node)))
        if (model_.flow(flow).target == wait.node) state_.walked.insert(flow);
    token->node = wait.node;
    say(Effect::Kind::entered, wait.node, wait.token);
    leave(wait.token);
}

void Stepper::happened_at_boundary(const Wait& wait)
{
    const Token host = *find(wait.token);
    if (model_.node(wait.node).interrupting) kill_token(wait.token);
    add_token(host.scope, wait.node, &host);
}

/// Gives a signal to all in the instance who wait for it now, but for those of token `except`.
void Stepper::signal(const std::string& name, std::int64_t except)
{
    std::vector<std::int64_t> waiting;
    for (const auto& wait : state_.waits)
        if (wait.what == Wait::For::signal && wait.name == name && (except == 0 || wait.token != except))
            waiting.push_back(wait.id);
    for (const auto id : waiting) {
        const auto wait = take_wait(id, {Wait::For::signal});
        if (wait) happened(wait.value());  // One before may have stopped it.
    }
}

/// Conditions that became true since they were looked at.
void Stepper::check_conditions()
{
    changed_ = false;
    std::vector<std::int64_t> waiting;
    for (const auto& wait : state_.waits)
        if (wait.what == Wait::For::condition) waiting.push_back(wait.id);
    for (const auto id : waiting) {
        const auto found =
            std::find_if(state_.waits.begin(), state_.waits.end(), [&](const Wait& w) { return w.id == id; });
        if (found == state_.waits.end()) continue;  // One before has stopped it.
        const auto& node = model_.node(found->node);
        const auto holds =
            value_in(node.events[std::size_t(found->event)].condition, found->scope, find(found->token));
        const bool now = holds && holds.value().is_true();
        const bool before = std::exchange(found->was, now);
        if (!now || before) continue;
        const Wait wait = *found;
        if (!node.stays()) state_.waits.erase(found);
        happened(wait);
    }
}

int Stepper::boundary_for(int node, const EventSpec& event) const
{
    int found = -1;
    for (const int boundary : model_.node(node).boundaries)
        for (const auto& wanted : model_.node(boundary).events) {
            if (!catches(wanted, event)) continue;
            if (!wanted.name.empty())
                return boundary;  // The one that names it goes before the one that takes all.
            if (found < 0) found = boundary;
        }
    return found;
}

/// The start of an event subprocess of `scope` that catches; -1: none. What comes from within one is not for itself.
int Stepper::event_start_for(const ScopeState& scope, const EventSpec& event, std::int64_t from) const
{
    if (scope.kind != ScopeState::Kind::run) return -1;
    const auto* inner = state_.scope(from);
    int found = -1;
    for (const int sub : model_.scope(scope.model).event_subprocesses) {
        const int inside = model_.node(sub).inner;
        if (inner != nullptr && inner->model == inside) continue;
        const int start = model_.scope(inside).starts.front();
        for (const auto& wanted : model_.node(start).events) {
            if (!catches(wanted, event)) continue;
            if (!wanted.name.empty()) return start;
            if (found < 0) found = start;
        }
    }
    return found;
}

/// Finds who catches an error or escalation, from the scope outwards; false: nobody.
bool Stepper::throw_up(std::int64_t scope_id, const EventSpec& event)
{
    std::int64_t from = 0;
    while (const auto* scope = state_.scope(scope_id)) {
        if (const int start = event_start_for(*scope, event, from); start >= 0) {
            if (event.kind == EventKind::error) kill_scope_content(scope_id);
            run_event_subprocess(start, scope_id);
            return true;
        }
        if (const auto* host = find(scope->token);
            host != nullptr && scope->kind != ScopeState::Kind::compensation)
            if (const int boundary = boundary_for(host->node, event); boundary >= 0 && !in_loop(*host)) {
                happened(
                    {.what = Wait::For::message, .token = host->id, .scope = host->scope, .node = boundary}
                );
                return true;
            }
        from = scope_id;
        scope_id = scope->parent;
    }
    return false;
}

/// An error of a scope; nobody catches it: the instance ends with it.
void Stepper::raise(std::int64_t token, std::int64_t scope, const std::string& code)
{
    error_ = code;
    std::erase_if(state_.tokens, [&](const Token& t) { return t.id == token; });
    if (!throw_up(scope, {.kind = EventKind::error, .name = code})) end_all("error:" + code);
}

/// An error of an activity itself; false: nobody catches it.
bool Stepper::fail_at(std::int64_t id, const std::string& code)
{
    const auto* token = find(id);
    const EventSpec event{.kind = EventKind::error, .name = code};
    error_ = code;
    if (!in_loop(*token))
        if (const int boundary = boundary_for(token->node, event); boundary >= 0) {
            happened({.what = Wait::For::message, .token = id, .scope = token->scope, .node = boundary});
            return true;
        }
    return throw_up(token->scope, event);
}

/// Throws one event of a node; false when the token is no longer there, or has to wait.
bool Stepper::throw_event(std::int64_t id, const EventSpec& event)
{
    const auto* token = find(id);
    const auto scope = token->scope;
    const int node = token->node;
    switch (event.kind) {
    case EventKind::signal:
        effects_.push_back({.kind = Effect::Kind::signalled, .node = node, .token = id, .text = event.name});
        signal(event.name);
        break;
    case EventKind::message: {
        if (model_.node(node).action) break;  // It was the action's to send.
        auto key = state_.key;
        if (model_.node(node).correlate)
            if (const auto given = value(model_.node(node).correlate, token))
                key = feel::text_of(given.value());
        effects_.push_back(
            {.kind = Effect::Kind::sent, .node = node, .token = id, .text = event.name, .reason = key}
        );
        break;
    }
    case EventKind::escalation:
        if (!throw_up(scope, event))
            effects_.push_back(
                {.kind = Effect::Kind::escalated, .node = node, .token = id, .text = event.name}
            );
        break;
    case EventKind::error: raise(id, scope, event.name); break;
    case EventKind::compensation: compensate(id, event); return event.waits ? false : find(id) != nullptr;
    case EventKind::cancel: cancel_transaction(id); return false;
    case EventKind::terminate:
        kill_scope_content(scope);
        finish_scope(scope);
        return false;
    default: break;
    }
    return find(id) != nullptr && find_scope(scope) != nullptr;
}

}  // namespace thien_an::workflow

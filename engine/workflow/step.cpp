#include "engine/workflow/step.h"

#include <algorithm>

#include "engine/workflow/stepper.h"

namespace thien_an::workflow {
namespace {

constexpr int entries_max = 10'000;  ///< Node entries in one step; more is a loop without a wait.

bool may_error(const std::string& wanted, const std::string& code)
{
    return wanted.empty() || wanted == code;
}

}  // namespace

const Token* State::token(std::int64_t id) const
{
    for (const auto& t : tokens)
        if (t.id == id) return &t;
    return nullptr;
}

const ScopeState* State::scope(std::int64_t id) const
{
    for (const auto& s : scopes)
        if (s.id == id) return &s;
    return nullptr;
}

const Wait* State::wait(std::int64_t id) const
{
    for (const auto& w : waits)
        if (w.id == id) return &w;
    return nullptr;
}

Result<Stepped> step(const Model& model, State state, const Command& command, const Surroundings& around)
{
    return Stepper(model, std::move(state), around).run(command);
}

Result<json::object> arguments_of(
    const Model& model, const State& state, const Wait& wait, const Surroundings& around
)
{
    return Stepper(model, state, around).arguments(wait);
}

Result<Stepped> Stepper::run(const Command& command)
{
    auto done = std::visit([&](const auto& c) { return apply(c); }, command);
    if (!done) return done.problem();
    settle();
    return Stepped{std::move(state_), std::move(effects_), std::move(call_)};
}

Token* Stepper::find(std::int64_t id)
{
    for (auto& t : state_.tokens)
        if (t.id == id) return &t;
    return nullptr;
}

Result<Wait> Stepper::take_wait(std::int64_t id, Wait::For what)
{
    const auto found = std::find_if(state_.waits.begin(), state_.waits.end(), [&](const Wait& w) {
        return w.id == id && w.what == what;
    });
    if (found == state_.waits.end()) return Problem{.code = "workflow.no_such_wait", .field = "", .law = ""};
    Wait wait = *found;
    state_.waits.erase(found);
    return wait;
}

Result<Done> Stepper::set_variables(const json::object& variables)
{
    for (const auto& [name, value] : variables) {
        const std::string text(name);
        if (std::find(model_.variables.begin(), model_.variables.end(), text) == model_.variables.end())
            return Problem{
                .code = "workflow.unknown_variable", .field = "", .law = "", .words = {{"name", text}}};
        state_.variables[name] = value;
    }
    return Done{};
}

Result<Done> Stepper::apply(const StartCommand& c)
{
    TRY(set_variables(c.variables));
    for (const int start : model_.scope(0).starts) {
        const auto& node = model_.node(start);
        const bool wanted = c.message.empty() ? node.event == EventKind::none
                                              : node.event == EventKind::message && node.message == c.message;
        if (!wanted) continue;
        const auto scope = open_scope(0, 0, 0);
        state_.tokens.push_back({.id = around_.next_id(), .scope = scope, .node = start});
        moving_.push_back(state_.tokens.back().id);
        return Done{};
    }
    return Problem{
        .code = "workflow.no_such_start", .field = "", .law = "", .words = {{"message", c.message}}};
}

Result<Done> Stepper::apply(const CompleteCommand& c)
{
    const Wait wait = TRY(take_wait(c.wait, Wait::For::task));
    const auto& node = model_.node(wait.node);
    const bool known = std::any_of(node.outcomes.begin(), node.outcomes.end(), [&](const OutcomeChoice& o) {
        return o.name == c.outcome;
    });
    if (!known)
        return Problem{
            .code = "workflow.no_such_outcome",
            .field = "/outcome",
            .law = "",
            .words = {{"outcome", c.outcome}}};
    TRY(set_variables(c.variables));
    auto* token = find(wait.token);
    token->outcome = c.outcome;
    std::erase(token->path, node.id);
    token->path.push_back(node.id);
    state_.outcomes[node.id] = c.outcome;
    effects_.push_back(
        {.kind = Effect::Kind::closed,
         .node = wait.node,
         .token = wait.token,
         .wait = wait,
         .text = c.outcome}
    );
    leave(wait.token);
    return Done{};
}

/// What follows when the event of a wait came, for messages and timers alike.
void Stepper::happened(const Wait& wait)
{
    const auto& node = model_.node(wait.node);
    effects_.push_back({.kind = Effect::Kind::closed, .node = wait.node, .token = wait.token, .wait = wait});
    if (node.kind == NodeKind::start) {
        run_event_subprocess(wait.node, wait.scope);
        return;
    }
    if (node.kind == NodeKind::boundary) {
        const Token host = *find(wait.token);
        if (node.interrupting) kill_token(wait.token);
        Token out{.id = around_.next_id(), .scope = wait.scope, .node = wait.node};
        out.outcome = host.outcome;
        out.path = host.path;
        state_.tokens.push_back(std::move(out));
        moving_.push_back(state_.tokens.back().id);
        return;
    }
    auto* token = find(wait.token);
    if (token->node == wait.node) {
        leave(wait.token);
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

Result<Done> Stepper::apply(const MessageCommand& c)
{
    const Wait wait = TRY(take_wait(c.wait, Wait::For::message));
    TRY(set_variables(c.variables));
    const auto& node = model_.node(wait.node);
    const bool stays =
        (node.kind == NodeKind::boundary || node.kind == NodeKind::start) && !node.interrupting;
    happened(wait);
    if (stays) {
        Wait again = wait;
        again.id = around_.next_id();
        add_wait(std::move(again));
    }
    return Done{};
}

Result<Done> Stepper::apply(const TimerCommand& c)
{
    const Wait wait = TRY(take_wait(c.wait, Wait::For::timer));
    const auto& node = model_.node(wait.node);
    const bool again = (node.kind == NodeKind::boundary || node.kind == NodeKind::start) &&
                       !node.interrupting && wait.repeats != 0;
    happened(wait);
    if (again) {
        Wait next = wait;
        next.id = around_.next_id();
        if (next.repeats > 0) --next.repeats;
        const auto due = due_of(*node.timer, find(wait.token));
        if (due) {
            next.due = due.value();
            add_wait(std::move(next));
        }
    }
    return Done{};
}

Result<Done> Stepper::apply(const AnswerCommand& c)
{
    const Wait wait = TRY(take_wait(c.wait, Wait::For::call));
    const auto& node = model_.node(wait.node);
    for (const auto& out : node.action->out) {
        const auto* value = c.out.if_contains(out.from);
        state_.variables[out.variable] = value == nullptr ? json::value(nullptr) : *value;
    }
    effects_.push_back({.kind = Effect::Kind::closed, .node = wait.node, .token = wait.token, .wait = wait});
    if (node.kind == NodeKind::end)
        consume(wait.token);
    else
        leave(wait.token);
    return Done{};
}

Result<Done> Stepper::apply(const FailCommand& c)
{
    const Wait wait = TRY(take_wait(c.wait, Wait::For::call));
    effects_.push_back(
        {.kind = Effect::Kind::closed,
         .node = wait.node,
         .token = wait.token,
         .wait = wait,
         .text = c.problem.code}
    );
    const auto& node = model_.node(wait.node);
    for (const int boundary : node.boundaries) {
        const auto& b = model_.node(boundary);
        if (b.event != EventKind::error || !may_error(b.error, c.problem.code)) continue;
        error_ = c.problem.code;
        Wait caught = wait;
        caught.node = boundary;
        happened(caught);
        return Done{};
    }
    stick(wait.token, c.problem);
    return Done{};
}

Result<Done> Stepper::apply(const ReturnCommand& c)
{
    const Wait wait = TRY(take_wait(c.wait, Wait::For::task));
    const auto& node = model_.node(wait.node);
    const int target = model_.index_of(c.to);
    auto* token = find(wait.token);
    const bool allowed = std::find(node.returns.begin(), node.returns.end(), c.to) != node.returns.end();
    const auto at = std::find(token->path.begin(), token->path.end(), c.to);
    const bool same_scope = target >= 0 && model_.node(target).scope == node.scope;
    if (!allowed || at == token->path.end() || !same_scope)
        return Problem{.code = "workflow.cannot_return", .field = "/to", .law = "", .words = {{"to", c.to}}};
    token->path.erase(at, token->path.end());
    effects_.push_back(
        {.kind = Effect::Kind::withdrawn,
         .node = wait.node,
         .token = wait.token,
         .wait = wait,
         .text = "returned"}
    );
    drop_waits(wait.token, Effect::Kind::withdrawn);
    token->node = target;
    token->flow = -1;
    token->at = Token::At::moving;
    moving_.push_back(token->id);
    return Done{};
}

Result<Done> Stepper::apply(const RetryCommand& c)
{
    auto* token = find(c.token);
    if (token == nullptr || token->at != Token::At::stuck)
        return Problem{.code = "workflow.no_such_wait", .field = "", .law = ""};
    token->at = Token::At::moving;
    moving_.push_back(token->id);
    return Done{};
}

Result<Done> Stepper::apply(const CancelCommand&)
{
    end_all("cancelled");
    return Done{};
}

void Stepper::end_all(const std::string& error)
{
    for (const auto& wait : state_.waits)
        effects_.push_back(
            {.kind = Effect::Kind::withdrawn, .node = wait.node, .token = wait.token, .wait = wait}
        );
    state_.waits.clear();
    state_.tokens.clear();
    state_.scopes.clear();
    moving_.clear();
    state_.ended = true;
    state_.error = error;
    effects_.push_back({.kind = Effect::Kind::ended, .text = error});
}

/// Moves tokens until all of them wait, or one asks for a local action.
void Stepper::settle()
{
    while (!call_ && !state_.ended) {
        // An inclusive join is looked at after every move or death of a token.
        if (moving_.empty() && !fire_inclusive_join()) break;
        if (moving_.empty()) continue;
        const auto next = moving_.front();
        moving_.erase(moving_.begin());
        auto* token = find(next);
        if (token == nullptr || token->at != Token::At::moving) continue;
        if (++entered_ > entries_max) {
            stick(next, {.code = "workflow.too_many_steps", .field = "", .law = ""});
            continue;
        }
        enter(next);
    }
}

void Stepper::stick(std::int64_t id, Problem problem)
{
    auto* token = find(id);
    if (token == nullptr) return;
    token->at = Token::At::stuck;
    effects_.push_back(
        {.kind = Effect::Kind::incident, .node = token->node, .token = id, .problem = std::move(problem)}
    );
}

void Stepper::consume(std::int64_t id)
{
    const auto* token = find(id);
    if (token == nullptr) return;
    const auto scope = token->scope;
    std::erase_if(state_.tokens, [&](const Token& t) { return t.id == id; });
    finish_scope(scope);
}

/// Ends a scope that has no token left, and what waited for it.
void Stepper::finish_scope(std::int64_t id)
{
    const auto* found = state_.scope(id);
    if (found == nullptr) return;
    const bool busy =
        std::any_of(
            state_.tokens.begin(), state_.tokens.end(), [&](const Token& t) { return t.scope == id; }
        ) ||
        std::any_of(state_.scopes.begin(), state_.scopes.end(), [&](const ScopeState& s) {
            return s.parent == id;
        });
    if (busy) return;
    const ScopeState scope = *found;
    for (const auto& wait : state_.waits)
        if (wait.scope == id)
            effects_.push_back(
                {.kind = Effect::Kind::withdrawn, .node = wait.node, .token = wait.token, .wait = wait}
            );
    std::erase_if(state_.waits, [&](const Wait& w) { return w.scope == id; });
    std::erase_if(state_.scopes, [&](const ScopeState& s) { return s.id == id; });
    if (scope.model == 0) {
        state_.ended = true;
        effects_.push_back({.kind = Effect::Kind::ended});
    } else if (scope.token != 0) {
        leave(scope.token);
    } else {
        finish_scope(scope.parent);
    }
}

std::int64_t Stepper::open_scope(int model, std::int64_t parent, std::int64_t token)
{
    const auto id = around_.next_id();
    state_.scopes.push_back({.id = id, .parent = parent, .model = model, .token = token});
    for (const int event : model_.scope(model).event_subprocesses) {
        const int start = model_.scope(model_.node(event).inner).starts.front();
        if (model_.node(start).event != EventKind::error) arm(start, id, 0);
    }
    return id;
}

/// Stops everything in a scope, its inner scopes included; the scope itself stays.
void Stepper::kill_scope_content(std::int64_t id)
{
    std::vector<std::int64_t> inner;
    for (const auto& s : state_.scopes)
        if (s.parent == id) inner.push_back(s.id);
    for (const auto s : inner) {
        kill_scope_content(s);
        std::erase_if(state_.scopes, [&](const ScopeState& one) { return one.id == s; });
    }
    for (const auto& wait : state_.waits)
        if (wait.scope == id)
            effects_.push_back(
                {.kind = Effect::Kind::withdrawn, .node = wait.node, .token = wait.token, .wait = wait}
            );
    std::erase_if(state_.waits, [&](const Wait& w) { return w.scope == id; });
    std::erase_if(state_.tokens, [&](const Token& t) { return t.scope == id; });
}

/// Stops one activity: its waits and, for a subprocess, all within.
void Stepper::kill_token(std::int64_t id)
{
    std::vector<std::int64_t> inner;
    for (const auto& s : state_.scopes)
        if (s.token == id) inner.push_back(s.id);
    for (const auto s : inner) {
        kill_scope_content(s);
        std::erase_if(state_.scopes, [&](const ScopeState& one) { return one.id == s; });
    }
    drop_waits(id, Effect::Kind::withdrawn);
    std::erase_if(state_.tokens, [&](const Token& t) { return t.id == id; });
}

void Stepper::run_event_subprocess(int start, std::int64_t scope)
{
    const auto& node = model_.node(start);
    if (node.interrupting) kill_scope_content(scope);
    const auto inner = open_scope(node.scope, scope, 0);
    state_.tokens.push_back({.id = around_.next_id(), .scope = inner, .node = start});
    moving_.push_back(state_.tokens.back().id);
}

/// Finds who catches `code`, from the scope outwards; nobody: the instance ends with it.
void Stepper::raise(std::int64_t token, std::int64_t scope_id, const std::string& code)
{
    error_ = code;
    std::erase_if(state_.tokens, [&](const Token& t) { return t.id == token; });
    while (const auto* scope = state_.scope(scope_id)) {
        for (const int event : model_.scope(scope->model).event_subprocesses) {
            const int start = model_.scope(model_.node(event).inner).starts.front();
            if (model_.node(start).event != EventKind::error || !may_error(model_.node(start).error, code))
                continue;
            kill_scope_content(scope_id);
            run_event_subprocess(start, scope_id);
            return;
        }
        if (scope->token != 0) {
            const auto host = scope->token;
            for (const int boundary : model_.node(find(host)->node).boundaries) {
                const auto& b = model_.node(boundary);
                if (b.event != EventKind::error || !may_error(b.error, code)) continue;
                happened(
                    {.what = Wait::For::message, .token = host, .scope = find(host)->scope, .node = boundary}
                );
                return;
            }
        }
        scope_id = scope->parent;
    }
    end_all("error:" + code);
}

}  // namespace thien_an::workflow

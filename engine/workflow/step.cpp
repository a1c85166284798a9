#include "engine/workflow/step.h"

#include <algorithm>

#include "engine/workflow/stepper.h"

namespace thien_an::workflow {
namespace {

constexpr int entries_max = 100'000;        ///< Node entries in one step; more is a loop without a wait.
constexpr std::size_t tokens_max = 20'000;  ///< Of one instance.

template <typename List>
auto* by_id(List& list, std::int64_t id)
{
    const auto found = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.id == id; });
    return found == list.end() ? nullptr : &*found;
}

/// A node that throws what others may catch waits until everything else rests, so that none of them misses it.
bool throws_to_others(const NodeModel& node)
{
    if (node.kind != NodeKind::throw_event && node.kind != NodeKind::end && node.tag != "sendTask")
        return false;
    return std::any_of(node.events.begin(), node.events.end(), [](const EventSpec& e) {
        return e.kind == EventKind::signal || e.kind == EventKind::message;
    });
}

}  // namespace

const Token* State::token(std::int64_t id) const { return by_id(tokens, id); }
const ScopeState* State::scope(std::int64_t id) const { return by_id(scopes, id); }
const Wait* State::wait(std::int64_t id) const { return by_id(waits, id); }

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

Result<Instant> due_of_timer(
    const Model& model, const TimerSpec& timer, Instant from, const Surroundings& around
)
{
    return Stepper(model, {}, around).start_due(timer, from);
}

Stepper::Stepper(const Model& model, State state, const Surroundings& around)
    : model_(model), state_(std::move(state)), around_(around)
{
    // Those that were on their way when a local action had to be run.
    for (const auto& token : state_.tokens)
        if (token.at == Token::At::moving) moving_.push_back(token.id);
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
    // Ids only grow, so the tokens lie in their order.
    const auto found = std::lower_bound(
        state_.tokens.begin(),
        state_.tokens.end(),
        id,
        [](const Token& t, std::int64_t wanted) { return t.id < wanted; }
    );
    return found == state_.tokens.end() || found->id != id ? nullptr : &*found;
}

ScopeState* Stepper::find_scope(std::int64_t id) { return by_id(state_.scopes, id); }

Result<Wait> Stepper::take_wait(std::int64_t id, std::initializer_list<Wait::For> what)
{
    const auto found = std::find_if(state_.waits.begin(), state_.waits.end(), [&](const Wait& w) {
        return w.id == id && std::find(what.begin(), what.end(), w.what) != what.end();
    });
    if (found == state_.waits.end()) return step_problem("no_such_wait");
    Wait wait = std::move(*found);
    state_.waits.erase(found);
    return wait;
}

bool Stepper::starts_here(const NodeModel& node, const StartCommand& c) const
{
    if (!c.node.empty()) return node.id == c.node;
    const auto has = [&](EventKind kind, const std::string& name) {
        return std::any_of(node.events.begin(), node.events.end(), [&](const EventSpec& e) {
            return e.kind == kind && e.name == name;
        });
    };
    if (!c.message.empty()) return has(EventKind::message, c.message);
    if (!c.signal.empty()) return has(EventKind::signal, c.signal);
    return node.kind == NodeKind::start && node.events.empty();
}

Result<Done> Stepper::apply(const StartCommand& c)
{
    if (model_.scope(0).starts.empty() && c.message.empty() && c.signal.empty() && c.node.empty()) {
        const auto scope = open_scope({.model = 0});
        TRY(set_variables(c.variables, scope));
        begin_scope(scope, Token{});
        return Done{};
    }
    for (const int start : model_.scope(0).starts) {
        if (!starts_here(model_.node(start), c)) continue;
        const auto scope = open_scope({.model = 0});
        TRY(set_variables(c.variables, scope));
        const auto id = add_token(scope, start, nullptr);
        if (model_.node(start).instantiates) {  // Its message is here already.
            say(Effect::Kind::entered, start, id);
            find(id)->at = Token::At::waiting;
            leave(id);
        }
        arm_event_subprocesses(scope);
        return Done{};
    }
    return step_problem("no_such_start", "message", c.message + c.signal + c.node);
}

Result<Done> Stepper::apply(const CompleteCommand& c)
{
    const Wait wait = TRY(take_wait(c.wait, {Wait::For::task}));
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
    TRY(set_variables(c.variables, wait.scope));
    auto* token = find(wait.token);
    token->outcome = c.outcome;
    std::erase(token->path, node.id);
    token->path.push_back(node.id);
    state_.outcomes[node.id] = c.outcome;
    changed_ = true;
    say(Effect::Kind::closed, wait);
    effects_.back().text = c.outcome;
    leave(wait.token);
    return Done{};
}

Result<Done> Stepper::apply(const MessageCommand& c)
{
    const Wait wait = TRY(take_wait(c.wait, {Wait::For::message}));
    TRY(set_variables(c.variables, wait.scope));
    happened(wait);
    return Done{};
}

Result<Done> Stepper::apply(const SignalCommand& c)
{
    signal(c.name);
    return Done{};
}

Result<Done> Stepper::apply(const TimerCommand& c)
{
    const Wait wait = TRY(take_wait(c.wait, {Wait::For::timer}));
    happened(wait);
    return Done{};
}

Result<Done> Stepper::apply(const LookCommand&)
{
    changed_ = true;
    return Done{};
}

Result<Done> Stepper::apply(const ArmCommand&)
{
    const auto waits_at = [&](int node, std::int64_t token, std::int64_t scope) {
        return std::any_of(state_.waits.begin(), state_.waits.end(), [&](const Wait& w) {
            return w.node == node && w.token == token && w.scope == scope;
        });
    };
    const auto tokens = state_.tokens;
    for (const auto& token : tokens) {
        if (token.at != Token::At::waiting || in_loop(token)) continue;
        for (const int boundary : model_.node(token.node).boundaries)
            if (find(token.id) != nullptr && !waits_at(boundary, token.id, token.scope))
                arm(boundary, token.scope, token.id);
    }
    const auto scopes = state_.scopes;
    for (const auto& scope : scopes) {
        if (scope.kind != ScopeState::Kind::run) continue;
        for (const int event : model_.scope(scope.model).event_subprocesses) {
            const int start = model_.scope(model_.node(event).inner).starts.front();
            if (find_scope(scope.id) != nullptr && !waits_at(start, 0, scope.id)) arm(start, scope.id, 0);
        }
    }
    return Done{};
}

Result<Done> Stepper::apply(const AnswerCommand& c)
{
    const Wait wait = TRY(take_wait(c.wait, {Wait::For::call, Wait::For::process}));
    const auto& node = model_.node(wait.node);
    say(Effect::Kind::closed, wait);
    if (wait.what == Wait::For::process) {
        for (const auto& out : node.outputs) {
            const auto* value = c.out.if_contains(out.from);
            set_variable(out.variable, value == nullptr ? json::value(nullptr) : *value, wait.scope);
        }
        leave(wait.token);
        return Done{};
    }
    for (const auto& out : node.action->out) {
        const auto* value = c.out.if_contains(out.from);
        set_variable(out.variable, value == nullptr ? json::value(nullptr) : *value, wait.scope);
    }
    if (node.kind == NodeKind::end || node.kind == NodeKind::throw_event)
        enter_throw(wait.token);
    else
        leave(wait.token);
    return Done{};
}

Result<Done> Stepper::apply(const FailCommand& c)
{
    const Wait wait = TRY(take_wait(c.wait, {Wait::For::call, Wait::For::process}));
    say(Effect::Kind::closed, wait);
    effects_.back().text = c.problem.code;
    if (!fail_at(wait.token, c.problem.code)) stick(wait.token, c.problem);
    return Done{};
}

Result<Done> Stepper::apply(const ReturnCommand& c)
{
    const Wait wait = TRY(take_wait(c.wait, {Wait::For::task}));
    const auto& node = model_.node(wait.node);
    const int target = model_.index_of(c.to);
    auto* token = find(wait.token);
    const bool allowed = std::find(node.returns.begin(), node.returns.end(), c.to) != node.returns.end();
    const auto at = std::find(token->path.begin(), token->path.end(), c.to);
    const bool same_scope = target >= 0 && model_.node(target).scope == node.scope && !in_loop(*token);
    if (!allowed || at == token->path.end() || !same_scope)
        return Problem{.code = "workflow.cannot_return", .field = "/to", .law = "", .words = {{"to", c.to}}};
    token->path.erase(at, token->path.end());
    say(Effect::Kind::withdrawn, wait);
    effects_.back().text = "returned";
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
    if (token == nullptr || token->at != Token::At::stuck) return step_problem("no_such_wait");
    drop_waits(c.token, Effect::Kind::withdrawn);
    token->at = Token::At::moving;
    moving_.push_back(token->id);
    return Done{};
}

Result<Done> Stepper::apply(const CancelCommand&)
{
    end_all("cancelled");
    return Done{};
}

/// The next token to move, those that throw to others last.
std::optional<std::int64_t> Stepper::next_moving()
{
    const auto moves = [&](std::int64_t id) {
        const auto* token = find(id);
        return token != nullptr && token->at == Token::At::moving;
    };
    std::erase_if(moving_, [&](std::int64_t id) { return !moves(id); });
    auto next = std::find_if(moving_.begin(), moving_.end(), [&](std::int64_t id) {
        return !throws_to_others(model_.node(find(id)->node));
    });
    if (next == moving_.end()) next = moving_.begin();
    if (next == moving_.end()) return std::nullopt;
    const auto id = *next;
    moving_.erase(next);
    return id;
}

/// Moves tokens until all of them wait, or one asks for a local action.
void Stepper::settle()
{
    while (!call_ && !state_.ended) {
        if (changed_) check_conditions();
        const auto next = next_moving();
        if (!next) {
            // An inclusive join is looked at after every move or death of a token.
            if (state_.ended || !fire_inclusive_join()) break;
            continue;
        }
        if (++entered_ > entries_max)
            stick(*next, step_problem("too_many_steps"));
        else if (state_.tokens.size() > tokens_max)
            stick(*next, step_problem("too_many_tokens"));
        else
            enter(*next);
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

}  // namespace thien_an::workflow

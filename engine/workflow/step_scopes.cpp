#include <algorithm>

#include "engine/workflow/stepper.h"

// Scopes begin, end, and are stopped with all that runs in them.
namespace thien_an::workflow {

std::int64_t Stepper::open_scope(ScopeState scope)
{
    scope.id = around_.next_id();
    const auto id = scope.id;
    state_.scopes.push_back(std::move(scope));
    return id;
}

std::int64_t Stepper::add_token(std::int64_t scope, int node, const Token* like)
{
    Token token{.id = around_.next_id(), .scope = scope, .node = node};
    if (like != nullptr) {
        token.outcome = like->outcome;
        token.path = like->path;
    }
    const auto id = token.id;
    state_.tokens.push_back(std::move(token));
    moving_.push_back(id);
    return id;
}

/// Puts tokens where the scope's model begins: at its none start, or at every activity nothing leads to.
void Stepper::begin_scope(std::int64_t id, const Token& like)
{
    const int model = find_scope(id)->model;
    const int host = model_.scope(model).node;
    std::vector<int> begins;
    if (host >= 0 && model_.node(host).kind == NodeKind::ad_hoc) {
        for (const int n : model_.scope(model).nodes) {
            const auto& node = model_.node(n);
            if (node.ins == 0 && !node.compensates &&
                (node.is_activity() || node.kind == NodeKind::throw_event))
                begins.push_back(n);
        }
    } else {
        for (const int start : model_.scope(model).starts)
            if (model_.node(start).events.empty()) begins.push_back(start);
        if (begins.empty() && model_.scope(model).starts.empty())
            for (const int n : model_.scope(model).nodes)
                if (model_.node(n).ins == 0 && model_.node(n).kind != NodeKind::boundary &&
                    model_.node(n).kind != NodeKind::event_subprocess && !model_.node(n).compensates)
                    begins.push_back(n);
    }
    if (host >= 0 && model_.node(host).one_at_a_time) {
        std::reverse(begins.begin(), begins.end());
        find_scope(id)->pending = begins;
        if (!begin_pending(id)) finish_scope(id);
        return;
    }
    for (const int n : begins) add_token(id, n, &like);
    if (begins.empty()) return finish_scope(id);
    arm_event_subprocesses(id);
}

bool Stepper::begin_pending(std::int64_t id)
{
    auto* scope = find_scope(id);
    if (scope->pending.empty()) return false;
    const int node = scope->pending.back();
    scope->pending.pop_back();
    add_token(id, node, find(scope->token));
    return true;
}

void Stepper::consume(std::int64_t id)
{
    const auto* token = find(id);
    if (token == nullptr) return;
    const auto scope_id = token->scope;
    std::erase_if(state_.tokens, [&](const Token& t) { return t.id == id; });
    if (const auto* scope = find_scope(scope_id); scope != nullptr && scope->model > 0) {
        const int host = model_.scope(scope->model).node;
        if (host >= 0 && model_.node(host).kind == NodeKind::ad_hoc && model_.node(host).completion) {
            const auto met = value_in(model_.node(host).completion, scope_id);
            if (met && met.value().is_true()) {
                find_scope(scope_id)->pending.clear();
                if (model_.node(host).stops_rest) kill_scope_content(scope_id);
            }
        }
    }
    finish_scope(scope_id);
}

bool Stepper::is_busy(std::int64_t id) const
{
    const auto in = [&](const Token& t) { return t.scope == id; };
    const auto below = [&](const ScopeState& s) { return s.parent == id; };
    return std::any_of(state_.tokens.begin(), state_.tokens.end(), in) ||
           std::any_of(state_.scopes.begin(), state_.scopes.end(), below);
}

/// Ends a scope that has no token left, and what waited for it.
void Stepper::finish_scope(std::int64_t id)
{
    auto* found = find_scope(id);
    if (found == nullptr || is_busy(id)) return;
    if (found->kind == ScopeState::Kind::iteration) return end_iteration(id);
    if (found->kind == ScopeState::Kind::compensation) return next_compensation(id);
    if (found->kind == ScopeState::Kind::loop) return;
    if (begin_pending(id)) return;
    for (const auto& wait : state_.waits)
        if (wait.scope == id) say(Effect::Kind::withdrawn, wait);
    std::erase_if(state_.waits, [&](const Wait& w) { return w.scope == id; });
    const ScopeState scope = std::move(*find_scope(id));
    finish_run(scope);
}

void Stepper::finish_run(const ScopeState& scope)
{
    if (scope.model == 0) {
        std::erase_if(state_.scopes, [&](const ScopeState& s) { return s.id == scope.id; });
        return finish_process();
    }
    std::erase_if(state_.scopes, [&](const ScopeState& s) { return s.id == scope.id; });
    if (scope.token == 0) return finish_scope(scope.parent);
    const auto* host = find(scope.token);
    if (host == nullptr) return;
    for (const auto& out : model_.node(host->node).outputs) {
        const auto* given = scope.locals.if_contains(out.from);
        set_variable(out.variable, given == nullptr ? json::value(nullptr) : *given, host->scope);
    }
    remember(*host, scope.done);
    leave(scope.token);
}

void Stepper::finish_process()
{
    state_.ended = true;
    effects_.push_back({.kind = Effect::Kind::ended});
}

/// Stops scopes with all that runs in them.
void Stepper::kill_scopes(const std::vector<std::int64_t>& ids)
{
    for (const auto id : ids) {
        kill_scope_content(id);
        std::erase_if(state_.scopes, [&](const ScopeState& one) { return one.id == id; });
    }
}

/// Stops everything in a scope, its inner scopes included; the scope itself stays.
void Stepper::kill_scope_content(std::int64_t id)
{
    std::vector<std::int64_t> inner;
    for (const auto& s : state_.scopes)
        if (s.parent == id) inner.push_back(s.id);
    kill_scopes(inner);
    for (const auto& wait : state_.waits)
        if (wait.scope == id) say(Effect::Kind::withdrawn, wait);
    std::erase_if(state_.waits, [&](const Wait& w) { return w.scope == id; });
    std::erase_if(state_.tokens, [&](const Token& t) { return t.scope == id; });
}

/// Stops one activity: its waits and, for a subprocess, all within.
void Stepper::kill_token(std::int64_t id)
{
    std::vector<std::int64_t> inner;
    for (const auto& s : state_.scopes)
        if (s.token == id) inner.push_back(s.id);
    kill_scopes(inner);
    drop_waits(id, Effect::Kind::withdrawn);
    std::erase_if(state_.tokens, [&](const Token& t) { return t.id == id; });
}

void Stepper::run_event_subprocess(int start, std::int64_t scope)
{
    const auto& node = model_.node(start);
    if (node.interrupting) kill_scope_content(scope);
    const auto inner = open_scope({.parent = scope, .model = node.scope});
    add_token(inner, start, nullptr);
    arm_event_subprocesses(inner);
}

void Stepper::end_all(const std::string& error)
{
    for (const auto& wait : state_.waits) say(Effect::Kind::withdrawn, wait);
    state_.waits.clear();
    state_.tokens.clear();
    state_.scopes.clear();
    moving_.clear();
    state_.ended = true;
    state_.error = error;
    effects_.push_back({.kind = Effect::Kind::ended, .text = error});
}

}  // namespace thien_an::workflow

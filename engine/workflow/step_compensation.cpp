#include <algorithm>

#include "engine/workflow/stepper.h"

// Undoing what was completed, the last thing first (BPMN 2.0.2, 10.7 and 13.5.5).
namespace thien_an::workflow {
namespace {

/// The event subprocess of a scope that compensates it; -1: none.
int compensating_subprocess(const Model& model, int scope)
{
    for (const int sub : model.scope(scope).event_subprocesses) {
        const int start = model.scope(model.node(sub).inner).starts.front();
        if (model.node(start).event() == EventKind::compensation) return sub;
    }
    return -1;
}

/// What runs for one completed activity, the last to be run first: its own handler, else those within it.
void unfold(const Model& model, const Completed& completed, std::vector<Completed>& into)
{
    const auto& node = model.node(completed.node);
    const bool own =
        node.handler >= 0 || (node.inner >= 0 && compensating_subprocess(model, node.inner) >= 0);
    const bool instances =
        std::any_of(completed.inner.begin(), completed.inner.end(), [&](const Completed& one) {
            return one.node == completed.node;
        });
    if (own && !instances) return into.push_back(completed);
    for (const auto& one : completed.inner) unfold(model, one, into);
}

}  // namespace

/// Keeps that an activity was completed, when something could undo it.
void Stepper::remember(const Token& token, std::vector<Completed> inner)
{
    const auto& node = model_.node(token.node);
    const bool own =
        node.handler >= 0 || (node.inner >= 0 && compensating_subprocess(model_, node.inner) >= 0);
    if (!own && inner.empty()) return;
    auto* scope = find_scope(token.scope);
    if (scope == nullptr) return;
    json::object locals;
    if (in_loop(token)) {  // Kept with the loop; its end keeps all of them together.
        locals = scope->locals;
        scope = find_scope(scope->parent);
    }
    scope->done.push_back({.node = token.node, .locals = std::move(locals), .inner = std::move(inner)});
}

/// Runs the handlers a thrown compensation asks for. The token waits at a scope of its own until they are done, unless the
/// event says otherwise.
void Stepper::compensate(std::int64_t id, const EventSpec& event)
{
    auto* token = find(id);
    auto scope_id = token->scope;
    // From within an event subprocess it is about what that one belongs to.
    while (auto* scope = find_scope(scope_id)) {
        const int host = scope->model > 0 ? model_.scope(scope->model).node : -1;
        const bool helper =
            scope->kind == ScopeState::Kind::iteration || scope->kind == ScopeState::Kind::loop;
        if (!helper && (host < 0 || model_.node(host).kind != NodeKind::event_subprocess)) break;
        scope_id = scope->parent;
    }
    auto* scope = find_scope(scope_id);
    std::vector<Completed> queue;
    std::vector<Completed> kept;
    for (auto& completed : scope->done) {
        if (event.compensates >= 0 && completed.node != event.compensates)
            kept.push_back(std::move(completed));
        else
            unfold(model_, completed, queue);
    }
    scope->done = std::move(kept);
    if (event.waits) token->at = Token::At::waiting;
    ScopeState undoing{
        .parent = token->scope,
        .model = -1,
        .token = event.waits ? id : 0,
        .kind = ScopeState::Kind::compensation,
        .queue = std::move(queue)};
    next_compensation(open_scope(std::move(undoing)));
}

void Stepper::next_compensation(std::int64_t id)
{
    auto* scope = find_scope(id);
    if (scope->queue.empty()) {
        const ScopeState done = std::move(*scope);
        std::erase_if(state_.scopes, [&](const ScopeState& s) { return s.id == id; });
        if (done.token == 0) return finish_scope(done.parent);
        // A transaction that was cancelled goes on at its cancel event.
        if (const auto* host = find(done.token); host != nullptr && model_.node(host->node).transaction) {
            const int boundary = boundary_for(host->node, {.kind = EventKind::cancel});
            if (boundary >= 0) return happened({.token = host->id, .scope = host->scope, .node = boundary});
            return leave(done.token);
        }
        return finish_throw(done.token);
    }
    const Completed next = std::move(scope->queue.back());
    scope->queue.pop_back();
    const auto& node = model_.node(next.node);
    if (node.handler >= 0) {
        scope->locals = next.locals;
        add_token(id, node.handler, nullptr);
        return;
    }
    const int sub = compensating_subprocess(model_, node.inner);
    scope->done = next.inner;  // What it may undo itself.
    const int inner = model_.node(sub).inner;
    add_token(
        open_scope({.parent = id, .model = inner, .locals = next.locals}),
        model_.scope(inner).starts.front(),
        nullptr
    );
}

/// A cancel end event: everything in the transaction stops, what was completed is undone, then its cancel event goes on.
void Stepper::cancel_transaction(std::int64_t id)
{
    auto scope_id = find(id)->scope;
    while (const auto* scope = find_scope(scope_id)) {
        const auto* host = find(scope->token);
        if (host == nullptr || !model_.node(host->node).transaction || scope->kind != ScopeState::Kind::run) {
            scope_id = scope->parent;
            continue;
        }
        const auto host_id = host->id;
        const auto outer = host->scope;
        kill_scope_content(scope_id);
        std::vector<Completed> queue;
        for (const auto& completed : find_scope(scope_id)->done) unfold(model_, completed, queue);
        std::erase_if(state_.scopes, [&](const ScopeState& s) { return s.id == scope_id; });
        drop_waits(host_id, Effect::Kind::withdrawn);
        ScopeState undoing{
            .parent = outer,
            .model = -1,
            .token = host_id,
            .kind = ScopeState::Kind::compensation,
            .queue = std::move(queue)};
        return next_compensation(open_scope(std::move(undoing)));
    }
    throw std::logic_error("a cancel event outside a transaction");
}

}  // namespace thien_an::workflow

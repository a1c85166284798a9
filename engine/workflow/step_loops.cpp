#include <algorithm>

#include "engine/workflow/stepper.h"

// Repeated activities: the standard loop and multi-instance (BPMN 2.0.2, 13.3.6 and 13.3.7). The activity's token waits
// at a loop scope; each instance is an iteration scope below it with one token at the same node.
namespace thien_an::workflow {
namespace {

constexpr std::size_t instances_max = 10'000;

}  // namespace

bool Stepper::in_loop(const Token& token) const
{
    const auto* scope = state_.scope(token.scope);
    return scope != nullptr && scope->kind == ScopeState::Kind::iteration && scope->node == token.node;
}

void Stepper::enter_loop(std::int64_t id)
{
    auto* token = find(id);
    token->at = Token::At::waiting;
    const int index = token->node;
    const auto scope = token->scope;
    arm_boundaries(id);
    if (find(id) == nullptr) return;
    ScopeState loop{.parent = scope, .model = -1, .token = id, .kind = ScopeState::Kind::loop, .node = index};
    if (!loop_items(id, loop)) return;
    const auto& spec = *model_.node(index).loop;
    const auto loop_id = open_scope(std::move(loop));
    count_loop(*find_scope(loop_id));
    if (!spec.multi) {
        const bool begins = !spec.test_before || loop_goes_on(loop_id);
        return begins ? begin_iteration(loop_id) : end_loop(loop_id);
    }
    const auto count = find_scope(loop_id)->items.size();
    if (count == 0) return end_loop(loop_id);
    for (std::size_t i = 0; i < (spec.sequential ? 1 : count); ++i) begin_iteration(loop_id);
}

/// What a multi-instance activity runs over; false when the token is stuck over it.
bool Stepper::loop_items(std::int64_t id, ScopeState& loop)
{
    const auto* token = find(id);
    const auto& spec = *model_.node(token->node).loop;
    if (!spec.multi) return true;
    const auto given = value(spec.items ? spec.items : spec.cardinality, token);
    if (!given) {
        stick(id, given.problem());
        return false;
    }
    const auto wrong = [&] {
        stick(id, step_problem("bad_cardinality", "value", feel::text_of(given.value())));
        return false;
    };
    if (spec.items) {
        if (given.value().list() == nullptr) return wrong();
        for (const auto& item : *given.value().list()) loop.items.push_back(feel::to_json(item));
    } else {
        const auto* number = given.value().number();
        const auto count = number == nullptr ? std::nullopt : number->integer();
        if (!count || *count < 0 || *count > std::int64_t(instances_max)) return wrong();
        for (std::int64_t i = 1; i <= *count; ++i) loop.items.push_back(i);
    }
    if (loop.items.size() > instances_max) return wrong();
    loop.outputs.resize(loop.items.size());
    return true;
}

void Stepper::count_loop(ScopeState& loop)
{
    loop.locals["numberOfInstances"] = std::int64_t(loop.items.size());
    loop.locals["numberOfActiveInstances"] = loop.started - loop.finished;
    loop.locals["numberOfCompletedInstances"] = loop.finished;
    loop.locals["numberOfTerminatedInstances"] = 0;
    loop.locals["loopCounter"] = loop.started;
}

void Stepper::begin_iteration(std::int64_t loop_id)
{
    auto* loop = find_scope(loop_id);
    const auto& spec = *model_.node(loop->node).loop;
    const auto index = loop->started++;
    count_loop(*loop);
    ScopeState iteration{
        .parent = loop_id,
        .model = -1,
        .kind = ScopeState::Kind::iteration,
        .node = loop->node,
        .started = index};
    iteration.locals["loopCounter"] = index + 1;
    if (!spec.item.empty() && std::size_t(index) < loop->items.size())
        iteration.locals[spec.item] = loop->items[std::size_t(index)];
    const int node = loop->node;
    const auto host = loop->token;
    add_token(open_scope(std::move(iteration)), node, find(host));
}

/// An instance has nothing left to do.
void Stepper::end_iteration(std::int64_t id)
{
    const ScopeState iteration = std::move(*find_scope(id));
    std::erase_if(state_.scopes, [&](const ScopeState& s) { return s.id == id; });
    auto* loop = find_scope(iteration.parent);
    ++loop->finished;
    if (std::size_t(iteration.started) < loop->outputs.size())
        loop->outputs[std::size_t(iteration.started)] = iteration.output;
    count_loop(*loop);
    throw_behavior(iteration.parent);
    if (find_scope(iteration.parent) != nullptr) next_of_loop(iteration.parent);
}

void Stepper::next_of_loop(std::int64_t id)
{
    const auto* loop = find_scope(id);
    const auto& spec = *model_.node(loop->node).loop;
    if (!spec.multi) return loop_goes_on(id) ? begin_iteration(id) : end_loop(id);
    if (spec.completion) {
        const auto met = value_in(spec.completion, id);
        if (met && met.value().is_true()) {
            kill_scope_content(id);
            return end_loop(id);
        }
    }
    if (spec.sequential && std::size_t(loop->started) < loop->items.size()) return begin_iteration(id);
    if (loop->finished == loop->started && std::size_t(loop->started) == loop->items.size()) end_loop(id);
}

bool Stepper::loop_goes_on(std::int64_t id)
{
    const auto* loop = find_scope(id);
    const auto& spec = *model_.node(loop->node).loop;
    const auto done = loop->started;
    if (spec.maximum) {
        const auto most = value_in(spec.maximum, id);
        const auto* number = most ? most.value().number() : nullptr;
        const auto limit = number == nullptr ? std::nullopt : number->integer();
        if (limit && done >= *limit) return false;
    }
    if (!spec.condition) return bool(spec.maximum);
    const auto holds = value_in(spec.condition, id);
    return holds && holds.value().is_true();
}

void Stepper::end_loop(std::int64_t id)
{
    const ScopeState loop = std::move(*find_scope(id));
    std::erase_if(state_.scopes, [&](const ScopeState& s) { return s.id == id; });
    auto* host = find(loop.token);
    const auto& spec = *model_.node(host->node).loop;
    if (!spec.into.empty()) {
        json::array outputs;
        for (const auto& output : loop.outputs)
            if (!output.is_null()) outputs.push_back(output);
        set_variable(spec.into, std::move(outputs), host->scope);
    }
    remember(*host, loop.done);
    leave(loop.token);
}

/// Event an ended instance throws (table 10.31). The boundary of its own activity tells of it without stopping the other
/// instances: "none" means that they do not wait for each other.
void Stepper::throw_behavior(std::int64_t id)
{
    const auto* loop = find_scope(id);
    const auto& spec = *model_.node(loop->node).loop;
    const auto host = loop->token;
    const auto send = [&](const EventSpec& event) {
        const Token at = *find(host);
        if (const int boundary = boundary_for(at.node, event); boundary >= 0)
            add_token(at.scope, boundary, &at);
        if (event.kind != EventKind::signal) return;
        effects_.push_back(
            {.kind = Effect::Kind::signalled, .node = at.node, .token = host, .text = event.name}
        );
        signal(event.name, host);
    };
    using Behavior = LoopSpec::Behavior;
    if (spec.behavior == Behavior::none || (spec.behavior == Behavior::one && loop->finished == 1))
        send(spec.event);
}

}  // namespace thien_an::workflow

#include <algorithm>

#include "engine/workflow/stepper.h"

// What each kind of node does with a token (BPMN 2.0.2, 13.3 and 13.4).
namespace thien_an::workflow {
namespace {

Problem not_decided(const NodeModel& node) { return step_problem("no_flow_taken", "node", node.id); }

}  // namespace

void Stepper::enter(std::int64_t id)
{
    auto* token = find(id);
    const auto& node = model_.node(token->node);
    const bool joins = (node.kind == NodeKind::parallel || node.kind == NodeKind::inclusive) && node.ins > 1;
    if (node.start_quantity > 1 && !in_loop(*token) && !gather(id)) return;
    token = find(id);
    if (node.loop && !in_loop(*token)) return enter_loop(id);
    if (!joins) say(Effect::Kind::entered, token->node, id);
    if (auto done = assign(node, *token); !done) return stick(id, done.problem());
    if (auto done = clock_verbs(token->node, *token); !done) return stick(id, done.problem());
    work(id);
}

/// startQuantity: tokens wait here until there are enough, then go on as one.
bool Stepper::gather(std::int64_t id)
{
    auto* token = find(id);
    token->at = Token::At::joining;
    std::vector<std::int64_t> here;
    for (const auto& t : state_.tokens)
        if (t.at == Token::At::joining && t.node == token->node && t.scope == token->scope)
            here.push_back(t.id);
    const auto wanted = std::size_t(model_.node(token->node).start_quantity);
    if (here.size() < wanted) return false;
    std::erase(here, id);
    here.resize(wanted - 1);
    std::erase_if(state_.tokens, [&](const Token& t) {
        return std::find(here.begin(), here.end(), t.id) != here.end();
    });
    find(id)->at = Token::At::moving;
    return true;
}

void Stepper::work(std::int64_t id)
{
    auto* token = find(id);
    const auto& node = model_.node(token->node);
    switch (node.kind) {
    case NodeKind::start:
    case NodeKind::boundary: return leave(id);
    case NodeKind::end: return enter_end(id);
    case NodeKind::user_task: return enter_user_task(id);
    case NodeKind::automatic:
    case NodeKind::throw_event: return enter_automatic(id);
    case NodeKind::receive_task:
    case NodeKind::catch_event: {
        if (node.event() == EventKind::link) return leave(id);
        token->at = Token::At::waiting;
        const int index = token->node;
        const auto scope = token->scope;
        arm_boundaries(id);
        if (find(id) != nullptr && find(id)->node == index) arm(index, scope, id);
        return;
    }
    case NodeKind::exclusive: return choose(id);
    case NodeKind::parallel: return enter_join(id);
    case NodeKind::event_based: {
        token->at = Token::At::waiting;
        const auto scope = token->scope;
        const int index = token->node;
        for (const int flow : model_.outs(node)) {
            arm(model_.flow(flow).target, scope, id);
            // A condition behind it may have been true already.
            if (find(id) == nullptr || find(id)->node != index) return;
        }
        return;
    }
    case NodeKind::subprocess:
    case NodeKind::ad_hoc: return enter_subprocess(id);
    case NodeKind::call: return enter_call(id);
    case NodeKind::inclusive:
        if (node.ins < 2) return leave(id);
        token->at = Token::At::joining;
        return;
    case NodeKind::event_subprocess: break;
    }
    throw std::logic_error("a token cannot enter " + node.id);
}

void Stepper::enter_user_task(std::int64_t id)
{
    auto* token = find(id);
    token->at = Token::At::waiting;
    auto candidates = candidates_of(model_.node(token->node), *token);
    add_wait(
        {.id = around_.next_id(),
         .what = Wait::For::task,
         .token = id,
         .scope = token->scope,
         .node = token->node},
        std::move(candidates)
    );
    arm_boundaries(id);
}

/// The decision of a business rule task; false when the token is stuck over it.
bool Stepper::decide(std::int64_t id, const NodeModel& node)
{
    const auto* token = find(id);
    feel::Context inputs;
    fill_values(token, token->scope);
    for (std::size_t i = 0; i < model_.names.size(); ++i) inputs.put(model_.names[i], values_[i]);
    const auto decided = model_.decisions ? model_.decisions->decide(node.decision, inputs, around_.now)
                                          : Problem{
                                                .code = "dmn.no_such_decision",
                                                .field = "",
                                                .law = "",
                                                .words = {{"decision", node.decision}}};
    if (!decided) {
        stick(id, decided.problem());
        return false;
    }
    set_variable(node.into, feel::to_json(decided.value().output), token->scope);
    json::array rules;
    for (const auto& rule : decided.value().rules) rules.push_back(json::value(rule));
    effects_.push_back(
        {.kind = Effect::Kind::decided,
         .node = token->node,
         .token = id,
         .text = node.decision,
         .detail =
             {{"inputs", decided.value().inputs},
              {"rules", std::move(rules)},
              {"output", feel::to_json(decided.value().output)}}}
    );
    return true;
}

void Stepper::enter_automatic(std::int64_t id)
{
    auto* token = find(id);
    const int index = token->node;
    const auto& node = model_.node(index);
    if (node.script) {
        const auto result = value(node.script, token);
        if (!result) return stick(id, result.problem());
        if (!node.into.empty()) set_variable(node.into, feel::to_json(result.value()), token->scope);
    }
    if (!node.decision.empty() && !decide(id, node)) return;
    if (!node.action) return enter_throw(id);
    token = find(id);
    token->at = Token::At::waiting;
    Wait wait{
        .id = around_.next_id(),
        .what = Wait::For::call,
        .token = id,
        .scope = token->scope,
        .node = index,
        .name = node.action->name};
    if (!node.action->outbox) call_ = wait;
    add_wait(std::move(wait));
    if (node.action->outbox) arm_boundaries(id);
}

void Stepper::enter_end(std::int64_t id)
{
    if (model_.node(find(id)->node).action) return enter_automatic(id);
    enter_throw(id);
}

/// Throws what the node throws, then goes on.
void Stepper::enter_throw(std::int64_t id)
{
    const int index = find(id)->node;
    const auto& node = model_.node(index);
    const bool catching = node.kind == NodeKind::receive_task;
    if (!catching && node.event() != EventKind::link) {
        if (node.kind == NodeKind::end) {
            say(Effect::Kind::left, index, id);
            state_.left.insert(index);
        }
        for (const auto& event : node.events)
            if (!throw_event(id, event)) return;
    }
    finish_throw(id);
}

void Stepper::finish_throw(std::int64_t id)
{
    if (model_.node(find(id)->node).kind == NodeKind::end)
        consume(id);
    else
        leave(id);
}

/// A join waits until each incoming flow holds a token, then takes one of each.
void Stepper::enter_join(std::int64_t id)
{
    auto* token = find(id);
    const auto& node = model_.node(token->node);
    if (node.ins < 2) return leave(id);
    token->at = Token::At::joining;
    std::vector<std::int64_t> taken;
    for (const int flow : model_.ins(node)) {
        const auto waiting = std::find_if(state_.tokens.begin(), state_.tokens.end(), [&](const Token& t) {
            return t.at == Token::At::joining && t.scope == token->scope && t.node == token->node &&
                   t.flow == flow;
        });
        if (waiting == state_.tokens.end()) return;
        taken.push_back(waiting->id);
    }
    std::erase_if(state_.tokens, [&](const Token& t) {
        return t.id != id && std::find(taken.begin(), taken.end(), t.id) != taken.end();
    });
    say(Effect::Kind::entered, find(id)->node, id);
    leave(id);
}

/// Whether no token elsewhere in the scope can still bring one to a flow of the join that has none, unless it could as
/// well come to one that has.
bool Stepper::may_fire(const Token& at) const
{
    const auto here = [&](const Token& t) {
        return t.scope == at.scope && t.node == at.node && t.at == Token::At::joining;
    };
    std::set<int> marked;
    for (const auto& t : state_.tokens)
        if (here(t)) marked.insert(t.flow);
    for (const auto& t : state_.tokens) {
        if (t.scope != at.scope || here(t)) continue;
        bool to_marked = false;
        bool to_unmarked = false;
        const auto reached = reachable_flows(model_, t.node, at.node);
        for (const int flow : model_.ins(model_.node(at.node))) {
            if (!reached.contains(flow)) continue;
            (marked.contains(flow) ? to_marked : to_unmarked) = true;
        }
        if (to_unmarked && !to_marked) return false;
    }
    return true;
}

/// Fires one inclusive join that may, taking one token of each flow that has one.
bool Stepper::fire_inclusive_join()
{
    for (const auto& token : state_.tokens) {
        if (token.at != Token::At::joining || model_.node(token.node).kind != NodeKind::inclusive ||
            !may_fire(token))
            continue;
        const Token first = token;
        std::set<int> taken{first.flow};
        std::erase_if(state_.tokens, [&](const Token& t) {
            const bool same = t.id != first.id && t.scope == first.scope && t.node == first.node &&
                              t.at == Token::At::joining;
            return same && taken.insert(t.flow).second;
        });
        say(Effect::Kind::entered, first.node, first.id);
        leave(first.id);
        return true;
    }
    return false;
}

void Stepper::enter_subprocess(std::int64_t id)
{
    auto* token = find(id);
    token->at = Token::At::waiting;
    const Token like = *token;
    arm_boundaries(id);
    if (find(id) == nullptr) return;  // A condition of a boundary event was true already.
    begin_scope(open_scope({.parent = like.scope, .model = model_.node(like.node).inner, .token = id}), like);
}

void Stepper::enter_call(std::int64_t id)
{
    auto* token = find(id);
    token->at = Token::At::waiting;
    const Token like = *token;
    const auto& node = model_.node(like.node);
    if (!node.called.empty()) {
        add_wait(
            {.id = around_.next_id(),
             .what = Wait::For::process,
             .token = id,
             .scope = like.scope,
             .node = like.node,
             .name = node.called}
        );
        return arm_boundaries(id);
    }
    json::object locals;
    for (const auto& [name, from] : node.inputs) {
        const auto given = value(from, &like);
        if (!given) return stick(id, given.problem());
        locals[name] = feel::to_json(given.value());
    }
    arm_boundaries(id);
    if (find(id) == nullptr) return;
    begin_scope(
        open_scope({.parent = like.scope, .model = node.inner, .token = id, .locals = std::move(locals)}),
        like
    );
}

/// An exclusive gateway: the first true condition in document order, else the default, else an incident.
void Stepper::choose(std::int64_t id)
{
    const auto* token = find(id);
    const auto& node = model_.node(token->node);
    for (const int flow : model_.outs(node)) {
        if (flow == node.default_flow) continue;
        const auto& condition = model_.flow(flow).condition;
        if (!condition) return take_flows(id, {flow});
        const auto holds = value(condition, token);
        if (!holds) return stick(id, holds.problem());
        if (holds.value().is_true()) return take_flows(id, {flow});
    }
    if (node.default_flow >= 0) return take_flows(id, {node.default_flow});
    if (node.outs == 0) return take_flows(id, {});
    stick(id, not_decided(node));
}

/// Leaves an activity: every flow without a condition, every one whose condition is true; no condition true: the
/// default too (8.4.13).
void Stepper::leave(std::int64_t id)
{
    const auto* token = find(id);
    const auto& node = model_.node(token->node);
    const bool simple = node.kind == NodeKind::user_task || node.kind == NodeKind::automatic ||
                        node.kind == NodeKind::receive_task ||
                        (node.kind == NodeKind::call && !node.called.empty());
    drop_waits(id, Effect::Kind::withdrawn);
    if (in_loop(*token)) {
        if (node.loop->output) {
            const auto given = value(node.loop->output, token);
            if (!given) return stick(id, given.problem());
            find_scope(find(id)->scope)->output = feel::to_json(given.value());
        }
        if (simple) remember(*find(id), {});
        say(Effect::Kind::left, find(id)->node, id);
        return consume(id);
    }
    if (simple && !node.loop) remember(*token, {});
    std::vector<int> flows;
    bool any_true = false;
    for (const int flow : model_.outs(node)) {
        if (flow == node.default_flow) continue;
        const auto& condition = model_.flow(flow).condition;
        if (condition) {
            const auto holds = value(condition, token);
            if (!holds) return stick(id, holds.problem());
            if (!holds.value().is_true()) continue;
            any_true = true;
        }
        flows.push_back(flow);
    }
    if (!any_true && node.default_flow >= 0) flows.push_back(node.default_flow);
    if (flows.empty() && node.outs > 0) return stick(id, not_decided(node));
    if (node.completion_quantity > 1) {
        const auto once = flows;
        for (int i = 1; i < node.completion_quantity; ++i)
            flows.insert(flows.end(), once.begin(), once.end());
    }
    take_flows(id, flows);
}

void Stepper::take_flows(std::int64_t id, const std::vector<int>& flows)
{
    const Token token = *find(id);
    say(Effect::Kind::left, token.node, id);
    state_.left.insert(token.node);
    if (flows.empty()) return consume(id);
    for (std::size_t i = 0; i < flows.size(); ++i) {
        state_.walked.insert(flows[i]);
        Token next = token;
        next.id = i == 0 ? id : around_.next_id();
        next.node = model_.flow(flows[i]).target;
        next.flow = flows[i];
        next.at = Token::At::moving;
        moving_.push_back(next.id);
        if (i == 0)
            *find(id) = std::move(next);
        else
            state_.tokens.push_back(std::move(next));
    }
}

}  // namespace thien_an::workflow

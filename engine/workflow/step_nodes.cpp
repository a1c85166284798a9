#include <algorithm>

#include "engine/workflow/stepper.h"

// What each kind of node does with a token, and the values expressions see.
namespace thien_an::workflow {
namespace {

Problem not_decided(const NodeModel& node)
{
    return {.code = "workflow.no_flow_taken", .field = "", .law = "", .words = {{"node", node.id}}};
}

std::optional<Instant> instant_of(const feel::Value& value, Instant now)
{
    if (value.text() != nullptr) return instant_of(feel::from_json(json::object{{"@", *value.text()}}), now);
    if (const auto* by = value.day_duration())
        return now + std::chrono::microseconds(std::int64_t(by->nanos / 1000));
    if (const auto* by = value.month_duration()) {
        const auto moved = feel::plus_months(feel::date_of(day_of(now)), by->months);
        return at(Day(std::chrono::days(feel::days_since_epoch(moved))), time_of_day(now));
    }
    if (const auto* date = value.date())
        return at(Day(std::chrono::days(feel::days_since_epoch(*date))), Minutes(0));
    if (const auto* moment = value.date_time()) {
        auto zoned = *moment;
        // A local time is Vietnamese time.
        if (zoned.time.zone.local()) zoned.time.zone.offset = 7 * 3600;
        return Instant(std::chrono::microseconds(std::int64_t(feel::instant_nanos(zoned) / 1000)));
    }
    return std::nullopt;
}

}  // namespace

void Stepper::fill_values(const Token* token)
{
    const std::size_t hosts = model_.host_names.size();
    if (values_.empty()) {
        values_.resize(model_.names.size());
        for (std::size_t i = 0; i < hosts; ++i)
            if (const auto* v = around_.names.if_contains(model_.host_names[i]))
                values_[i] = feel::from_json(*v);
    }
    values_[hosts] = token == nullptr || token->outcome.empty() ? feel::Value{} : feel::Value(token->outcome);
    values_[hosts + 1] = feel::from_json(state_.outcomes);
    values_[hosts + 2] = state_.key;
    values_[hosts + 3] = error_.empty() ? feel::Value{} : feel::Value(error_);
    for (std::size_t i = 0; i < model_.variables.size(); ++i) {
        const auto* v = state_.variables.if_contains(model_.variables[i]);
        values_[hosts + engine_names.size() + i] = v == nullptr ? feel::Value{} : feel::from_json(*v);
    }
}

Result<feel::Value> Stepper::value(const feel::Expression& expression, const Token* token)
{
    fill_values(token);
    feel::Evaluation evaluation(around_.now);
    auto out = evaluation.value(expression, values_);
    if (evaluation.exhausted())
        return Problem{
            .code = "workflow.too_many_steps",
            .field = "",
            .law = "",
            .words = {{"text", expression.text()}}};
    return out;
}

Result<Done> Stepper::assign(const NodeModel& node, const Token& token)
{
    for (const auto& [name, expression] : node.sets)
        state_.variables[name] = feel::to_json(TRY(value(expression, &token)));
    return Done{};
}

Result<Done> Stepper::clock_verbs(int index, const Token& token)
{
    for (const auto& clock : model_.node(index).clock) {
        std::string verb = clock.verb;
        if (clock.chosen) {
            const auto chosen = TRY(value(clock.chosen, &token));
            verb = chosen.text() != nullptr ? *chosen.text() : "";
        }
        constexpr std::array<std::string_view, 5> known{"suspend", "resume", "restart", "extend", "stop"};
        if (std::find(known.begin(), known.end(), verb) == known.end())
            return Problem{
                .code = "workflow.no_such_verb", .field = "", .law = "", .words = {{"verb", verb}}};
        effects_.push_back(
            {.kind = Effect::Kind::clock,
             .node = index,
             .token = token.id,
             .text = verb,
             .reason = clock.reason,
             .by = clock.by}
        );
    }
    return Done{};
}

Result<Instant> Stepper::due_of(const TimerSpec& timer, const Token* token)
{
    if (timer.budget) return around_.working_due(around_.now, timer);
    const auto when = TRY(value(timer.when, token));
    if (when.text() != nullptr)
        if (const auto budget = parse_budget(*when.text());
            budget && budget.value().unit != Unit::calendar_days) {
            TimerSpec working = timer;
            working.budget = budget.value();
            return around_.working_due(around_.now, working);
        }
    const auto instant = instant_of(when, around_.now);
    if (!instant)
        return Problem{
            .code = "workflow.bad_timer", .field = "", .law = "", .words = {{"value", feel::text_of(when)}}};
    return *instant;
}

std::vector<std::string> Stepper::candidates_of(const NodeModel& node, const Token& token)
{
    std::vector<std::string> out;
    if (!node.candidates) return out;
    const auto found = value(node.candidates, &token);
    if (!found) return out;
    const auto take = [&](const feel::Value& v) {
        if (v.text() != nullptr) out.push_back(*v.text());
        if (v.number() != nullptr) out.push_back(text_of(*v.number()));
    };
    take(found.value());
    if (found.value().list() != nullptr)
        for (const auto& item : *found.value().list()) take(item);
    return out;
}

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
        if (wait.token == token)
            effects_.push_back({.kind = kind, .node = wait.node, .token = token, .wait = wait});
    std::erase_if(state_.waits, [&](const Wait& w) { return w.token == token; });
}

/// Makes the wait of an event: a message to correlate or a timer.
void Stepper::arm(int index, std::int64_t scope, std::int64_t token_id)
{
    const auto& node = model_.node(index);
    const auto* token = find(token_id);
    Wait wait{.id = around_.next_id(), .token = token_id, .scope = scope, .node = index};
    if (node.event == EventKind::timer) {
        const auto due = due_of(*node.timer, token);
        if (!due) {
            stick(token_id, due.problem());
            return;
        }
        wait.what = Wait::For::timer;
        wait.due = due.value();
        wait.repeats = node.timer->repeats > 0 ? node.timer->repeats - 1 : -1;
    } else {
        wait.what = Wait::For::message;
        wait.name = node.message;
        wait.key = state_.key;
        if (node.correlate)
            if (const auto key = value(node.correlate, token)) wait.key = feel::text_of(key.value());
    }
    add_wait(std::move(wait));
}

void Stepper::arm_boundaries(std::int64_t token)
{
    const auto* t = find(token);
    for (const int boundary : model_.node(t->node).boundaries)
        if (model_.node(boundary).event != EventKind::error) arm(boundary, t->scope, token);
}

void Stepper::enter(std::int64_t id)
{
    auto* token = find(id);
    const auto& node = model_.node(token->node);
    const bool joins = (node.kind == NodeKind::parallel || node.kind == NodeKind::inclusive) && node.ins > 1;
    if (!joins) say(Effect::Kind::entered, token->node, id);
    if (auto done = assign(node, *token); !done) return stick(id, done.problem());
    if (auto done = clock_verbs(token->node, *token); !done) return stick(id, done.problem());
    work(id);
}

void Stepper::work(std::int64_t id)
{
    auto* token = find(id);
    const auto& node = model_.node(token->node);
    const auto wait_here = [&] { find(id)->at = Token::At::waiting; };
    switch (node.kind) {
    case NodeKind::start:
    case NodeKind::boundary: return leave(id);
    case NodeKind::end: return enter_end(id);
    case NodeKind::user_task: {
        wait_here();
        auto candidates = candidates_of(node, *token);
        add_wait(
            {.id = around_.next_id(),
             .what = Wait::For::task,
             .token = id,
             .scope = token->scope,
             .node = token->node},
            std::move(candidates)
        );
        return arm_boundaries(id);
    }
    case NodeKind::automatic:
    case NodeKind::throw_event: return enter_automatic(id);
    case NodeKind::receive_task:
    case NodeKind::catch_event:
        wait_here();
        arm(token->node, token->scope, id);
        return arm_boundaries(id);
    case NodeKind::exclusive: return choose(id);
    case NodeKind::parallel: return enter_join(id);
    case NodeKind::event_based:
        wait_here();
        for (const int flow : model_.outs(node)) arm(model_.flow(flow).target, token->scope, id);
        return;
    case NodeKind::subprocess: return enter_subprocess(id);
    case NodeKind::inclusive:
        if (node.ins < 2) return leave(id);
        token->at = Token::At::joining;
        return;
    case NodeKind::event_subprocess: break;
    }
    throw std::logic_error("a token cannot enter " + node.id);
}

void Stepper::enter_automatic(std::int64_t id)
{
    auto* token = find(id);
    const int index = token->node;
    const auto& node = model_.node(index);
    if (node.script) {
        const auto result = value(node.script, token);
        if (!result) return stick(id, result.problem());
        if (!node.into.empty()) state_.variables[node.into] = feel::to_json(result.value());
    }
    if (!node.decision.empty()) {
        feel::Context inputs;
        fill_values(token);
        for (std::size_t i = 0; i < model_.names.size(); ++i) {
            inputs.put(model_.names[i], values_[i]);
        }
        if (!model_.decisions)
            return stick(
                id,
                {.code = "dmn.no_such_decision",
                 .field = "",
                 .law = "",
                 .words = {{"decision", node.decision}}}
            );
        const auto decided = model_.decisions->decide(node.decision, inputs, around_.now);
        if (!decided) return stick(id, decided.problem());
        state_.variables[node.into] = feel::to_json(decided.value().output);
        json::array rules;
        for (const auto& rule : decided.value().rules) rules.push_back(json::value(rule));
        effects_.push_back(
            {.kind = Effect::Kind::decided,
             .node = index,
             .token = id,
             .text = node.decision,
             .detail =
                 {{"inputs", decided.value().inputs},
                  {"rules", std::move(rules)},
                  {"output", feel::to_json(decided.value().output)}}}
        );
    }
    if (!node.action) return leave(id);
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
    arm_boundaries(id);
}

void Stepper::enter_end(std::int64_t id)
{
    auto* token = find(id);
    const int index = token->node;
    const auto& node = model_.node(index);
    if (node.action) return enter_automatic(id);
    say(Effect::Kind::left, index, id);
    state_.left.insert(index);
    if (node.event == EventKind::error) return raise(id, token->scope, node.error);
    if (node.event == EventKind::terminate) {
        const auto scope = token->scope;
        kill_scope_content(scope);
        return finish_scope(scope);
    }
    consume(id);
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
    const auto& node = model_.node(token->node);
    const auto parent = token->scope;
    const auto outcome = token->outcome;
    const auto path = token->path;
    arm_boundaries(id);
    const auto scope = open_scope(node.inner, parent, id);
    for (const int start : model_.scope(node.inner).starts) {
        if (model_.node(start).event != EventKind::none) continue;
        state_.tokens.push_back(
            {.id = around_.next_id(),
             .scope = scope,
             .node = start,
             .flow = -1,
             .at = Token::At::moving,
             .outcome = outcome,
             .path = path}
        );
        moving_.push_back(state_.tokens.back().id);
    }
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

/// Leaves an activity: every flow without a condition, every one whose condition is true; none true: the
/// default.
void Stepper::leave(std::int64_t id)
{
    const auto* token = find(id);
    drop_waits(id, Effect::Kind::withdrawn);
    const auto& node = model_.node(token->node);
    std::vector<int> flows;
    for (const int flow : model_.outs(node)) {
        if (flow == node.default_flow) continue;
        const auto& condition = model_.flow(flow).condition;
        if (condition) {
            const auto holds = value(condition, token);
            if (!holds) return stick(id, holds.problem());
            if (!holds.value().is_true()) continue;
        }
        flows.push_back(flow);
    }
    if (flows.empty() && node.default_flow >= 0) flows.push_back(node.default_flow);
    if (flows.empty() && node.outs > 0) return stick(id, not_decided(node));
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

Result<json::object> Stepper::arguments(const Wait& wait)
{
    json::object out;
    const auto* token = find(wait.token);
    for (const auto& [name, expression] : model_.node(wait.node).action->in)
        out[name] = feel::to_json(TRY(value(expression, token)));
    return out;
}

}  // namespace thien_an::workflow

#include <algorithm>

#include "engine/workflow/stepper.h"

// What expressions see, and where variables lie: in the innermost scope that has them, a called process apart.
namespace thien_an::workflow {
namespace {

std::optional<Instant> instant_of(const feel::Value& value, Instant from)
{
    if (value.text() != nullptr) return instant_of(feel::from_json(json::object{{"@", *value.text()}}), from);
    if (const auto* by = value.day_duration())
        return from + std::chrono::microseconds(std::int64_t(by->nanos / 1000));
    if (const auto* by = value.month_duration()) {
        const auto moved = feel::plus_months(feel::date_of(day_of(from)), by->months);
        return at(Day(std::chrono::days(feel::days_since_epoch(moved))), time_of_day(from));
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

bool is_called(const Model& model, const ScopeState& scope)
{
    return scope.model > 0 && !model.scope(scope.model).process.empty();
}

}  // namespace

void Stepper::fill_values(const Token* token, std::int64_t scope_id)
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
    // From the outermost scope that is seen inwards, so that the inner one covers.
    std::vector<const json::object*> seen;
    bool root = true;
    for (const auto* scope = state_.scope(scope_id); scope != nullptr; scope = state_.scope(scope->parent)) {
        if (!scope->locals.empty()) seen.push_back(&scope->locals);
        if (is_called(model_, *scope)) {
            root = false;
            break;
        }
    }
    if (root) seen.push_back(&state_.variables);
    const std::size_t first = hosts + engine_names.size();
    for (std::size_t i = first; i < model_.names.size(); ++i) {
        values_[i] = feel::Value{};
        for (const auto* variables : seen)
            if (const auto* v = variables->if_contains(model_.names[i])) {
                values_[i] = feel::from_json(*v);
                break;
            }
    }
}

Result<feel::Value> Stepper::value(const feel::Expression& expression, const Token* token)
{
    return value_in(expression, token == nullptr ? 0 : token->scope, token);
}

Result<feel::Value> Stepper::value_in(
    const feel::Expression& expression, std::int64_t scope, const Token* token
)
{
    fill_values(token, scope);
    feel::Evaluation evaluation(around_.now);
    auto out = evaluation.value(expression, values_);
    if (evaluation.exhausted()) return step_problem("too_many_steps", "text", expression.text());
    return out;
}

Result<Done> Stepper::set_variables(const json::object& variables, std::int64_t scope)
{
    const auto known = [](const std::vector<std::string>& names, std::string_view name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const auto& [name, value] : variables) {
        if (!known(model_.variables, name) && !known(model_.locals, name))
            return step_problem("unknown_variable", "name", std::string(name));
        set_variable(name, value, scope);
    }
    return Done{};
}

void Stepper::set_variable(std::string_view name, json::value value, std::int64_t scope_id)
{
    changed_ = true;
    for (auto* scope = find_scope(scope_id); scope != nullptr; scope = find_scope(scope->parent))
        if (scope->locals.contains(name) || is_called(model_, *scope)) {
            scope->locals[name] = std::move(value);
            return;
        }
    state_.variables[name] = std::move(value);
}

Result<Done> Stepper::assign(const NodeModel& node, const Token& token)
{
    for (const auto& [name, expression] : node.sets)
        set_variable(name, feel::to_json(TRY(value(expression, &token))), token.scope);
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
            return step_problem("no_such_verb", "verb", verb);
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

/// When a timer fires that counts from `from`.
Result<Instant> Stepper::due_of(const TimerSpec& timer, const Token* token, std::int64_t scope, Instant from)
{
    if (timer.budget) return around_.working_due(from, timer);
    const auto when = TRY(value_in(timer.when, scope, token));
    if (when.text() != nullptr)
        if (const auto budget = parse_budget(*when.text());
            budget && budget.value().unit != Unit::calendar_days) {
            TimerSpec working = timer;
            working.budget = budget.value();
            return around_.working_due(from, working);
        }
    const auto instant = instant_of(when, from);
    if (!instant) return step_problem("bad_timer", "value", feel::text_of(when));
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

Result<json::object> Stepper::arguments(const Wait& wait)
{
    json::object out;
    const auto* token = find(wait.token);
    const auto& node = model_.node(wait.node);
    const auto& inputs = wait.what == Wait::For::process ? node.inputs : node.action->in;
    for (const auto& [name, expression] : inputs) out[name] = feel::to_json(TRY(value(expression, token)));
    return out;
}

}  // namespace thien_an::workflow

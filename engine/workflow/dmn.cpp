#include "engine/workflow/dmn.h"

#include <algorithm>

#include "engine/workflow/dmn_graph.h"
#include "engine/workflow/feel_library.h"

namespace thien_an::workflow {
namespace {

using feel::Value;
using Values = std::vector<Value>;

/// One evaluation of a graph: what was already computed, and what it took.
class Run {
public:
    Run(const DecisionGraph& graph, const feel::Context& inputs, Instant now)
        : graph_(graph), inputs_(inputs), evaluation_(now)
    {
    }

    Value element(int index);
    Value call(int index, const feel::Context& arguments);
    std::vector<std::string> rules;
    std::string failure;
    const std::vector<std::string>& notes() const { return evaluation_.notes(); }
    const feel::Context& asked() const { return asked_; }

private:
    Values scope_values(const DrgElement& e);
    Value box(const Box* b, const Values& values);
    Value box_kind(const Box& b, const Values& values);
    Value context(const Box& b, Values values);
    Value relation(const Box& b, const Values& values);
    Value invocation(const Box& b, const Values& values);
    Value function(const Box& b, const Values& values);
    Value loop(const Box& b, Values values);
    Value service(int index);

    const DecisionGraph& graph_;
    const feel::Context& inputs_;
    feel::Evaluation evaluation_;
    std::map<int, Value> known_;
    feel::Context asked_;
    int depth_ = 0;
};

Value fitted(Value value, const feel::TypePtr& type) { return type ? feel::coerced(value, *type) : value; }

Values Run::scope_values(const DrgElement& e)
{
    Values out;
    for (const auto& name : e.scope) {
        feel::Context imported;
        Value found;
        for (const auto& need : e.needs) {
            if (need.prefix.empty() && need.name == name) found = element(need.element);
            if (!need.prefix.empty() && need.prefix == name) imported.put(need.name, element(need.element));
        }
        out.push_back(imported.entries.empty() ? found : Value(std::move(imported)));
    }
    return out;
}

Value Run::element(int index)
{
    if (const auto known = known_.find(index); known != known_.end()) return known->second;
    if (++depth_ > 200) return evaluation_.note("decisions need each other in a circle");
    const auto& e = graph_.elements[std::size_t(index)];
    Value out;
    switch (e.kind) {
    case DrgElement::Kind::input: {
        const auto* given = inputs_.find(e.name);
        if (given == nullptr && e.space != graph_.main_space)
            for (const auto& [name, held] : inputs_.entries)
                if (held.context() != nullptr && held.context()->find(e.name) != nullptr)
                    given = held.context()->find(e.name);
        out = fitted(given == nullptr ? Value{} : *given, e.type);
        asked_.put(e.name, out);
        break;
    }
    case DrgElement::Kind::decision:
        if (!e.broken && e.box) out = fitted(box(e.box.get(), scope_values(e)), e.type);
        break;
    case DrgElement::Kind::knowledge:
        if (!e.broken && e.box) out = box(e.box.get(), scope_values(e));
        break;
    case DrgElement::Kind::service: out = service(index); break;
    }
    --depth_;
    known_[index] = out;
    return out;
}

/// A decision service as a function of its inputs, evaluated in a run of its own.
Value Run::service(int index)
{
    feel::Function f;
    for (const int p : graph_.elements[std::size_t(index)].parameters) {
        f.parameters.push_back(graph_.elements[std::size_t(p)].name);
        f.types.push_back(graph_.elements[std::size_t(p)].type);
    }
    f.call = [this, index](feel::Evaluation& evaluation, std::vector<Value> arguments) -> Value {
        const auto& e = graph_.elements[std::size_t(index)];
        const feel::Context none;
        Run inner(graph_, none, evaluation.now());
        for (std::size_t i = 0; i < arguments.size(); ++i)
            inner.known_[e.parameters[i]] =
                fitted(std::move(arguments[i]), graph_.elements[std::size_t(e.parameters[i])].type);
        if (e.outputs.size() == 1) return inner.element(e.outputs[0]);
        feel::Context out;
        for (const int o : e.outputs) out.put(graph_.elements[std::size_t(o)].name, inner.element(o));
        return out;
    };
    return f;
}

Value Run::call(int index, const feel::Context& arguments)
{
    const Value f = element(index);
    if (f.function() == nullptr) return {};
    Values ordered;
    for (const auto& name : f.function()->parameters) {
        const auto* given = arguments.find(name);
        ordered.push_back(given == nullptr ? Value{} : *given);
    }
    return fitted(
        evaluation_.call(*f.function(), std::move(ordered)), graph_.elements[std::size_t(index)].type
    );
}

Value Run::box(const Box* b, const Values& values)
{
    if (b == nullptr) return {};
    return fitted(box_kind(*b, values), b->type);
}

Value Run::box_kind(const Box& b, const Values& values)
{
    switch (b.kind) {
    case Box::Kind::nothing: return {};
    case Box::Kind::literal: return b.expression ? evaluation_.value(b.expression, values) : Value{};
    case Box::Kind::context: return context(b, values);
    case Box::Kind::list: {
        feel::List out;
        for (const auto& child : b.children) out.push_back(box(child.get(), values));
        return out;
    }
    case Box::Kind::relation: return relation(b, values);
    case Box::Kind::invocation: return invocation(b, values);
    case Box::Kind::function: return function(b, values);
    case Box::Kind::table: {
        auto answer = evaluate_table(*b.table, values, evaluation_);
        rules.insert(rules.end(), answer.rules.begin(), answer.rules.end());
        if (!answer.failure.empty()) failure = answer.failure;
        return answer.value;
    }
    case Box::Kind::conditional: {
        const Value condition = box(b.children[0].get(), values);
        if (condition.boolean() == nullptr && !condition.null())
            return evaluation_.note("a condition is true or false");
        return box(b.children[condition.is_true() ? 1 : 2].get(), values);
    }
    case Box::Kind::filter: {
        Values with = values;
        with.push_back(box(b.children[0].get(), values));
        return evaluation_.value(b.expression, with);
    }
    case Box::Kind::for_in:
    case Box::Kind::some_in:
    case Box::Kind::every_in: return loop(b, values);
    }
    throw std::logic_error("Box::Kind outside its enumerators");
}

Value Run::context(const Box& b, Values values)
{
    feel::Context out;
    for (std::size_t i = 0; i < b.children.size(); ++i) {
        Value value = fitted(box(b.children[i].get(), values), b.types[i]);
        if (b.names[i].empty()) return value;
        out.put(b.names[i], value);
        values.push_back(std::move(value));
    }
    return out;
}

Value Run::relation(const Box& b, const Values& values)
{
    feel::List out;
    for (std::size_t at = 0; at + b.names.size() <= b.children.size() && !b.names.empty();
         at += b.names.size()) {
        feel::Context row;
        for (std::size_t i = 0; i < b.names.size(); ++i)
            row.put(b.names[i], box(b.children[at + i].get(), values));
        out.emplace_back(std::move(row));
    }
    return out;
}

Value Run::invocation(const Box& b, const Values& values)
{
    const Value f = box(b.children[0].get(), values);
    if (f.function() == nullptr) return evaluation_.note("not a function");
    const auto& parameters = f.function()->parameters;
    Values arguments(parameters.size());
    if (f.function()->builtin != nullptr) arguments.resize(b.names.size());
    for (std::size_t i = 0; i < b.names.size(); ++i) {
        const auto at = std::find(parameters.begin(), parameters.end(), b.names[i]);
        if (at == parameters.end() && f.function()->builtin == nullptr)
            return evaluation_.note("unknown parameter");
        const auto place = f.function()->builtin != nullptr ? i : std::size_t(at - parameters.begin());
        arguments[place] = box(b.children[i + 1].get(), values);
    }
    return evaluation_.call(*f.function(), std::move(arguments));
}

Value Run::function(const Box& b, const Values& values)
{
    feel::Function f;
    f.parameters = b.names;
    f.types = b.types;
    f.result = b.type;
    if (b.external) {
        f.call = feel::external_function(box(b.children[0].get(), values));
        return f.call ? Value(std::move(f)) : evaluation_.note("unknown external function");
    }
    f.call = [this, &b, values](feel::Evaluation&, std::vector<Value> arguments) -> Value {
        Values with = values;
        with.insert(with.end(), arguments.begin(), arguments.end());
        return box(b.children[0].get(), with);
    };
    return f;
}

Value Run::loop(const Box& b, Values values)
{
    const Value domain = box(b.children[0].get(), values);
    static const auto as_list =
        feel::compile(
            "for i in domain return i", {.variables = {"domain"}, .members = {}, .types = {}}
        ).value();
    const Value items = evaluation_.value(as_list, std::array{domain});
    if (items.list() == nullptr) return evaluation_.note("a loop needs a list");
    const std::size_t slot = values.size();
    values.resize(slot + 2);
    feel::List out;
    bool unknown = false;
    bool decided = false;
    for (const auto& item : *items.list()) {
        values[slot] = item;
        values[slot + 1] = Value(out);
        Value result = box(b.children[1].get(), values);
        decided = decided || (b.kind == Box::Kind::some_in && result.is_true()) ||
                  (b.kind == Box::Kind::every_in && result.is_false());
        unknown = unknown || result.boolean() == nullptr;
        out.push_back(std::move(result));
    }
    if (b.kind == Box::Kind::for_in) return out;
    return unknown ? Value{} : Value((b.kind == Box::Kind::every_in) != decided);
}

}  // namespace

Decisions::Decisions(std::unique_ptr<const DecisionGraph> graph) : graph_(std::move(graph)) {}
Decisions::~Decisions() = default;

bool Decisions::has(std::string_view decision) const
{
    const int index = graph_->find(decision);
    return index >= 0 && graph_->elements[std::size_t(index)].kind == DrgElement::Kind::decision;
}

std::vector<std::string> Decisions::names() const
{
    std::vector<std::string> out;
    for (const auto& e : graph_->elements)
        if (e.kind == DrgElement::Kind::decision) out.push_back(e.name);
    return out;
}

std::vector<std::string> Decisions::inputs(std::string_view decision) const
{
    std::vector<std::string> out;
    std::vector<int> open{graph_->find(decision)};
    std::vector<int> seen;
    while (!open.empty()) {
        const int at = open.back();
        open.pop_back();
        if (at < 0 || std::find(seen.begin(), seen.end(), at) != seen.end()) continue;
        seen.push_back(at);
        const auto& e = graph_->elements[std::size_t(at)];
        if (e.kind == DrgElement::Kind::input) out.push_back(e.name);
        for (const auto& need : e.needs) open.push_back(need.element);
    }
    std::sort(out.begin(), out.end());
    return out;
}

Result<Decided> Decisions::decide(std::string_view decision, const feel::Context& inputs, Instant now) const
{
    const int index = graph_->find(decision);
    if (index < 0)
        return Problem{
            .code = "dmn.no_such_decision",
            .field = "",
            .law = "",
            .words = {{"decision", std::string(decision)}}};
    Run run(*graph_, inputs, now);
    Decided out{
        .decision = std::string(decision),
        .output = run.element(index),
        .inputs = {},
        .rules = run.rules,
        .notes = run.notes()};
    if (out.output.null() && !run.failure.empty())
        return Problem{
            .code = "dmn.no_result",
            .field = "",
            .law = "",
            .words = {{"decision", std::string(decision)}, {"why", run.failure}}};
    out.inputs = feel::to_json(Value(run.asked()));
    return out;
}

Decided Decisions::evaluate(std::string_view name, const feel::Context& inputs, Instant now) const
{
    Decided out{.decision = std::string(name), .output = {}, .inputs = {}, .rules = {}, .notes = {}};
    const int index = graph_->find(name);
    if (index < 0) return out;
    Run run(*graph_, inputs, now);
    const auto kind = graph_->elements[std::size_t(index)].kind;
    const bool called = kind == DrgElement::Kind::knowledge || kind == DrgElement::Kind::service;
    out.output = called ? run.call(index, inputs) : run.element(index);
    out.rules = run.rules;
    out.notes = run.notes();
    return out;
}

}  // namespace thien_an::workflow

#include <algorithm>
#include <map>
#include <set>

#include "engine/workflow/feel_library.h"
#include "engine/workflow/feel_program.h"
#include "engine/workflow/limits.h"

// Conditions of a gateway tried with every value that can make a difference.
namespace thien_an::workflow {
namespace {

constexpr std::size_t cases_max = 5000;

using Path = std::vector<std::string>;  ///< A variable and its members.

/// What the conditions of one gateway look at.
class Questions {
public:
    /// False when the condition asks more than comparisons with constants.
    bool read(const feel::Program& program)
    {
        program_ = &program;
        return !program.tests && condition(program.root);
    }

    std::map<Path, std::vector<feel::Value>> constants;
    std::set<Path> truths;  ///< Asked as they are: true or false.

private:
    const feel::Node& at(std::int32_t index) const { return program_->nodes[std::size_t(index)]; }
    std::int32_t child(const feel::Node& node, int i) const
    {
        return program_->children[std::size_t(node.first + i)];
    }

    std::optional<Path> path(std::int32_t index) const
    {
        const auto& node = at(index);
        if (node.op == feel::Op::slot && node.a < program_->globals)
            return Path{program_->variables[std::size_t(node.a)]};
        if (node.op != feel::Op::path) return std::nullopt;
        auto out = path(child(node, 0));
        if (out) out->push_back(program_->names[std::size_t(node.a)]);
        return out;
    }

    bool condition(std::int32_t index)
    {
        const auto& node = at(index);
        switch (node.op) {
        case feel::Op::constant: return true;
        case feel::Op::and_all:
        case feel::Op::or_any: {
            for (int i = 0; i < node.count; ++i)
                if (!condition(child(node, i))) return false;
            return true;
        }
        case feel::Op::compare:
        case feel::Op::between:
        case feel::Op::in_tests: return comparison(index);
        case feel::Op::call: return negation(node);
        default: break;
        }
        const auto asked = path(index);
        if (asked) truths.insert(*asked);
        return asked.has_value();
    }

    bool negation(const feel::Node& node)
    {
        if (node.count != 2) return false;
        const auto& function = at(child(node, 0));
        return function.op == feel::Op::builtin && feel::library()[std::size_t(function.a)].name == "not" &&
               condition(child(node, 1));
    }

    /// One path beside constants.
    bool comparison(std::int32_t index)
    {
        std::optional<Path> about;
        std::vector<feel::Value> values;
        if (!gather(index, about, values) || !about) return false;
        auto& known = constants[*about];
        known.insert(known.end(), values.begin(), values.end());
        return true;
    }

    bool gather(std::int32_t index, std::optional<Path>& about, std::vector<feel::Value>& values) const
    {
        if (const auto found = path(index)) {
            if (about && *about != *found) return false;
            about = found;
            return true;
        }
        const auto& node = at(index);
        switch (node.op) {
        case feel::Op::constant: {
            const auto& value = program_->constants[std::size_t(node.a)];
            values.push_back(value);
            return value.text() != nullptr || value.number() != nullptr || value.boolean() != nullptr ||
                   value.null();
        }
        case feel::Op::compare:
        case feel::Op::between:
        case feel::Op::in_tests:
        case feel::Op::list:
        case feel::Op::range:
        case feel::Op::half_range:
        case feel::Op::test:
        case feel::Op::tests:
        case feel::Op::negate: {
            for (int i = 0; i < node.count; ++i)
                if (!gather(child(node, i), about, values)) return false;
            return true;
        }
        default: return false;
        }
    }

    const feel::Program* program_ = nullptr;
};

/// User tasks whose outcome a token at `node` may carry; nothing when it may have none.
std::optional<std::set<std::string>> outcomes_before(const Model& model, int node)
{
    std::set<std::string> out;
    std::set<int> seen;
    std::vector<int> open{node};
    while (!open.empty()) {
        const int at = open.back();
        open.pop_back();
        if (!seen.insert(at).second) continue;
        const auto& here = model.node(at);
        if (at != node && here.kind == NodeKind::user_task) {
            for (const auto& outcome : here.outcomes) out.insert(outcome.name);
            continue;
        }
        if (here.ins == 0) return std::nullopt;  // A start, a boundary event, a join of other scopes.
        for (const int flow : model.ins(here)) open.push_back(model.flow(flow).source);
    }
    return out;
}

/// The constants, what lies between and beside them.
std::vector<feel::Value> numbers(const std::vector<feel::Value>& given)
{
    std::vector<Decimal> sorted;
    for (const auto& value : given) sorted.push_back(*value.number());
    std::sort(sorted.begin(), sorted.end(), [](const Decimal& a, const Decimal& b) { return a < b; });
    std::vector<feel::Value> out{feel::Value(subtract(sorted.front(), Decimal(1)))};
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (i > 0)
            if (const auto sum = add(sorted[i - 1], sorted[i])) out.emplace_back(divide(*sum, Decimal(2)));
        out.emplace_back(sorted[i]);
    }
    out.emplace_back(add(sorted.back(), Decimal(1)));
    return out;
}

std::vector<feel::Value> domain_of(
    const Path& path, const std::vector<feel::Value>& given, const Model& model, int node
)
{
    std::optional<std::set<std::string>> names;
    if (path == Path{"outcome"}) names = outcomes_before(model, node);
    if (path.size() == 2 && path[0] == "outcomes") {
        names.emplace();
        const int task = model.index_of(path[1]);
        if (task >= 0)
            for (const auto& outcome : model.node(task).outcomes) names->insert(outcome.name);
    }
    std::vector<feel::Value> out;
    if (names) {
        for (const auto& name : *names) out.emplace_back(name);
        return out;
    }
    std::vector<feel::Value> of_number;
    bool text = false;
    bool truth = false;
    for (const auto& value : given) {
        if (value.number() != nullptr) of_number.push_back(value);
        if (value.boolean() != nullptr) truth = true;
        if (value.null()) out.push_back(value);
        if (value.text() != nullptr) {
            text = true;
            out.push_back(value);
        }
    }
    if (text) out.emplace_back("…");
    if (truth) {
        out.emplace_back(true);
        out.emplace_back(false);
    }
    if (!of_number.empty())
        for (auto& number : numbers(of_number)) out.push_back(std::move(number));
    return out;
}

void put(json::object& into, const Path& path, json::value value)
{
    auto* at = &into;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        auto& next = (*at)[path[i]];
        if (!next.is_object()) next = json::object{};
        at = &next.get_object();
    }
    (*at)[path.back()] = std::move(value);
}

std::string text_of_path(const Path& path)
{
    std::string out;
    for (const auto& part : path) out += (out.empty() ? "" : ".") + part;
    return out;
}

/// The gateways of a model, one after the other.
class Gateway {
public:
    Gateway(const Model& model, int node) : model_(model), node_(node) {}

    /// The first case in which no flow is taken; empty: there is none, or none that can be found this way.
    std::string open_case()
    {
        Questions questions;
        for (const int flow : model_.outs(model_.node(node_)))
            if (!questions.read(model_.flow(flow).condition.program())) return "";
        for (const auto& path : questions.truths) domains_[path] = {feel::Value(true), feel::Value(false)};
        for (const auto& [path, given] : questions.constants) {
            auto& domain = domains_[path];
            for (auto& value : domain_of(path, given, model_, node_)) domain.push_back(std::move(value));
            if (domain.empty()) return "";
        }
        std::size_t cases = 1;
        for (const auto& [path, domain] : domains_) cases *= domain.size();
        if (cases > cases_max) return "";
        for (std::size_t number = 0; number < cases; ++number)
            if (!anything_holds(number)) return said(number);
        return "";
    }

private:
    std::vector<std::pair<Path, feel::Value>> choice(std::size_t number) const
    {
        std::vector<std::pair<Path, feel::Value>> out;
        for (const auto& [path, domain] : domains_) {
            out.emplace_back(path, domain[number % domain.size()]);
            number /= domain.size();
        }
        return out;
    }

    bool anything_holds(std::size_t number) const
    {
        json::object values;
        for (const auto& [path, value] : choice(number)) put(values, path, feel::to_json(value));
        std::vector<feel::Value> variables(model_.names.size());
        for (std::size_t i = 0; i < model_.names.size(); ++i)
            if (const auto* value = values.if_contains(model_.names[i]))
                variables[i] = feel::from_json(*value);
        for (const int flow : model_.outs(model_.node(node_))) {
            feel::Evaluation evaluation;
            if (evaluation.value(model_.flow(flow).condition, variables).is_true()) return true;
        }
        return false;
    }

    std::string said(std::size_t number) const
    {
        std::string out;
        for (const auto& [path, value] : choice(number)) {
            const auto shown =
                value.text() != nullptr ? "\"" + *value.text() + "\"" : json::text_of(feel::to_json(value));
            out += (out.empty() ? "" : ", ") + text_of_path(path) + " = " + shown;
        }
        return out;
    }

    const Model& model_;
    int node_;
    std::map<Path, std::vector<feel::Value>> domains_;
};

bool may_leave_open(const Model& model, const NodeModel& node)
{
    if (node.kind != NodeKind::exclusive && node.kind != NodeKind::inclusive) return false;
    if (node.default_flow >= 0 || node.outs == 0) return false;
    const auto outs = model.outs(node);
    return std::all_of(outs.begin(), outs.end(), [&](int f) { return bool(model.flow(f).condition); });
}

}  // namespace

std::vector<Finding> missing_cases(const Model& model, std::string_view file)
{
    std::vector<Finding> out;
    for (std::size_t i = 0; i < model.nodes.size(); ++i) {
        const auto& node = model.nodes[i];
        if (!may_leave_open(model, node)) continue;
        const auto open = Gateway(model, int(i)).open_case();
        if (open.empty()) continue;
        out.push_back(
            {.severity = Finding::Severity::warning,
             .file = std::string(file),
             .line = node.line,
             .element = node.id,
             .problem =
                 {.code = "bpmn.missing_case",
                  .field = "",
                  .law = "",
                  .words = {{"element", node.id}, {"case", open}}},
             .path = {}}
        );
    }
    return out;
}

}  // namespace thien_an::workflow

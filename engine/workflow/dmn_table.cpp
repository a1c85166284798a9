#include <algorithm>
#include <set>

#include "engine/workflow/dmn_graph.h"
#include "engine/workflow/feel_program.h"

// Decision tables: hit policies, and the proof that a table has neither gap nor overlap.
namespace thien_an::workflow {
namespace {

using feel::Value;

Value row_value(const DecisionTable& table, std::vector<Value> cells)
{
    if (table.outputs.size() == 1) return cells[0];
    feel::Context out;
    for (std::size_t i = 0; i < cells.size(); ++i) out.put(table.outputs[i].name, std::move(cells[i]));
    return out;
}

Value default_value(const DecisionTable& table, std::span<const Value> values, feel::Evaluation& evaluation)
{
    std::vector<Value> cells;
    for (const auto& output : table.outputs) {
        if (!output.otherwise) return {};
        cells.push_back(evaluation.value(output.otherwise, values));
    }
    return row_value(table, std::move(cells));
}

/// Place of a value in the list of output values; behind all when it is not there.
std::size_t priority(const TableOutput& output, const Value& value)
{
    for (std::size_t i = 0; i < output.values.size(); ++i)
        if (feel::equals(output.values[i], value).is_true()) return i;
    return output.values.size();
}

using Row = std::vector<Value>;

bool before(const DecisionTable& table, const Row& a, const Row& b)
{
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto left = priority(table.outputs[i], a[i]);
        const auto right = priority(table.outputs[i], b[i]);
        if (left != right) return left < right;
    }
    return false;
}

Value aggregated(const DecisionTable& table, const std::vector<Row>& rows, feel::Evaluation& evaluation)
{
    feel::List list;
    for (const auto& row : rows) list.push_back(row_value(table, row));
    const char* name = "";
    switch (table.aggregation) {
    case Aggregation::none: return list;
    case Aggregation::count: return std::int64_t(list.size());
    case Aggregation::sum: name = "sum"; break;
    case Aggregation::min: name = "min"; break;
    case Aggregation::max: name = "max"; break;
    }
    feel::Function f;
    f.builtin = feel::find_builtin(name);
    return evaluation.call(f, {Value(std::move(list))});
}

Value by_policy(
    const DecisionTable& table, std::vector<Row> rows, feel::Evaluation& evaluation, TableAnswer& answer
)
{
    const auto first = [&] { return row_value(table, rows.front()); };
    switch (table.policy) {
    case HitPolicy::unique:
        if (rows.size() > 1) {
            answer.failure = "several_rules";
            return evaluation.note("several rules of a unique table match");
        }
        return first();
    case HitPolicy::any:
        for (const auto& row : rows)
            if (!feel::equals(row_value(table, row), first()).is_true()) {
                answer.failure = "outputs_differ";
                return evaluation.note("rules that match differ");
            }
        return first();
    case HitPolicy::first: return first();
    case HitPolicy::priority:
    case HitPolicy::output_order:
        std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
            return before(table, a, b);
        });
        if (table.policy == HitPolicy::priority) return first();
        [[fallthrough]];
    case HitPolicy::rule_order: {
        feel::List list;
        for (const auto& row : rows) list.push_back(row_value(table, row));
        return list;
    }
    case HitPolicy::collect: return aggregated(table, rows, evaluation);
    }
    throw std::logic_error("HitPolicy outside its enumerators");
}

std::optional<std::vector<Value>> input_values(
    const DecisionTable& table,
    std::span<const Value> values,
    feel::Evaluation& evaluation,
    TableAnswer& answer
)
{
    std::vector<Value> out;
    for (const auto& input : table.inputs) {
        Value v = evaluation.value(input.expression, values);
        if (input.allowed && !v.null() && !evaluation.passes(input.allowed, values, v)) {
            answer.failure = "input_not_allowed";
            evaluation.note("the value of " + input.label + " is not allowed");
            return std::nullopt;
        }
        out.push_back(std::move(v));
    }
    return out;
}

bool matches(
    const TableRule& rule,
    const std::vector<Value>& inputs,
    std::span<const Value> values,
    feel::Evaluation& evaluation
)
{
    for (std::size_t i = 0; i < inputs.size(); ++i)
        if (rule.tests[i] && !evaluation.passes(rule.tests[i], values, inputs[i])) return false;
    return true;
}

// --- the proof
// ----------------------------------------------------------------------------------------------------

constexpr std::size_t cells_max = 200'000;

void take_constants(const feel::Expression& tests, std::vector<Value>& into)
{
    if (!tests) return;
    for (const auto& constant : tests.program().constants) {
        if (constant.null()) continue;
        const bool known = std::any_of(into.begin(), into.end(), [&](const Value& v) {
            return feel::equals(v, constant).is_true();
        });
        if (!known) into.push_back(constant);
    }
}

/// Whether the outcome of `tests` depends on the input alone, cut only where its constants are.
bool plain(const feel::Expression& tests)
{
    if (!tests) return true;
    const auto& program = tests.program();
    if (!program.reads.empty()) return false;
    return std::all_of(program.nodes.begin(), program.nodes.end(), [](const feel::Node& n) {
        switch (n.op) {
        case feel::Op::constant:
        case feel::Op::range:
        case feel::Op::half_range:
        case feel::Op::not_equal_test:
        case feel::Op::tests:
        case feel::Op::test:
        case feel::Op::negate: return true;
        default: return false;
        }
    });
}

void add_between(std::vector<Value>& samples)
{
    std::vector<Decimal> bounds;
    for (const auto& v : samples)
        if (v.number() != nullptr) {
            bounds.push_back(*v.number());
            bounds.push_back(-*v.number());
        }
    if (bounds.empty()) return;
    std::sort(bounds.begin(), bounds.end(), [](const Decimal& a, const Decimal& b) { return a < b; });
    samples.emplace_back(*subtract(bounds.front(), 1));
    samples.emplace_back(*add(bounds.back(), 1));
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
        samples.emplace_back(bounds[i]);
        if (bounds[i] < bounds[i + 1]) samples.emplace_back(*divide(*add(bounds[i], bounds[i + 1]), 2));
    }
}

/// One value of every region the column's constants cut its domain into.
std::vector<Value> samples_of(const DecisionTable& table, std::size_t column)
{
    std::vector<Value> out;
    for (const auto& rule : table.rules) take_constants(rule.tests[column], out);
    take_constants(table.inputs[column].allowed, out);
    const bool booleans =
        std::any_of(out.begin(), out.end(), [](const Value& v) { return v.boolean() != nullptr; });
    const bool texts =
        std::any_of(out.begin(), out.end(), [](const Value& v) { return v.text() != nullptr; });
    if (booleans) out = {Value(true), Value(false)};
    if (texts) out.emplace_back("\u0001anything else");
    add_between(out);
    if (table.inputs[column].allowed) {
        feel::Evaluation evaluation;
        std::erase_if(out, [&](const Value& v) {
            return !evaluation.passes(table.inputs[column].allowed, {}, v);
        });
    }
    if (out.empty()) out.emplace_back("\u0001anything");
    return out;
}

class TableProof {
public:
    TableProof(const DecisionTable& table, const std::string& file, std::vector<Finding>& findings)
        : table_(table), file_(file), findings_(findings)
    {
    }

    void run()
    {
        std::size_t cells = 1;
        for (std::size_t i = 0; i < table_.inputs.size(); ++i) {
            for (const auto& rule : table_.rules)
                if (!plain(rule.tests[i]))
                    return say(Finding::Severity::warning, "dmn.not_proved", table_.line, {});
            samples_.push_back(samples_of(table_, i));
            cells *= samples_.back().size();
            if (cells > cells_max) return say(Finding::Severity::warning, "dmn.not_proved", table_.line, {});
        }
        decide_.resize(samples_.size());
        hit_.resize(table_.rules.size());
        passing_.assign(table_.rules.size(), true);
        walk(0);
        for (std::size_t r = 0; r < table_.rules.size(); ++r)
            if (!hit_[r])
                say(Finding::Severity::warning,
                    "dmn.masked",
                    table_.rules[r].line,
                    {{"rule", table_.rules[r].id}});
    }

private:
    void walk(std::size_t column)
    {
        if (gap_ && overlap_) return;
        if (column == samples_.size()) return judge();
        const auto before = passing_;
        for (const auto& sample : samples_[column]) {
            feel::Evaluation evaluation;
            decide_[column] = sample;
            for (std::size_t r = 0; r < table_.rules.size(); ++r)
                passing_[r] = before[r] && (!table_.rules[r].tests[column] ||
                                            evaluation.passes(table_.rules[r].tests[column], {}, sample));
            walk(column + 1);
        }
        passing_ = before;
    }

    void judge()
    {
        std::vector<std::size_t> rules;
        for (std::size_t r = 0; r < passing_.size(); ++r)
            if (passing_[r]) rules.push_back(r);
        const bool one_only = table_.policy == HitPolicy::first;
        for (std::size_t i = 0; i < rules.size(); ++i)
            if (!one_only || i == 0) hit_[rules[i]] = true;
        const bool many_wanted = table_.policy == HitPolicy::collect ||
                                 table_.policy == HitPolicy::rule_order ||
                                 table_.policy == HitPolicy::output_order;
        const bool otherwise =
            std::all_of(table_.outputs.begin(), table_.outputs.end(), [](const TableOutput& o) {
                return bool(o.otherwise);
            });
        if (rules.empty() && !many_wanted && !otherwise && !gap_) {
            gap_ = true;
            say(Finding::Severity::error, "dmn.gap", table_.line, {{"inputs", inputs_text()}});
        }
        if (rules.size() > 1 && table_.policy == HitPolicy::unique && !overlap_) {
            overlap_ = true;
            say(Finding::Severity::error,
                "dmn.overlap",
                table_.rules[rules[1]].line,
                {{"inputs", inputs_text()},
                 {"rules", table_.rules[rules[0]].id + ", " + table_.rules[rules[1]].id}});
        }
    }

    std::string inputs_text() const
    {
        std::string out;
        for (std::size_t i = 0; i < decide_.size(); ++i) {
            auto text = feel::text_of(decide_[i]);
            if (text.starts_with("\u0001")) text = "*";
            out += (i == 0 ? "" : ", ") + table_.inputs[i].label + " = " + text;
        }
        return out;
    }

    void say(
        Finding::Severity severity,
        std::string code,
        int line,
        std::vector<std::pair<std::string, std::string>> words
    )
    {
        findings_.push_back(
            {.severity = severity,
             .file = file_,
             .line = line,
             .element = table_.id,
             .problem = {.code = std::move(code), .field = "", .law = "", .words = std::move(words)},
             .path = {}}
        );
    }

    const DecisionTable& table_;
    const std::string& file_;
    std::vector<Finding>& findings_;
    std::vector<std::vector<Value>> samples_;
    std::vector<Value> decide_;
    std::vector<bool> passing_, hit_;
    bool gap_ = false, overlap_ = false;
};

}  // namespace

TableAnswer evaluate_table(
    const DecisionTable& table, std::span<const Value> values, feel::Evaluation& evaluation
)
{
    TableAnswer answer;
    const auto inputs = input_values(table, values, evaluation, answer);
    if (!inputs) return answer;
    std::vector<Row> rows;
    for (const auto& rule : table.rules) {
        if (!matches(rule, *inputs, values, evaluation)) continue;
        Row row;
        for (const auto& result : rule.results)
            row.push_back(result ? evaluation.value(result, values) : Value{});
        rows.push_back(std::move(row));
        answer.rules.push_back(rule.id);
        if (table.policy == HitPolicy::first) break;
    }
    if (rows.empty()) {
        answer.value = default_value(table, values, evaluation);
        const bool empty_list = table.policy == HitPolicy::collect && table.aggregation == Aggregation::none;
        if (answer.value.null() && empty_list) return answer;
        if (answer.value.null()) {
            answer.failure = "no_rule";
            evaluation.note("no rule matches");
        }
        return answer;
    }
    answer.value = by_policy(table, std::move(rows), evaluation, answer);
    return answer;
}

void check_table(const DecisionTable& table, const std::string& file, std::vector<Finding>& findings)
{
    TableProof(table, file, findings).run();
}

}  // namespace thien_an::workflow

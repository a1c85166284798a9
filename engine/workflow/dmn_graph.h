#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/xml.h"
#include "engine/workflow/dmn.h"

/// The compiled form of DMN files; for the loader, the evaluator and the table check.
namespace thien_an::workflow {

enum class HitPolicy { unique, any, priority, first, rule_order, output_order, collect };
enum class Aggregation { none, sum, count, min, max };

struct TableInput {
    std::string label;
    feel::Expression expression;
    feel::Expression allowed;  ///< Tests of inputValues; empty: any.
    feel::TypePtr type;
    int line = 0;
};
struct TableOutput {
    std::string name;
    std::string label;                ///< For people; empty: the name.
    std::vector<feel::Value> values;  ///< In order of priority.
    feel::Expression otherwise;       ///< Default; empty: none.
    feel::TypePtr type;
};
struct TableRule {
    std::string id;
    std::string description;  ///< What the rule says, for people; empty: nothing.
    int line = 0;
    std::vector<feel::Expression> tests;
    std::vector<feel::Expression> results;
};
struct DecisionTable {
    HitPolicy policy = HitPolicy::unique;
    Aggregation aggregation = Aggregation::none;
    std::vector<TableInput> inputs;
    std::vector<TableOutput> outputs;
    std::vector<TableRule> rules;
    std::string id;
    int line = 0;
};

/// A boxed expression, compiled against the names in force at its place.
struct Box {
    enum class Kind {
        nothing,
        literal,
        context,
        list,
        relation,
        invocation,
        function,
        table,
        conditional,
        filter,
        for_in,
        some_in,
        every_in
    };
    Kind kind = Kind::nothing;
    feel::Expression expression;  ///< Literal, or the match of a filter.
    std::vector<std::unique_ptr<Box>> children;
    std::vector<std::string>
        names;  ///< Of entries, parameters, bindings, columns; "" is the result of a context.
    std::vector<feel::TypePtr> types;
    feel::TypePtr type;
    std::unique_ptr<DecisionTable> table;
    bool external = false;
};

/// An input, decision, knowledge model or decision service of the graph.
struct DrgElement {
    enum class Kind { input, decision, knowledge, service };
    Kind kind = Kind::input;
    std::string space;  ///< Namespace of its file.
    std::string id;
    std::string name;
    std::string file;
    int line = 0;
    feel::TypePtr type;
    std::unique_ptr<Box> box;
    /// What it reads: the name it knows it by ("x", or "imported.x" as two), and the element.
    struct Need {
        std::string prefix;
        std::string name;
        int element = -1;
    };
    std::vector<Need> needs;
    std::vector<std::string> scope;  ///< Names its expressions were compiled against, one a group of needs.
    std::vector<int> outputs;        ///< Of a service: decisions.
    std::vector<int> parameters;     ///< Of a service: input decisions, then input data.
    bool broken = false;             ///< Does not compile; null.
};

struct DecisionGraph {
    std::vector<DrgElement> elements;
    std::string main_space;
    std::string description;                ///< Of the first file: its law, for people.
    int find(std::string_view name) const;  ///< By id or name in the first file, else in any; -1: none.
};

/// Gaps, overlaps and masked rules, found on one value of every cell the tables' own bounds cut out.
void check_table(const DecisionTable& table, const std::string& file, std::vector<Finding>& findings);

/// Result of a table, and the ids of the rules that matched.
struct TableAnswer {
    feel::Value value;
    std::vector<std::string> rules;
    std::string failure;  ///< "no_rule", "several_rules", "input_not_allowed", "outputs_differ"; empty: none.
};
TableAnswer evaluate_table(
    const DecisionTable& table, std::span<const feel::Value> values, feel::Evaluation& evaluation
);

}  // namespace thien_an::workflow

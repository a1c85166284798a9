#include <algorithm>

#include "engine/workflow/bpmn_reader.h"
#include "engine/workflow/dmn_loader.h"
#include "engine/workflow/feel_parser.h"

// Boxed expressions and tables, from XML.
namespace thien_an::workflow {
namespace {

std::string text_child(const xml::Element& e)
{
    const auto* text = e.child("text");
    return text == nullptr ? "" : text->text();
}

Box::Kind kind_of(std::string_view name)
{
    static const std::map<std::string_view, Box::Kind> kinds{
        {"literalExpression", Box::Kind::literal},
        {"expression", Box::Kind::literal},
        {"context", Box::Kind::context},
        {"list", Box::Kind::list},
        {"relation", Box::Kind::relation},
        {"invocation", Box::Kind::invocation},
        {"functionDefinition", Box::Kind::function},
        {"decisionTable", Box::Kind::table},
        {"conditional", Box::Kind::conditional},
        {"filter", Box::Kind::filter},
        {"for", Box::Kind::for_in},
        {"some", Box::Kind::some_in},
        {"every", Box::Kind::every_in}};
    return kinds.at(name);
}

}  // namespace

std::unique_ptr<Box> DmnLoader::compile_box(const xml::Element& e, const Scope& scope)
{
    auto box = std::make_unique<Box>();
    box->kind = kind_of(e.name);
    if (const auto type = e.attribute("typeRef"); !type.empty()) box->type = type_named(type);
    switch (box->kind) {
    case Box::Kind::literal: box->expression = compile(text_child(e), e, scope); break;
    case Box::Kind::context: compile_context(e, scope, *box); break;
    case Box::Kind::list:
        for (const auto* child : e.children())
            if (child->name != "description" && child->name != "extensionElements")
                box->children.push_back(compile_box(*child, scope));
        break;
    case Box::Kind::relation: compile_relation(e, scope, *box); break;
    case Box::Kind::invocation: compile_invocation(e, scope, *box); break;
    case Box::Kind::function: compile_function(e, scope, *box); break;
    case Box::Kind::table: box->table = compile_table(e, scope); break;
    case Box::Kind::conditional:
        for (const char* part : {"if", "then", "else"}) {
            const auto* child = e.child(part);
            box->children.push_back(child == nullptr ? nullptr : compile_body(*child, scope));
        }
        break;
    case Box::Kind::filter: compile_filter(e, scope, *box); break;
    case Box::Kind::for_in:
    case Box::Kind::some_in:
    case Box::Kind::every_in: compile_loop(e, scope, *box); break;
    case Box::Kind::nothing: break;
    }
    return box;
}

void DmnLoader::compile_context(const xml::Element& e, Scope scope, Box& box)
{
    for (const auto* entry : e.children("contextEntry")) {
        const auto* variable = entry->child("variable");
        box.children.push_back(compile_body(*entry, scope));
        box.names.push_back(variable == nullptr ? "" : feel::tidied(variable->attribute("name")));
        box.types.push_back(
            variable == nullptr || variable->attribute("typeRef").empty()
                ? nullptr
                : type_named(variable->attribute("typeRef"))
        );
        scope.push_back(box.names.back());
    }
}

void DmnLoader::compile_relation(const xml::Element& e, const Scope& scope, Box& box)
{
    for (const auto* column : e.children("column"))
        box.names.push_back(feel::tidied(column->attribute("name")));
    for (const auto* row : e.children("row")) {
        std::size_t cells = 0;
        for (const auto* cell : row->children()) {
            box.children.push_back(compile_box(*cell, scope));
            ++cells;
        }
        if (cells != box.names.size()) wrong(*row, "dmn.row_length");
    }
}

void DmnLoader::compile_invocation(const xml::Element& e, const Scope& scope, Box& box)
{
    box.children.push_back(compile_body(e, scope));
    for (const auto* binding : e.children("binding")) {
        const auto* parameter = binding->child("parameter");
        box.names.push_back(parameter == nullptr ? "" : feel::tidied(parameter->attribute("name")));
        box.children.push_back(compile_body(*binding, scope));
    }
}

void DmnLoader::compile_function(const xml::Element& e, Scope scope, Box& box)
{
    box.kind = Box::Kind::function;
    box.external = e.attribute("kind") == "Java";
    for (const auto* parameter : e.children("formalParameter")) {
        box.names.push_back(feel::tidied(parameter->attribute("name")));
        const auto type = parameter->attribute("typeRef");
        box.types.push_back(type.empty() ? nullptr : type_named(type));
        scope.push_back(box.names.back());
    }
    box.children.push_back(compile_body(e, scope));
}

/// The match sees the item's members as names, which FEEL's own filter does: one is written around it.
void DmnLoader::compile_filter(const xml::Element& e, Scope scope, Box& box)
{
    const auto* in = e.child("in");
    const auto* match = e.child("match");
    if (in == nullptr || match == nullptr) return wrong(e, "dmn.incomplete");
    box.children.push_back(compile_body(*in, scope));
    const auto* literal = match->child("literalExpression");
    if (literal == nullptr) return wrong(*match, "dmn.not_executed");
    scope.emplace_back("\u0001list");
    box.expression = compile("\u0001list[" + text_child(*literal) + "]", *literal, scope);
}

void DmnLoader::compile_loop(const xml::Element& e, Scope scope, Box& box)
{
    box.names.push_back(feel::tidied(e.attribute("iteratorVariable")));
    const auto* in = e.child("in");
    const auto* body = e.child(box.kind == Box::Kind::for_in ? "return" : "satisfies");
    if (in == nullptr || body == nullptr) return wrong(e, "dmn.incomplete");
    box.children.push_back(compile_body(*in, scope));
    scope.push_back(box.names[0]);
    scope.emplace_back("partial");
    box.children.push_back(compile_body(*body, scope));
}

void DmnLoader::compile_table_input(const xml::Element& e, const Scope& scope, DecisionTable& table)
{
    TableInput input;
    input.line = e.line;
    const auto* expression = e.child("inputExpression");
    if (expression == nullptr) return wrong(e, "dmn.incomplete");
    input.label = e.attribute("label").empty() ? trimmed(text_child(*expression)) : e.attribute("label");
    input.expression = compile(text_child(*expression), *expression, scope);
    if (const auto type = expression->attribute("typeRef"); !type.empty()) input.type = type_named(type);
    if (const auto* values = e.child("inputValues");
        values != nullptr && !trimmed(text_child(*values)).empty())
        input.allowed = compile(text_child(*values), *values, scope, true);
    table.inputs.push_back(std::move(input));
}

void DmnLoader::compile_table_output(const xml::Element& e, const Scope& scope, DecisionTable& table)
{
    TableOutput output;
    output.name = feel::tidied(e.attribute("name"));
    output.label = e.attribute("label");
    if (const auto type = e.attribute("typeRef"); !type.empty()) output.type = type_named(type);
    if (const auto* values = e.child("outputValues")) {
        const auto list = compile("[" + text_child(*values) + "]", *values, scope);
        feel::Evaluation evaluation;
        const auto value = list ? evaluation.value(list, {}) : feel::Value{};
        if (value.list() != nullptr) output.values = *value.list();
    }
    if (const auto* entry = e.child("defaultOutputEntry"))
        output.otherwise = compile(text_child(*entry), *entry, scope);
    table.outputs.push_back(std::move(output));
}

void DmnLoader::compile_table_rule(const xml::Element& e, const Scope& scope, DecisionTable& table)
{
    TableRule rule;
    rule.id = e.attribute("id").empty() ? std::to_string(table.rules.size() + 1) : e.attribute("id");
    rule.line = e.line;
    if (const auto* said = e.child("description")) rule.description = trimmed(said->text());
    for (const auto* entry : e.children("inputEntry")) {
        const auto text = trimmed(text_child(*entry));
        rule.tests.push_back(
            text.empty() || text == "-" ? feel::Expression{} : compile(text, *entry, scope, true)
        );
    }
    for (const auto* entry : e.children("outputEntry")) {
        const auto text = trimmed(text_child(*entry));
        rule.results.push_back(text.empty() ? feel::Expression{} : compile(text, *entry, scope));
    }
    if (rule.tests.size() != table.inputs.size() || rule.results.size() != table.outputs.size())
        wrong(e, "dmn.row_length");
    rule.tests.resize(table.inputs.size());
    rule.results.resize(table.outputs.size());
    table.rules.push_back(std::move(rule));
}

std::unique_ptr<DecisionTable> DmnLoader::compile_table(const xml::Element& e, const Scope& scope)
{
    static const std::map<std::string, HitPolicy, std::less<>> policies{
        {"", HitPolicy::unique},
        {"UNIQUE", HitPolicy::unique},
        {"ANY", HitPolicy::any},
        {"PRIORITY", HitPolicy::priority},
        {"FIRST", HitPolicy::first},
        {"RULE ORDER", HitPolicy::rule_order},
        {"OUTPUT ORDER", HitPolicy::output_order},
        {"COLLECT", HitPolicy::collect}};
    static const std::map<std::string, Aggregation, std::less<>> aggregations{
        {"", Aggregation::none},
        {"SUM", Aggregation::sum},
        {"COUNT", Aggregation::count},
        {"MIN", Aggregation::min},
        {"MAX", Aggregation::max}};
    auto table = std::make_unique<DecisionTable>();
    table->id = e.attribute("id");
    table->line = e.line;
    const auto policy = policies.find(e.attribute("hitPolicy"));
    const auto aggregation = aggregations.find(e.attribute("aggregation"));
    if (policy == policies.end() || aggregation == aggregations.end()) wrong(e, "dmn.bad_hit_policy");
    table->policy = policy == policies.end() ? HitPolicy::unique : policy->second;
    table->aggregation = aggregation == aggregations.end() ? Aggregation::none : aggregation->second;
    for (const auto* input : e.children("input")) compile_table_input(*input, scope, *table);
    for (const auto* output : e.children("output")) compile_table_output(*output, scope, *table);
    for (const auto* rule : e.children("rule")) compile_table_rule(*rule, scope, *table);
    if (table->outputs.empty()) wrong(e, "dmn.incomplete");
    return table;
}

}  // namespace thien_an::workflow

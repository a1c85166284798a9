#include "engine/workflow/dmn_loader.h"

#include <algorithm>

#include "engine/workflow/bpmn_reader.h"
#include "engine/workflow/feel_parser.h"

namespace thien_an::workflow {
namespace {

bool is_expression(std::string_view name)
{
    constexpr std::array<std::string_view, 13> names{
        "literalExpression",
        "context",
        "list",
        "relation",
        "invocation",
        "functionDefinition",
        "decisionTable",
        "conditional",
        "filter",
        "for",
        "some",
        "every",
        "expression"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string child_text(const xml::Element& e, std::string_view name)
{
    const auto* child = e.child(name);
    return child == nullptr ? "" : trimmed(child->text());
}

}  // namespace

int DecisionGraph::find(std::string_view name) const
{
    for (const bool only_main : {true, false})
        for (std::size_t i = 0; i < elements.size(); ++i) {
            const auto& e = elements[i];
            if ((!only_main || e.space == main_space) && (e.id == name || e.name == name)) return int(i);
        }
    return -1;
}

void DmnLoader::wrong(
    const xml::Element& e, std::string code, std::vector<std::pair<std::string, std::string>> words
)
{
    failed_ = true;
    findings_.push_back(
        {.severity = lenient_ ? Finding::Severity::warning : Finding::Severity::error,
         .file = file_,
         .line = e.line,
         .element = e.attribute("id").empty() ? e.name : e.attribute("id"),
         .problem = {.code = std::move(code), .field = "", .law = "", .words = std::move(words)},
         .path = {}}
    );
}

void DmnLoader::collect_members(const xml::Element& e)
{
    for (const auto* child : e.children()) {
        const bool named = child->name == "itemComponent" || child->name == "itemDefinition" ||
                           child->name == "column" || child->name == "variable" || child->name == "output" ||
                           child->name == "formalParameter";
        const auto name = feel::tidied(child->attribute("name"));
        if (named && name.find_first_of(" -+*/.'") != std::string::npos) members_.push_back(name);
        collect_members(*child);
    }
}

void DmnLoader::add_file(const std::string& file, const xml::Element& definitions)
{
    File added{
        .name = file,
        .space = definitions.attribute("namespace"),
        .definitions = &definitions,
        .imports = {}};
    file_ = file;
    if (definitions.name != "definitions" ||
        definitions.space.find("omg.org/spec/DMN/") == std::string::npos) {
        wrong(definitions, "dmn.no_definitions");
        return;
    }
    for (const auto* import : definitions.children("import"))
        added.imports[import->attribute("namespace")] = import->attribute("name");
    if (files_.empty()) {
        graph_->main_space = added.space;
        if (const auto* said = definitions.child("description")) graph_->description = trimmed(said->text());
    }
    collect_members(definitions);
    files_.push_back(std::move(added));
}

void DmnLoader::read_elements(const File& file)
{
    static const std::map<std::string, DrgElement::Kind, std::less<>> kinds{
        {"inputData", DrgElement::Kind::input},
        {"decision", DrgElement::Kind::decision},
        {"businessKnowledgeModel", DrgElement::Kind::knowledge},
        {"decisionService", DrgElement::Kind::service}};
    for (const auto* e : file.definitions->children()) {
        const auto kind = kinds.find(e->name);
        if (kind == kinds.end()) continue;
        DrgElement element;
        element.kind = kind->second;
        element.space = file.space;
        element.id = e->attribute("id");
        element.name = feel::tidied(e->attribute("name"));
        element.file = file.name;
        element.line = e->line;
        graph_->elements.push_back(std::move(element));
        sources_.push_back(e);
        file_of_.push_back(std::size_t(&file - files_.data()));
    }
}

void DmnLoader::link()
{
    for (const auto& file : files_) {
        std::string prefix;
        if (&file != files_.data()) {
            const auto known = files_[0].imports.find(file.space);
            if (known != files_[0].imports.end() && !known->second.empty()) prefix = known->second + ".";
        }
        for (const auto* item : file.definitions->children("itemDefinition")) {
            items_[prefix + feel::tidied(item->attribute("name"))] = item;
            items_.emplace(feel::tidied(item->attribute("name")), item);
        }
        read_elements(file);
    }
    for (const auto& [name, item] : items_) (void)type_named(name);
    for (std::size_t i = 0; i < graph_->elements.size(); ++i)
        link_element(i, *sources_[i], files_[file_of_[i]]);
    refuse_circles();
}

/// Requirements lead one way only (DMN 1.5, 6.2.2): who needs himself, by whatever way, can never be decided.
void DmnLoader::refuse_circles()
{
    enum class Seen { no, open, done };
    std::vector<Seen> seen(graph_->elements.size(), Seen::no);
    const auto visit = [&](const auto& self, std::size_t at) -> void {
        seen[at] = Seen::open;
        for (const auto& need : graph_->elements[at].needs) {
            const auto next = std::size_t(need.element);
            if (seen[next] == Seen::no) self(self, next);
            // A knowledge model may call itself: that is recursion, and bounded when it runs.
            if (seen[next] != Seen::open || next == at) continue;
            file_ = files_[file_of_[at]].name;
            wrong(*sources_[at], "dmn.circle", {{"name", graph_->elements[next].name}});
            graph_->elements[at].broken = true;
        }
        seen[at] = Seen::done;
    };
    for (std::size_t i = 0; i < seen.size(); ++i)
        if (seen[i] == Seen::no) visit(visit, i);
}

int DmnLoader::resolve(const std::string& href, const File& file)
{
    const auto hash = href.find('#');
    std::string space = hash == std::string::npos ? "" : href.substr(0, hash);
    const std::string id = hash == std::string::npos ? href : href.substr(hash + 1);
    if (space.empty()) space = file.space;
    for (std::size_t i = 0; i < graph_->elements.size(); ++i)
        if (graph_->elements[i].space == space && graph_->elements[i].id == id) return int(i);
    return -1;
}

void DmnLoader::add_need(DrgElement& element, const xml::Element& requirement, const File& file)
{
    for (const auto* target : requirement.children()) {
        if (!target->name.starts_with("required")) continue;
        const int index = resolve(target->attribute("href"), file);
        if (index < 0) {
            wrong(*target, "dmn.unresolved", {{"href", target->attribute("href")}});
            continue;
        }
        const auto& needed = graph_->elements[std::size_t(index)];
        std::string prefix;
        if (needed.space != file.space) {
            const auto import = file.imports.find(needed.space);
            if (import != file.imports.end()) prefix = import->second;
        }
        element.needs.push_back({prefix, needed.name, index});
    }
}

void DmnLoader::link_service(DrgElement& element, const xml::Element& e, const File& file)
{
    for (const auto* child : e.children()) {
        const int index = child->attribute("href").empty() ? -1 : resolve(child->attribute("href"), file);
        if (child->attribute("href").empty()) continue;
        if (index < 0)
            wrong(*child, "dmn.unresolved", {{"href", child->attribute("href")}});
        else if (child->name == "outputDecision")
            element.outputs.push_back(index);
        else if (child->name == "inputDecision" || child->name == "inputData")
            element.parameters.push_back(index);
    }
    // Data first, then decisions, as the standard orders the parameters of a service.
    std::stable_sort(element.parameters.begin(), element.parameters.end(), [&](int a, int b) {
        const auto is_data = [&](int i) {
            return graph_->elements[std::size_t(i)].kind == DrgElement::Kind::input;
        };
        return is_data(a) && !is_data(b);
    });
}

void DmnLoader::link_element(std::size_t index, const xml::Element& e, const File& file)
{
    auto& element = graph_->elements[index];
    file_ = file.name;
    failed_ = false;
    if (const auto* variable = e.child("variable"))
        if (const auto type = variable->attribute("typeRef"); !type.empty()) element.type = type_named(type);
    for (const char* kind : {"informationRequirement", "knowledgeRequirement"})
        for (const auto* requirement : e.children(kind)) add_need(element, *requirement, file);
    for (const auto& need : element.needs) {
        const auto& name = need.prefix.empty() ? need.name : need.prefix;
        if (std::find(element.scope.begin(), element.scope.end(), name) == element.scope.end())
            element.scope.push_back(name);
    }
    if (element.kind == DrgElement::Kind::service) link_service(element, e, file);
    if (element.kind == DrgElement::Kind::decision) element.box = compile_body(e, element.scope);
    if (element.kind == DrgElement::Kind::knowledge)
        if (const auto* logic = e.child("encapsulatedLogic")) {
            element.box = std::make_unique<Box>();
            compile_function(*logic, element.scope, *element.box);
        }
    element.broken = failed_;
}

feel::Expression DmnLoader::compile(
    std::string_view text, const xml::Element& at, const Scope& scope, bool tests
)
{
    const feel::Names names{.variables = scope, .members = members_, .types = types_};
    auto compiled = tests ? feel::compile_tests(text, names) : feel::compile(text, names);
    if (compiled) return std::move(compiled).value();
    wrong(at, compiled.problem().code, compiled.problem().words);
    return {};
}

feel::TypePtr DmnLoader::type_named(const std::string& name)
{
    const auto colon = name.find(':');
    const std::string bare = feel::tidied(colon == std::string::npos ? name : name.substr(colon + 1));
    if (const auto known = types_.find(bare); known != types_.end()) return known->second;
    if (const auto item = items_.find(bare); item != items_.end()) {
        types_[bare] = nullptr;  // A type that holds itself: its inner use is any.
        return types_[bare] = read_type(*item->second);
    }
    return feel::builtin_type(bare);
}

feel::TypePtr DmnLoader::read_type(const xml::Element& item)
{
    auto type = std::make_shared<feel::Type>();
    const auto components = item.children("itemComponent");
    const auto reference = child_text(item, "typeRef");
    if (!components.empty()) {
        type->kind = feel::Type::Kind::context;
        for (const auto* component : components)
            type->members.emplace_back(feel::tidied(component->attribute("name")), read_type(*component));
    } else if (const auto* function = item.child("functionItem")) {
        type->kind = feel::Type::Kind::function;
        for (const auto* parameter : function->children("parameters"))
            type->members.emplace_back(parameter->attribute("name"), nullptr);
        type->element = type_named(function->attribute("outputTypeRef"));
    } else if (const auto base = type_named(reference)) {
        *type = *base;
    }
    const bool collection = item.attribute("isCollection") == "true";
    for (const char* bound : {"allowedValues", "typeConstraint"}) {
        const auto* values = item.child(bound);
        if (values == nullptr) continue;
        const auto tests = compile(child_text(*values, "text"), *values, {}, true);
        if (!tests) continue;
        const bool of_list = collection && std::string_view(bound) == "typeConstraint";
        auto& holder = *type;
        if (of_list) continue;
        holder.allowed = [tests, inner = holder.allowed](const feel::Value& v) {
            feel::Evaluation evaluation;
            return (!inner || inner(v)) && evaluation.passes(tests, {}, v);
        };
    }
    if (!collection) return type;
    auto list = std::make_shared<feel::Type>();
    list->kind = feel::Type::Kind::list;
    list->element = type;
    return list;
}

std::unique_ptr<Box> DmnLoader::compile_body(const xml::Element& parent, const Scope& scope)
{
    for (const auto* child : parent.children())
        if (is_expression(child->name) && child->space == parent.space) return compile_box(*child, scope);
    return nullptr;
}

Decisions::Loaded Decisions::load(
    const std::vector<std::pair<std::string, std::string>>& files, Strictness strictness
)
{
    Loaded out;
    DmnLoader loader(strictness == Strictness::lenient);
    std::vector<std::unique_ptr<xml::Element>> documents;
    for (const auto& [name, text] : files) {
        auto document = xml::parse(text);
        if (!document) {
            out.findings.push_back(
                {.severity = Finding::Severity::error,
                 .file = name,
                 .line = 0,
                 .element = {},
                 .problem = document.problem(),
                 .path = {}}
            );
            continue;
        }
        documents.push_back(std::move(document).value());
        loader.add_file(name, *documents.back());
    }
    loader.link();
    out.findings.insert(out.findings.end(), loader.findings().begin(), loader.findings().end());
    auto graph = loader.take();
    for (const auto& element : graph->elements)
        if (element.box && element.box->table && strictness == Strictness::strict && !element.broken)
            check_table(*element.box->table, element.file, out.findings);
    const bool failed = std::any_of(out.findings.begin(), out.findings.end(), [](const Finding& f) {
        return f.severity == Finding::Severity::error;
    });
    if (!failed) out.decisions = std::make_shared<const Decisions>(std::move(graph));
    return out;
}

}  // namespace thien_an::workflow

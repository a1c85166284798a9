#include "engine/workflow/process.h"

#include <algorithm>

#include "engine/workflow/bpmn_reader.h"
#include "engine/workflow/limits.h"

namespace thien_an::workflow {
namespace {

bool has_errors(const std::vector<Finding>& findings)
{
    return std::any_of(findings.begin(), findings.end(), [](const Finding& f) {
        return f.severity == Finding::Severity::error;
    });
}

}  // namespace

Finding unreadable(std::string_view file, const Problem& problem)
{
    int line = 0;
    for (const auto& [name, value] : problem.words)
        if (name == "line") line = std::atoi(value.c_str());
    return {
        .severity = Finding::Severity::error,
        .file = std::string(file),
        .line = line,
        .element = {},
        .problem = problem,
        .path = {}};
}

Process::Process(std::unique_ptr<const Model> model) : model_(std::move(model)) {}
Process::~Process() = default;

namespace {

Process::Loaded loaded(
    const xml::Element& definitions,
    std::string_view file,
    const Vocabulary& vocabulary,
    std::string_view wanted
)
{
    Process::Loaded out;
    BpmnReader reader(file, vocabulary);
    auto model = reader.read(definitions, wanted);
    out.findings = std::move(reader.findings());
    if (!model) return out;
    if (vocabulary.prove) {
        const auto add = [&](std::vector<Finding> found) {
            std::move(found.begin(), found.end(), std::back_inserter(out.findings));
        };
        add(soundness(*model, file));
        add(missing_cases(*model, file));
        add(exceeded_limits(*model, vocabulary.limits, file));
        if (vocabulary.refuse_unproved)
            for (auto& finding : out.findings)
                if (finding.problem.code == "bpmn.soundness_unknown")
                    finding.severity = Finding::Severity::error;
    }
    if (!has_errors(out.findings)) out.process = std::make_shared<const Process>(std::move(model));
    return out;
}

}  // namespace

Process::Loaded Process::load(std::string_view xml, std::string_view file, const Vocabulary& vocabulary)
{
    const auto document = xml::parse(xml);
    if (!document) return {.process = nullptr, .findings = {unreadable(file, document.problem())}};
    return loaded(*document.value(), file, vocabulary, "");
}

std::vector<Process::Loaded> Process::load_all(
    std::string_view xml, std::string_view file, const Vocabulary& vocabulary
)
{
    std::vector<Loaded> out;
    const auto document = xml::parse(xml);
    if (!document) {
        out.push_back({.process = nullptr, .findings = {unreadable(file, document.problem())}});
        return out;
    }
    for (const auto& id : BpmnReader::mains(*document.value()))
        out.push_back(loaded(*document.value(), file, vocabulary, id));
    if (out.empty()) out.push_back(loaded(*document.value(), file, vocabulary, ""));
    return out;
}

const std::string& Process::id() const { return model_->id; }
const std::string& Process::name() const { return model_->name; }

std::vector<OutcomeChoice> Process::outcomes(std::string_view node) const
{
    const int index = model_->index_of(node);
    return index < 0 ? std::vector<OutcomeChoice>{} : model_->node(index).outcomes;
}

Label Process::node_name(std::string_view node) const
{
    const int index = model_->index_of(node);
    if (index < 0) return {};
    const auto& found = model_->node(index);
    return {found.name, found.name_en.empty() ? found.name : found.name_en};
}

Label Process::label(std::string_view node) const
{
    const int index = model_->index_of(node);
    return index < 0 ? Label{} : model_->node(index).label;
}

std::string Process::form(std::string_view node) const
{
    const int index = model_->index_of(node);
    return index < 0 ? "" : model_->node(index).form;
}

std::vector<std::string> Process::user_tasks() const
{
    std::vector<std::string> out;
    for (const auto& node : model_->nodes)
        if (node.kind == NodeKind::user_task) out.push_back(node.id);
    return out;
}

std::string text_of(const Finding& finding)
{
    std::string out = finding.file + ":" + std::to_string(finding.line) + ": ";
    out += finding.severity == Finding::Severity::error ? "error: " : "warning: ";
    if (!finding.element.empty()) out += finding.element + ": ";
    out += finding.problem.code;
    for (const auto& [name, value] : finding.problem.words) out += " " + name + "=" + value;
    if (!finding.path.empty()) {
        out += " path=";
        for (const auto& node : finding.path) out += (out.back() == '=' ? "" : " > ") + node;
    }
    return out;
}

}  // namespace thien_an::workflow

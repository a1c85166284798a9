#include "engine/workflow/interchange.h"

#include <algorithm>
#include <set>

#include "engine/workflow/bpmn_reader.h"

namespace thien_an::workflow {
namespace {

/// All element names of the BPMN 2.0 schema (BPMN20.xsd, Semantic.xsd).
const std::set<std::string_view>& bpmn_names()
{
    static const std::set<std::string_view> names{
        "adHocSubProcess",
        "artifact",
        "assignment",
        "association",
        "auditing",
        "boundaryEvent",
        "businessRuleTask",
        "callActivity",
        "callChoreography",
        "callConversation",
        "callableElement",
        "cancelEventDefinition",
        "catchEvent",
        "category",
        "categoryValue",
        "categoryValueRef",
        "childLaneSet",
        "choreography",
        "choreographyActivity",
        "choreographyRef",
        "choreographyTask",
        "collaboration",
        "compensateEventDefinition",
        "completionCondition",
        "complexBehaviorDefinition",
        "complexGateway",
        "condition",
        "conditionExpression",
        "conditionalEventDefinition",
        "conversation",
        "conversationAssociation",
        "conversationLink",
        "conversationNode",
        "correlationKey",
        "correlationPropertyBinding",
        "correlationProperty",
        "correlationPropertyRef",
        "correlationPropertyRetrievalExpression",
        "correlationSubscription",
        "dataAssociation",
        "dataInput",
        "dataInputAssociation",
        "dataInputRefs",
        "dataObject",
        "dataObjectReference",
        "dataOutput",
        "dataOutputAssociation",
        "dataOutputRefs",
        "dataPath",
        "dataState",
        "dataStore",
        "dataStoreReference",
        "definitions",
        "documentation",
        "endEvent",
        "endPoint",
        "endPointRef",
        "error",
        "errorEventDefinition",
        "errorRef",
        "escalation",
        "escalationEventDefinition",
        "event",
        "eventBasedGateway",
        "eventDefinition",
        "eventDefinitionRef",
        "exclusiveGateway",
        "expression",
        "extension",
        "extensionElements",
        "flowElement",
        "flowNodeRef",
        "formalExpression",
        "from",
        "gateway",
        "globalBusinessRuleTask",
        "globalChoreographyTask",
        "globalConversation",
        "globalManualTask",
        "globalScriptTask",
        "globalTask",
        "globalUserTask",
        "group",
        "humanPerformer",
        "implicitThrowEvent",
        "import",
        "inMessageRef",
        "inclusiveGateway",
        "incoming",
        "innerConversationNodeRef",
        "innerParticipantRef",
        "inputDataItem",
        "inputSet",
        "inputSetRefs",
        "inputSetWithOptional",
        "interface",
        "interfaceRef",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "ioBinding",
        "ioSpecification",
        "itemDefinition",
        "lane",
        "laneSet",
        "linkEventDefinition",
        "loopCardinality",
        "loopCharacteristics",
        "loopCondition",
        "loopDataInputRef",
        "loopDataOutputRef",
        "manualTask",
        "message",
        "messageEventDefinition",
        "messageFlow",
        "messageFlowAssociation",
        "messageFlowRef",
        "messagePath",
        "monitoring",
        "multiInstanceLoopCharacteristics",
        "operation",
        "operationRef",
        "optionalInputRefs",
        "optionalOutputRefs",
        "outMessageRef",
        "outerParticipantRef",
        "outgoing",
        "outputDataItem",
        "outputSet",
        "outputSetRefs",
        "outputSetWithOptional",
        "parallelGateway",
        "participant",
        "participantAssociation",
        "participantMultiplicity",
        "participantRef",
        "partitionElement",
        "partnerEntity",
        "partnerEntityRef",
        "partnerRole",
        "partnerRoleRef",
        "performer",
        "potentialOwner",
        "process",
        "property",
        "receiveTask",
        "relationship",
        "rendering",
        "resource",
        "resourceAssignmentExpression",
        "resourceParameter",
        "resourceParameterBinding",
        "resourceRef",
        "resourceRole",
        "rootElement",
        "script",
        "scriptTask",
        "sendTask",
        "sequenceFlow",
        "serviceTask",
        "signal",
        "signalEventDefinition",
        "source",
        "sourceRef",
        "standardLoopCharacteristics",
        "startEvent",
        "subChoreography",
        "subConversation",
        "subProcess",
        "supportedInterfaceRef",
        "supports",
        "target",
        "targetRef",
        "task",
        "terminateEventDefinition",
        "text",
        "textAnnotation",
        "throwEvent",
        "timeCycle",
        "timeDate",
        "timeDuration",
        "timerEventDefinition",
        "to",
        "transaction",
        "transformation",
        "userTask",
        "whileExecutingInputRefs",
        "whileExecutingOutputRefs"};
    return names;
}

class Checker {
public:
    explicit Checker(std::string_view file) : file_(file) {}

    void check(const xml::Element& root)
    {
        if (root.space != bpmn_space || root.name != "definitions") return wrong(root, "bpmn.no_definitions");
        collect(root);
        look_at(root);
    }
    std::vector<Finding> findings;

private:
    void collect(const xml::Element& e)
    {
        if (const auto id = e.attribute("id");
            !id.empty() && e.space == bpmn_space && !ids_.insert(id).second)
            wrong(e, "bpmn.id_twice", {{"id", id}});
        for (const auto* child : e.children())
            if (e.name != "extensionElements") collect(*child);
    }

    void look_at(const xml::Element& e)
    {
        const bool diagram = e.space.ends_with("/DI") || e.space.ends_with("/DC");
        if (e.space == bpmn_space && !bpmn_names().contains(e.name)) wrong(e, "bpmn.not_bpmn");
        for (const char* attribute : {"sourceRef", "targetRef", "attachedToRef", "bpmnElement", "default"}) {
            if (e.space != bpmn_space && !diagram) continue;
            const auto id = local_name(e.attribute(attribute));
            if (!id.empty() && !ids_.contains(id))
                wrong(e, "bpmn.unresolved", {{"attribute", attribute}, {"id", id}});
        }
        if (e.name == "flowNodeRef" && !ids_.contains(local_name(trimmed(e.text()))))
            wrong(e, "bpmn.unresolved", {{"attribute", e.name}, {"id", trimmed(e.text())}});
        if (e.name == "extensionElements") return;  // Not ours to judge.
        for (const auto* child : e.children()) look_at(*child);
    }

    void wrong(
        const xml::Element& e, std::string code, std::vector<std::pair<std::string, std::string>> words = {}
    )
    {
        words.emplace_back("tag", e.name);
        const auto id = e.attribute("id");
        findings.push_back(
            {.severity = Finding::Severity::error,
             .file = std::string(file_),
             .line = e.line,
             .element = id.empty() ? e.name : id,
             .problem = {.code = std::move(code), .field = "", .law = "", .words = std::move(words)},
             .path = {}}
        );
    }

    std::string_view file_;
    std::set<std::string> ids_;
};

bool is_space(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

/// Child nodes without white space between elements; text alone keeps its own.
std::vector<const xml::Node*> meaning_of(const xml::Element& e)
{
    std::vector<const xml::Node*> out;
    const bool has_elements =
        std::any_of(e.nodes.begin(), e.nodes.end(), [](const xml::Node& n) { return bool(n.element); });
    for (const auto& node : e.nodes)
        if (node.element || !has_elements || !is_space(node.text)) out.push_back(&node);
    return out;
}

std::vector<std::tuple<std::string, std::string, std::string>> sorted_attributes(const xml::Element& e)
{
    std::vector<std::tuple<std::string, std::string, std::string>> out;
    for (const auto& a : e.attributes) out.emplace_back(a.space, a.name, a.value);
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace

BpmnDocument::Read BpmnDocument::read(std::string_view xml, std::string_view file)
{
    Read out;
    auto parsed = xml::parse(xml);
    if (!parsed) {
        out.findings.push_back(unreadable(file, parsed.problem()));
        return out;
    }
    Checker checker(file);
    checker.check(*parsed.value());
    out.findings = std::move(checker.findings);
    if (!out.findings.empty()) return out;
    std::unique_ptr<xml::Element> root = std::move(parsed).value();
    out.document = std::make_unique<BpmnDocument>(std::move(root));
    return out;
}

std::string BpmnDocument::write() const { return xml::text_of(*root_); }

std::string difference(const xml::Element& one, const xml::Element& other)
{
    if (one.space != other.space || one.name != other.name) return one.name + "/" + other.name;
    if (sorted_attributes(one) != sorted_attributes(other)) return one.name + "@";
    const auto mine = meaning_of(one);
    const auto theirs = meaning_of(other);
    if (mine.size() != theirs.size()) return one.name + "#";
    for (std::size_t i = 0; i < mine.size(); ++i) {
        if (bool(mine[i]->element) != bool(theirs[i]->element)) return one.name + "?";
        if (!mine[i]->element) {
            if (mine[i]->text != theirs[i]->text) return one.name + "=";
            continue;
        }
        if (const auto inner = difference(*mine[i]->element, *theirs[i]->element); !inner.empty())
            return one.name + " > " + inner;
    }
    return "";
}

}  // namespace thien_an::workflow

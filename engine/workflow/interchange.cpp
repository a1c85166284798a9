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

namespace {

constexpr std::string_view drawing_space = "http://www.omg.org/spec/BPMN/20100524/DI";

/// Elements people know by themselves: of the file and of its processes, by id.
void gather(const xml::Element& parent, std::vector<const xml::Element*>& out)
{
    for (const auto& child : parent.nodes) {
        if (!child.element || child.element->space != bpmn_space) continue;
        const auto& e = *child.element;
        const bool holds_others = e.name == "process" || e.name == "subProcess" || e.name == "transaction" ||
                                  e.name == "adHocSubProcess" || e.name == "collaboration";
        if (!e.attribute("id").empty() && e.name != "laneSet") out.push_back(&e);
        if (e.name == "laneSet") gather(e, out);
        if (holds_others) gather(e, out);
    }
}

bool is_part(const xml::Element& parent, const xml::Element& child)
{
    std::vector<const xml::Element*> inner;
    gather(parent, inner);
    return std::find(inner.begin(), inner.end(), &child) != inner.end() || child.name == "laneSet";
}

/// Whether an element says something else by itself; what lies in a process or subprocess is compared on its own.
bool says_other(const xml::Element& one, const xml::Element& other)
{
    if (one.name != other.name || sorted_attributes(one) != sorted_attributes(other)) return true;
    const auto own = [](const xml::Element& e) {
        std::vector<const xml::Node*> out;
        for (const auto* part : meaning_of(e))
            if (!part->element || !is_part(e, *part->element)) out.push_back(part);
        return out;
    };
    const auto mine = own(one);
    const auto theirs = own(other);
    if (mine.size() != theirs.size()) return true;
    for (std::size_t i = 0; i < mine.size(); ++i) {
        if (bool(mine[i]->element) != bool(theirs[i]->element)) return true;
        if (!mine[i]->element ? mine[i]->text != theirs[i]->text
                              : !difference(*mine[i]->element, *theirs[i]->element).empty())
            return true;
    }
    return false;
}

bool same_drawing(const xml::Element& one, const xml::Element& other)
{
    const auto drawings = [](const xml::Element& e) {
        std::vector<const xml::Element*> out;
        for (const auto& child : e.nodes)
            if (child.element && child.element->space == drawing_space) out.push_back(child.element.get());
        return out;
    };
    const auto mine = drawings(one);
    const auto theirs = drawings(other);
    return std::equal(
        mine.begin(),
        mine.end(),
        theirs.begin(),
        theirs.end(),
        [](const auto* a, const auto* b) { return difference(*a, *b).empty(); }
    );
}

}  // namespace

DocumentChanges changes(const xml::Element& before, const xml::Element& after)
{
    std::vector<const xml::Element*> old_ones;
    std::vector<const xml::Element*> new_ones;
    gather(before, old_ones);
    gather(after, new_ones);
    const auto with_id = [](const std::vector<const xml::Element*>& list, std::string_view id) {
        const auto found =
            std::find_if(list.begin(), list.end(), [&](const auto* e) { return e->attribute("id") == id; });
        return found == list.end() ? nullptr : *found;
    };
    DocumentChanges out;
    const auto add = [&](ElementChange::What what, const xml::Element& e) {
        out.elements.push_back(
            {what, e.name, std::string(e.attribute("id")), std::string(e.attribute("name"))}
        );
    };
    for (const auto* e : new_ones) {
        const auto* was = with_id(old_ones, e->attribute("id"));
        if (was == nullptr)
            add(ElementChange::What::added, *e);
        else if (says_other(*was, *e))
            add(ElementChange::What::changed, *e);
    }
    for (const auto* e : old_ones)
        if (with_id(new_ones, e->attribute("id")) == nullptr) add(ElementChange::What::removed, *e);
    out.drawing = !same_drawing(before, after);
    return out;
}

}  // namespace thien_an::workflow

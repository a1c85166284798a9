#include "engine/workflow/bpmn_reader.h"

#include <algorithm>
#include <set>

namespace thien_an::workflow {
namespace {

const std::map<std::string, NodeKind, std::less<>>& node_kinds()
{
    static const std::map<std::string, NodeKind, std::less<>> kinds{
        {"startEvent", NodeKind::start},
        {"endEvent", NodeKind::end},
        {"userTask", NodeKind::user_task},
        {"serviceTask", NodeKind::automatic},
        {"sendTask", NodeKind::automatic},
        {"businessRuleTask", NodeKind::automatic},
        {"scriptTask", NodeKind::automatic},
        {"manualTask", NodeKind::automatic},
        {"task", NodeKind::automatic},
        {"receiveTask", NodeKind::receive_task},
        {"exclusiveGateway", NodeKind::exclusive},
        {"parallelGateway", NodeKind::parallel},
        {"inclusiveGateway", NodeKind::inclusive},
        {"eventBasedGateway", NodeKind::event_based},
        {"intermediateCatchEvent", NodeKind::catch_event},
        {"intermediateThrowEvent", NodeKind::throw_event},
        {"boundaryEvent", NodeKind::boundary},
        {"subProcess", NodeKind::subprocess},
    };
    return kinds;
}

/// Elements that say nothing about execution.
const std::set<std::string, std::less<>>& silent_elements()
{
    static const std::set<std::string, std::less<>> names{
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "textAnnotation",
        "association",
        "group",
        "laneSet",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "text",
        "auditing",
        "monitoring"};
    return names;
}

struct AttributeRule {
    std::string_view name;
    std::string_view only;  ///< The one value we execute; empty: any.
};

/// Attributes of flow elements: what stands here is executed, or is harmless with the value given.
constexpr std::array<AttributeRule, 29> attribute_rules{{
    {"id", ""},
    {"name", ""},
    {"isExecutable", ""},
    {"processType", ""},
    {"isClosed", "false"},
    {"startQuantity", "1"},
    {"completionQuantity", "1"},
    {"default", ""},
    {"gatewayDirection", ""},
    {"triggeredByEvent", ""},
    {"cancelActivity", ""},
    {"attachedToRef", ""},
    {"messageRef", ""},
    {"errorRef", ""},
    {"implementation", ""},
    {"isInterrupting", ""},
    {"parallelMultiple", "false"},
    {"instantiate", "false"},
    {"isForCompensation", "false"},
    {"scriptFormat", ""},
    {"eventGatewayType", "Exclusive"},
    {"sourceRef", ""},
    {"targetRef", ""},
    {"isImmediate", ""},
    {"operationRef", ""},
    {"method", ""},
    {"language", ""},
    {"evaluatesToTypeRef", ""},
    {"definitionalCollaborationRef", ""},
}};

}  // namespace

int Model::index_of(std::string_view node_id) const
{
    for (std::size_t i = 0; i < nodes.size(); ++i)
        if (nodes[i].id == node_id) return int(i);
    return -1;
}

void BpmnReader::wrong_at(int line, std::string element, std::string code, Words words)
{
    findings_.push_back(
        {.severity = Finding::Severity::error,
         .file = file_,
         .line = line,
         .element = std::move(element),
         .problem = {.code = std::move(code), .field = "", .law = "", .words = std::move(words)}}
    );
}

void BpmnReader::wrong(const xml::Element& e, std::string code, Words words)
{
    const auto id = e.attribute("id");
    words.emplace_back("tag", e.name);
    wrong_at(e.line, id.empty() ? e.name : id, std::move(code), std::move(words));
}

feel::Expression BpmnReader::compile(std::string_view text, const xml::Element& at)
{
    auto compiled = feel::compile(text, names_);
    if (compiled) return std::move(compiled).value();
    auto words = compiled.problem().words;
    wrong(at, compiled.problem().code, std::move(words));
    return {};
}

void BpmnReader::check_attributes(const xml::Element& e)
{
    for (const auto& a : e.attributes) {
        if (!a.space.empty()) continue;
        const auto rule =
            std::find_if(attribute_rules.begin(), attribute_rules.end(), [&](const AttributeRule& r) {
                return r.name == a.name;
            });
        if (rule == attribute_rules.end()) {
            wrong(e, "bpmn.unknown_attribute", {{"attribute", a.name}});
        } else if (!rule->only.empty() && a.value != rule->only) {
            wrong(e, "bpmn.attribute_not_executed", {{"attribute", a.name}, {"value", a.value}});
        }
    }
    const auto id = e.attribute("id");
    if (!id.empty() && !lines_.emplace(id, e.line).second) wrong(e, "bpmn.id_twice", {{"id", id}});
}

void BpmnReader::check_children(const xml::Element& e)
{
    static const std::set<std::string, std::less<>> known{
        "conditionExpression",
        "timerEventDefinition",
        "messageEventDefinition",
        "errorEventDefinition",
        "terminateEventDefinition",
        "script",
        "signalEventDefinition"};
    for (const auto* child : e.children()) {
        if (child->space != bpmn_space || silent_elements().contains(child->name) ||
            known.contains(child->name))
            continue;
        wrong(*child, "bpmn.not_executed");
    }
}

std::string BpmnReader::resolved(
    const xml::Element& e, std::string_view attribute, const std::map<std::string, std::string>& known
)
{
    auto ref = e.attribute(attribute);
    if (const auto colon = ref.find(':'); colon != std::string::npos) ref = ref.substr(colon + 1);
    const auto found = known.find(ref);
    if (found != known.end()) return found->second;
    wrong(e, "bpmn.unresolved", {{"attribute", std::string(attribute)}, {"id", ref}});
    return "";
}

void BpmnReader::read_root_element(const xml::Element& e)
{
    if (e.space != bpmn_space) return;
    static const std::set<std::string, std::less<>> silent{
        "message",
        "error",
        "process",
        "collaboration",
        "category",
        "itemDefinition",
        "dataStore",
        "documentation",
        "extensionElements",
        "interface",
        "partnerRole",
        "partnerEntity",
        "resource"};
    if (!silent.contains(e.name)) wrong(e, "bpmn.not_executed");
    if (e.name == "message")
        messages_[e.attribute("id")] = e.attribute("name").empty() ? e.attribute("id") : e.attribute("name");
    if (e.name == "error")
        errors_[e.attribute("id")] =
            e.attribute("errorCode").empty() ? e.attribute("id") : e.attribute("errorCode");
}

std::unique_ptr<Model> BpmnReader::read(const xml::Element& definitions)
{
    model_ = std::make_unique<Model>();
    model_->decisions = vocabulary_.decisions;
    if (definitions.space != bpmn_space || definitions.name != "definitions") {
        wrong(definitions, "bpmn.no_definitions");
        return nullptr;
    }
    for (const auto* e : definitions.children()) read_root_element(*e);
    const xml::Element* process = nullptr;
    for (const auto* e : definitions.children("process")) {
        if (e->space != bpmn_space || e->attribute("isExecutable") == "false") continue;
        if (process != nullptr) wrong(*e, "bpmn.second_process");
        if (process == nullptr) process = e;
    }
    if (process == nullptr) {
        wrong(definitions, "bpmn.no_process");
        return nullptr;
    }
    if (const auto* collaboration = definitions.child("collaboration"))
        for (const auto* pool : collaboration->children("participant"))
            if (pool->attribute("processRef") == process->attribute("id"))
                model_->pool = pool->attribute("id");
    read_process(*process);
    read_diagram(definitions);
    const bool failed = std::any_of(findings_.begin(), findings_.end(), [](const Finding& f) {
        return f.severity == Finding::Severity::error;
    });
    return failed ? nullptr : std::move(model_);
}

void BpmnReader::read_process(const xml::Element& process)
{
    check_attributes(process);
    model_->id = process.attribute("id");
    model_->name = process.attribute("name");
    model_->name_en = english_name(process);
    model_->scopes.push_back({});
    read_process_extensions(process);
    model_->host_names = vocabulary_.names;
    names_.variables = vocabulary_.names;
    names_.variables.insert(names_.variables.end(), engine_names.begin(), engine_names.end());
    names_.variables.insert(names_.variables.end(), model_->variables.begin(), model_->variables.end());
    names_.members = vocabulary_.members;
    model_->names = names_.variables;
    for (const auto* lanes : process.children("laneSet")) read_lanes(*lanes);
    read_flow_elements(process, 0);
    link();
}

void BpmnReader::read_lanes(const xml::Element& lane_set)
{
    for (const auto* lane : lane_set.children("lane")) {
        LaneModel into{
            .id = lane->attribute("id"),
            .name = lane->attribute("name"),
            .name_en = english_name(*lane),
            .nodes = {}};
        std::vector<std::string> refs;
        for (const auto* ref : lane->children("flowNodeRef")) refs.push_back(trimmed(ref->text()));
        lane_nodes_.emplace_back(into.id, std::move(refs));
        read_lane_extensions(*lane, into);
        model_->lanes.push_back(std::move(into));
        if (const auto* inner = lane->child("childLaneSet")) read_lanes(*inner);
    }
}

void BpmnReader::read_flow_elements(const xml::Element& container, int scope)
{
    for (const auto* e : container.children()) {
        if (e->space != bpmn_space || silent_elements().contains(e->name)) continue;
        const auto kind = node_kinds().find(e->name);
        if (e->name == "sequenceFlow") {
            read_flow(*e, scope);
        } else if (kind != node_kinds().end()) {
            read_node(*e, scope, kind->second);
        } else {
            wrong(*e, "bpmn.not_executed");
        }
    }
}

void BpmnReader::read_node(const xml::Element& e, int scope, NodeKind kind)
{
    check_attributes(e);
    NodeModel node;
    node.id = e.attribute("id");
    node.name = e.attribute("name");
    node.name_en = english_name(e);
    node.tag = e.name;
    node.line = e.line;
    node.kind = kind;
    node.scope = scope;
    if (node.id.empty()) wrong(e, "bpmn.no_id");
    const auto index = int(model_->nodes.size());
    if (kind == NodeKind::subprocess) {
        if (e.attribute("triggeredByEvent") == "true") node.kind = NodeKind::event_subprocess;
        node.inner = int(model_->scopes.size());
        model_->scopes.push_back(
            {.node = index, .parent = scope, .starts = {}, .event_subprocesses = {}, .nodes = {}}
        );
    } else {
        check_children(e);
    }
    if (const auto flow = e.attribute("default"); !flow.empty()) pending_defaults_[index] = flow;
    if (kind == NodeKind::boundary) pending_attached_[index] = e.attribute("attachedToRef");
    read_event(e, node);
    read_task(e, node);
    model_->nodes.push_back({});
    auto& in_scope = model_->scopes[std::size_t(scope)];
    in_scope.nodes.push_back(index);
    if (node.kind == NodeKind::start) in_scope.starts.push_back(index);
    if (node.kind == NodeKind::event_subprocess) in_scope.event_subprocesses.push_back(index);
    read_extensions(e, node);
    const int inner = node.inner;
    model_->nodes[std::size_t(index)] = std::move(node);
    if (inner >= 0) read_flow_elements(e, inner);
}

void BpmnReader::read_task(const xml::Element& e, NodeModel& node)
{
    if (e.name == "receiveTask") node.message = resolved(e, "messageRef", messages_);
    if (e.name != "scriptTask") return;
    const auto* script = e.child("script");
    if (script == nullptr) {
        wrong(e, "bpmn.no_script");
        return;
    }
    node.script = compile(script->text(), *script);
}

void BpmnReader::read_event(const xml::Element& e, NodeModel& node)
{
    if (e.name == "boundaryEvent") node.interrupting = e.attribute("cancelActivity") != "false";
    if (e.name == "startEvent") node.interrupting = e.attribute("isInterrupting") != "false";
    int definitions = 0;
    for (const auto* child : e.children()) {
        if (child->space != bpmn_space || !child->name.ends_with("EventDefinition")) continue;
        if (++definitions > 1) wrong(*child, "bpmn.several_events");
        read_event_definition(*child, node);
    }
    const bool needs_one = e.name == "boundaryEvent" || e.name == "intermediateCatchEvent";
    if (needs_one && definitions == 0) wrong(e, "bpmn.no_event_definition");
}

void BpmnReader::read_event_definition(const xml::Element& definition, NodeModel& node)
{
    const bool catching = node.kind != NodeKind::end && node.kind != NodeKind::throw_event;
    if (definition.name == "messageEventDefinition") {
        node.event = EventKind::message;
        // A thrown message is its action; what is caught needs a name to correlate with.
        if (catching || !definition.attribute("messageRef").empty())
            node.message = resolved(definition, "messageRef", messages_);
    } else if (definition.name == "timerEventDefinition" && catching) {
        node.event = EventKind::timer;
        read_timer(definition, node);
    } else if (definition.name == "errorEventDefinition" && (node.kind == NodeKind::end || node.kind == NodeKind::boundary || node.kind == NodeKind::start)) {
        node.event = EventKind::error;
        if (!definition.attribute("errorRef").empty()) node.error = resolved(definition, "errorRef", errors_);
        if (node.kind == NodeKind::end && node.error.empty()) wrong(definition, "bpmn.no_error");
    } else if (definition.name == "terminateEventDefinition" && node.kind == NodeKind::end) {
        node.event = EventKind::terminate;
    } else {
        wrong(definition, "bpmn.not_executed");
    }
}

void BpmnReader::read_timer(const xml::Element& definition, NodeModel& node)
{
    const auto children = definition.children();
    const xml::Element* one = nullptr;
    for (const auto* child : children) {
        if (child->space != bpmn_space || child->name == "documentation" ||
            child->name == "extensionElements")
            continue;
        if (one != nullptr) wrong(*child, "bpmn.several_timers");
        one = child;
    }
    node.timer = TimerSpec{};
    if (one == nullptr) {
        wrong(definition, "bpmn.no_timer");
        return;
    }
    read_timer_text(*one, node);
}

void BpmnReader::read_timer_text(const xml::Element& e, NodeModel& node)
{
    std::string text = trimmed(e.text());
    if (e.name == "timeCycle") {
        node.timer->repeats = -1;
        const auto slash = text.find('/');
        if (!text.starts_with("R") || slash == std::string::npos) {
            wrong(e, "bpmn.bad_timer", {{"text", text}});
            return;
        }
        if (slash > 1) node.timer->repeats = std::atoi(text.c_str() + 1);
        text = text.substr(slash + 1);
    } else if (e.name != "timeDate" && e.name != "timeDuration") {
        wrong(e, "bpmn.not_executed");
        return;
    }
    if (const auto budget = parse_budget(text)) {
        // "P1D" is a calendar budget of ours and a duration of ISO 8601: as a timer it is the latter.
        if (budget.value().unit != Unit::calendar_days) {
            node.timer->budget = budget.value();
            return;
        }
    }
    const bool literal = !feel::from_json(json::object{{"@", text}}).null();
    node.timer->when = compile(literal ? "@\"" + text + "\"" : text, e);
}

void BpmnReader::read_flow(const xml::Element& e, int scope)
{
    (void)scope;
    check_attributes(e);
    check_children(e);
    FlowModel flow{
        .id = e.attribute("id"),
        .name = e.attribute("name"),
        .name_en = english_name(e),
        .line = e.line,
        .source = -1,
        .target = -1,
        .condition = {}};
    if (const auto* condition = e.child("conditionExpression"))
        flow.condition = compile(condition->text(), *condition);
    pending_flows_.push_back({e.attribute("sourceRef"), e.attribute("targetRef")});
    model_->flows.push_back(std::move(flow));
}

}  // namespace thien_an::workflow

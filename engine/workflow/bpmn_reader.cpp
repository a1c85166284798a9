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
        {"transaction", NodeKind::subprocess},
        {"adHocSubProcess", NodeKind::ad_hoc},
        {"callActivity", NodeKind::call},
        {"globalTask", NodeKind::automatic},
        {"globalManualTask", NodeKind::automatic},
        {"globalScriptTask", NodeKind::automatic},
        {"globalBusinessRuleTask", NodeKind::automatic},
        {"globalUserTask", NodeKind::user_task},
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
        "property",
        "ioSpecification",
        "dataInput",
        "dataOutput",
        "inputSet",
        "outputSet",
        "resourceRole",
        "performer",
        "potentialOwner",
        "humanPerformer",
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
constexpr AttributeRule attribute_rules[] = {
    {"id", ""},
    {"name", ""},
    {"isExecutable", ""},
    {"processType", ""},
    {"isClosed", "false"},
    {"startQuantity", ""},
    {"completionQuantity", ""},
    {"default", ""},
    {"gatewayDirection", ""},
    {"triggeredByEvent", ""},
    {"cancelActivity", ""},
    {"attachedToRef", ""},
    {"messageRef", ""},
    {"errorRef", ""},
    {"implementation", ""},
    {"isInterrupting", ""},
    {"parallelMultiple", ""},
    {"instantiate", ""},
    {"isForCompensation", ""},
    {"calledElement", ""},
    {"ordering", ""},
    {"cancelRemainingInstances", ""},
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
};

}  // namespace

std::string local_name(std::string_view reference)
{
    const auto colon = reference.find(':');
    return std::string(colon == std::string_view::npos ? reference : reference.substr(colon + 1));
}

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

feel::Expression BpmnReader::compile(std::string_view written, const xml::Element& at)
{
    const auto text = vocabulary_.translate ? vocabulary_.translate(trimmed(written)) : std::string(written);
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
            std::find_if(std::begin(attribute_rules), std::end(attribute_rules), [&](const AttributeRule& r) {
                return r.name == a.name;
            });
        if (rule == std::end(attribute_rules)) {
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
        "script",
        "eventDefinitionRef",
        "standardLoopCharacteristics",
        "multiInstanceLoopCharacteristics"};
    for (const auto* child : e.children()) {
        if (child->space != bpmn_space || silent_elements().contains(child->name) ||
            known.contains(child->name) || child->name.ends_with("EventDefinition"))
            continue;
        // A data association alone draws what is used; one that computes is not executed.
        if ((child->name == "dataInputAssociation" || child->name == "dataOutputAssociation") &&
            child->child("assignment") == nullptr && child->child("transformation") == nullptr)
            continue;
        wrong(*child, "bpmn.not_executed");
    }
}

std::string BpmnReader::resolved(
    const xml::Element& e, std::string_view attribute, const std::map<std::string, std::string>& known
)
{
    const auto ref = local_name(e.attribute(attribute));
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
        "signal",
        "escalation",
        "process",
        "collaboration",
        "category",
        "itemDefinition",
        "dataStore",
        "documentation",
        "extensionElements",
        "interface",
        "endPoint",
        "partnerRole",
        "partnerEntity",
        "resource",
        "correlationProperty"};
    const auto id = e.attribute("id");
    const auto or_id = [&](std::string_view attribute) {
        const auto value = e.attribute(attribute);
        return value.empty() ? id : value;
    };
    const bool callable = e.name == "process" || e.name.starts_with("global");
    if (callable) callable_[id] = &e;
    if (e.name.ends_with("EventDefinition")) definitions_[id] = &e;
    if (e.name == "message") messages_[id] = or_id("name");
    if (e.name == "signal") signals_[id] = or_id("name");
    if (e.name == "error") errors_[id] = or_id("errorCode");
    if (e.name == "escalation") escalations_[id] = or_id("escalationCode");
    for (const char* code : {"errorCode", "escalationCode"})
        if (!e.attribute(code).empty()) has_code_.insert(e.attribute(code));
    if (!silent.contains(e.name) && !callable && !definitions_.contains(id)) wrong(e, "bpmn.not_executed");
}

std::vector<std::string> BpmnReader::mains(const xml::Element& definitions)
{
    std::set<std::string> called;
    const auto note = [&](const auto& self, const xml::Element& e) -> void {
        if (e.name == "callActivity") called.insert(local_name(e.attribute("calledElement")));
        for (const auto* child : e.children()) self(self, *child);
    };
    note(note, definitions);
    std::vector<std::string> out;
    for (const auto* e : definitions.children("process"))
        if (e->space == bpmn_space && e->attribute("isExecutable") != "false" &&
            !called.contains(e->attribute("id")))
            out.push_back(e->attribute("id"));
    return out;
}

std::unique_ptr<Model> BpmnReader::read(const xml::Element& definitions, std::string_view wanted)
{
    model_ = std::make_unique<Model>();
    model_->decisions = vocabulary_.decisions;
    if (definitions.space != bpmn_space || definitions.name != "definitions") {
        wrong(definitions, "bpmn.no_definitions");
        return nullptr;
    }
    for (const auto* e : definitions.children()) read_root_element(*e);
    const auto ids = mains(definitions);
    if (wanted.empty() && ids.size() > 1) wrong(*callable_.at(ids[1]), "bpmn.second_process");
    const auto id = wanted.empty() && !ids.empty() ? ids.front() : std::string(wanted);
    const auto found = callable_.find(id);
    if (found == callable_.end() || found->second->name != "process") {
        wrong(definitions, "bpmn.no_process");
        return nullptr;
    }
    const auto& process = *found->second;
    if (const auto* collaboration = definitions.child("collaboration"))
        for (const auto* pool : collaboration->children("participant"))
            if (local_name(pool->attribute("processRef")) == id) model_->pool = pool->attribute("id");
    read_names(definitions, process);
    read_process(process);
    link();
    check_constraints(definitions);
    lists_flows_ = std::any_of(read_nodes_.begin(), read_nodes_.end(), [](const auto& read) {
        return read.first->child("incoming") != nullptr || read.first->child("outgoing") != nullptr;
    });
    for (const auto& [e, node] : read_nodes_) check_listed_flows(*e, model_->node(node));
    read_diagram(definitions);
    const bool failed = std::any_of(findings_.begin(), findings_.end(), [](const Finding& f) {
        return f.severity == Finding::Severity::error;
    });
    return failed ? nullptr : std::move(model_);
}

/// Every name an expression may use, before the first is compiled.
void BpmnReader::read_names(const xml::Element& definitions, const xml::Element& process)
{
    model_->scopes.push_back({});
    model_->variables = vocabulary_.variables;
    read_process_extensions(process);
    model_->host_names = vocabulary_.names;
    std::set<std::string> locals(loop_names.begin(), loop_names.end());
    const auto note = [&](const auto& self, const xml::Element& e) -> void {
        const bool item = e.space == bpmn_space && e.name == "inputDataItem";
        if (item) locals.insert(e.attribute("name").empty() ? e.attribute("id") : e.attribute("name"));
        if (e.space == extension_space && e.name == "each") locals.insert(e.attribute("as"));
        if (e.space == extension_space && e.name == "variable") locals.insert(e.attribute("name"));
        for (const auto* child : e.children()) self(self, *child);
    };
    note(note, definitions);
    for (const auto* property : process.children("property"))
        if (const auto name = property->attribute("name"); !name.empty() && !locals.contains(name))
            model_->variables.push_back(name);
    for (const auto& name : model_->variables) locals.erase(name);
    locals.erase("");
    model_->locals.assign(locals.begin(), locals.end());
    names_.variables = vocabulary_.names;
    names_.variables.insert(names_.variables.end(), engine_names.begin(), engine_names.end());
    names_.variables.insert(names_.variables.end(), model_->variables.begin(), model_->variables.end());
    names_.variables.insert(names_.variables.end(), model_->locals.begin(), model_->locals.end());
    names_.members = vocabulary_.members;
    model_->names = names_.variables;
}

void BpmnReader::read_process(const xml::Element& process)
{
    check_attributes(process);
    model_->id = process.attribute("id");
    model_->name = process.attribute("name");
    model_->name_en = english_name(process);
    for (const auto* lanes : process.children("laneSet")) read_lanes(*lanes);
    read_flow_elements(process, 0);
}

/// A process or global task of this file that a call activity runs, as a scope of its own.
void BpmnReader::read_called(const std::string& id)
{
    if (called_.contains(id)) return;
    const auto& e = *callable_.at(id);
    const auto scope = int(model_->scopes.size());
    called_[id] = scope;
    model_->scopes.push_back(
        {.node = -1, .parent = -1, .process = id, .starts = {}, .event_subprocesses = {}, .nodes = {}}
    );
    if (e.name == "process") {
        check_attributes(e);
        read_flow_elements(e, scope);
    } else {
        read_node(e, scope, node_kinds().find(e.name)->second);
    }
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
        if (e->space == bpmn_space && e->name == "association")
            associations_.emplace_back(
                local_name(e->attribute("sourceRef")), local_name(e->attribute("targetRef"))
            );
        if (e->space != bpmn_space || silent_elements().contains(e->name)) continue;
        const auto kind = node_kinds().find(e->name);
        if (e->name == "sequenceFlow") {
            read_flow(*e, scope);
        } else if (kind != node_kinds().end()) {
            read_node(*e, scope, kind->second);
        } else if (!e->name.ends_with("LoopCharacteristics") && e->name != "completionCondition" && e->name != "dataInputAssociation" && e->name != "dataOutputAssociation") {
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
    const bool has_inner = kind == NodeKind::subprocess || kind == NodeKind::ad_hoc;
    if (has_inner) {
        read_subprocess(e, node);
        node.inner = int(model_->scopes.size());
        model_->scopes.push_back(
            {.node = index,
             .parent = scope,
             .process = {},
             .starts = {},
             .event_subprocesses = {},
             .nodes = {}}
        );
    } else {
        check_children(e);
    }
    if (const auto flow = e.attribute("default"); !flow.empty()) pending_defaults_[index] = flow;
    if (kind == NodeKind::boundary) pending_attached_[index] = e.attribute("attachedToRef");
    node.start_quantity = quantity(e, "startQuantity");
    node.completion_quantity = quantity(e, "completionQuantity");
    node.compensates = e.attribute("isForCompensation") == "true";
    read_event(e, node);
    read_task(e, node);
    read_loop(e, node);
    model_->nodes.push_back({});
    read_nodes_.emplace_back(&e, index);
    auto& in_scope = model_->scopes[std::size_t(scope)];
    in_scope.nodes.push_back(index);
    if (node.kind == NodeKind::start || node.instantiates) in_scope.starts.push_back(index);
    if (node.kind == NodeKind::event_subprocess) in_scope.event_subprocesses.push_back(index);
    read_extensions(e, node);
    if (kind == NodeKind::call) read_call(e, node);
    const int inner = node.inner;
    model_->nodes[std::size_t(index)] = std::move(node);
    if (has_inner) read_flow_elements(e, inner);
}

int BpmnReader::quantity(const xml::Element& e, std::string_view attribute)
{
    const auto text = e.attribute(attribute);
    if (text.empty()) return 1;
    const int value = std::atoi(text.c_str());
    if (value < 1 || value > 1000 || std::to_string(value) != text)
        wrong(e, "bpmn.bad_quantity", {{"attribute", std::string(attribute)}, {"value", text}});
    return std::max(value, 1);
}

void BpmnReader::read_subprocess(const xml::Element& e, NodeModel& node)
{
    if (e.attribute("triggeredByEvent") == "true") node.kind = NodeKind::event_subprocess;
    node.transaction = e.name == "transaction";
    if (node.kind != NodeKind::ad_hoc) return;
    node.one_at_a_time = e.attribute("ordering") == "Sequential";
    node.stops_rest = e.attribute("cancelRemainingInstances") != "false";
    if (const auto* condition = e.child("completionCondition"))
        node.completion = compile(condition->text(), *condition);
}

void BpmnReader::read_task(const xml::Element& e, NodeModel& node)
{
    if (e.name == "receiveTask") {
        node.events.push_back({.kind = EventKind::message, .name = resolved(e, "messageRef", messages_)});
        node.instantiates = e.attribute("instantiate") == "true";
    }
    // Without an action a send task sends its message to whoever waits for it here.
    if (e.name == "sendTask" && !e.attribute("messageRef").empty())
        node.events.push_back({.kind = EventKind::message, .name = resolved(e, "messageRef", messages_)});
    if (e.name == "scriptTask" || e.name == "globalScriptTask") read_script(e, node);
}

void BpmnReader::read_script(const xml::Element& e, NodeModel& node)
{
    const auto* script = e.child("script");
    if (script == nullptr) {
        wrong(e, "bpmn.no_script");
        return;
    }
    if (const auto word = trimmed(script->text()); vocabulary_.script_words.contains(word)) {
        node.action = ActionSpec{.name = word, .outbox = vocabulary_.script_words.at(word)};
        for (const auto& variable : vocabulary_.variables) node.action->out.push_back({variable, variable});
        return;
    }
    node.script = compile(script->text(), *script);
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

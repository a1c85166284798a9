#include <algorithm>
#include <set>

#include "engine/workflow/bpmn_reader.h"

// Rules of the standard about elements we do not execute ourselves (BPMN 2.0.2): a file that breaks them says two things at
// once, and nobody can know which one its author meant.
namespace thien_an::workflow {
namespace {

std::vector<const xml::Element*> bpmn_children(const xml::Element& e, std::string_view name)
{
    auto out = e.children(name);
    std::erase_if(out, [](const xml::Element* one) { return one->space != bpmn_space; });
    return out;
}

bool is_event_definition(const xml::Element& e)
{
    return e.space == bpmn_space && e.name.ends_with("EventDefinition");
}

}  // namespace

void BpmnReader::check_constraints(const xml::Element& definitions)
{
    for (const auto* e : definitions.children())
        if (e->space == bpmn_space && e->name == "itemDefinition") items_[e->attribute("id")] = e;
    read_data_items(definitions);
    for (const auto* e : definitions.children()) {
        if (e->space != bpmn_space) continue;
        if (e->name == "message" || e->name == "signal") {
            const auto item = e->attribute(e->name == "message" ? "itemRef" : "structureRef");
            carried_[e->attribute("id")] = local_name(item);
        }
        if (e->name == "interface") read_operations(*e);
    }
    if (const auto* collaboration = definitions.child("collaboration"))
        check_collaboration(definitions, *collaboration);
    for (const auto* e : definitions.children())
        if (e->space == bpmn_space && (e->name == "process" || e->name.starts_with("global"))) check_tree(*e);
}

void BpmnReader::read_operations(const xml::Element& interface)
{
    for (const auto* operation : bpmn_children(interface, "operation")) {
        const auto message = [&](const char* name) {
            const auto* ref = operation->child(name);
            return ref == nullptr ? std::string() : local_name(trimmed(ref->text()));
        };
        operations_[operation->attribute("id")] = {message("inMessageRef"), message("outMessageRef")};
    }
}

/// The element and all below it.
void BpmnReader::check_tree(const xml::Element& e)
{
    if (e.space != bpmn_space) return;
    if (e.name == "process" && e.attribute("isExecutable") == "true" &&
        e.attribute("processType") == "Public")
        wrong(
            e, "bpmn.public_not_executable"
        );  // 10.1: a public process shows what others see, it is not run.
    if (const auto format = e.attribute("textFormat");
        !format.empty() && format.find('/') == std::string::npos)
        wrong(e, "bpmn.bad_mime_type", {{"text", format}});  // 8.4.1
    if (e.name == "sequenceFlow" && e.attribute("isImmediate") == "false")
        wrong(
            e, "bpmn.attribute_not_executed", {{"attribute", "isImmediate"}, {"value", "false"}}
        );  // 8.4.13
    if (e.name == "subProcess" || e.name == "transaction" || e.name == "adHocSubProcess")
        if (e.child("ioSpecification") != nullptr) wrong(e, "bpmn.subprocess_data");  // 10.4.1
    check_resources(e);
    check_data(e);
    for (const auto* child : e.children()) check_tree(*child);
}

/// A role is given by name with bindings, or by one expression (10.3.1 and 8.4.12).
void BpmnReader::check_resources(const xml::Element& e)
{
    static const std::set<std::string, std::less<>> roles{
        "resourceRole", "performer", "humanPerformer", "potentialOwner"};
    if (!roles.contains(e.name)) return;
    const bool by_name = e.child("resourceRef") != nullptr;
    const bool by_expression = e.child("resourceAssignmentExpression") != nullptr;
    const bool bound = e.child("resourceParameterBinding") != nullptr;
    if ((by_name && by_expression) || (bound && !by_name)) wrong(e, "bpmn.resource_twice");
}

/// Whether two item definitions say the same: one and the same, or of the same structure.
bool BpmnReader::same_item(const std::string& one, const std::string& other) const
{
    if (one == other) return true;
    const auto structure = [&](const std::string& id) {
        const auto found = items_.find(id);
        return found == items_.end() ? std::string() : found->second->attribute("structureRef");
    };
    return !structure(one).empty() && structure(one) == structure(other);
}

void BpmnReader::check_data(const xml::Element& e)
{
    static const std::set<std::string, std::less<>> data{
        "dataInput", "dataOutput", "dataObject", "dataStore"};
    if (data.contains(e.name)) {  // Table 10.52
        const auto item = items_.find(local_name(e.attribute("itemSubjectRef")));
        const auto own = e.attribute("isCollection");
        if (item != items_.end() && !own.empty()) {
            const auto other = item->second->attribute("isCollection");
            if (own != (other.empty() ? "false" : other)) wrong(e, "bpmn.collection_differs");
        }
    }
    if (e.name == "serviceTask" || e.name == "sendTask" || e.name == "receiveTask") check_message_data(e);
    if (e.name == "dataInputAssociation" || e.name == "dataOutputAssociation") check_association(e);
    if (e.name == "callActivity") check_call_data(e);
    if (e.name.ends_with("Event")) check_event_data(e);
}

/// 10.4.2: what is copied without a transformation is of one item.
void BpmnReader::check_association(const xml::Element& association)
{
    if (association.child("transformation") != nullptr || association.child("assignment") != nullptr) return;
    const auto item = [&](const char* end) {
        const auto* ref = association.child(end);
        const auto found =
            ref == nullptr ? data_items_.end() : data_items_.find(local_name(trimmed(ref->text())));
        return found == data_items_.end() ? std::string() : found->second;
    };
    const auto source = item("sourceRef");
    const auto target = item("targetRef");
    if (!source.empty() && !target.empty() && !same_item(source, target))
        wrong(association, "bpmn.data_differs");
}

/// The item of each piece of data, by its id; a reference has that of what it refers to.
void BpmnReader::read_data_items(const xml::Element& e)
{
    if (const auto item = local_name(e.attribute("itemSubjectRef")); !item.empty())
        data_items_[e.attribute("id")] = item;
    for (const auto* child : e.children()) read_data_items(*child);
    for (const auto* reference : e.children("dataObjectReference"))
        if (const auto found = data_items_.find(local_name(reference->attribute("dataObjectRef")));
            found != data_items_.end())
            data_items_[reference->attribute("id")] = found->second;
}

/// Tables 10.8 to 10.10: one set of data, of the items the messages carry.
void BpmnReader::check_message_data(const xml::Element& task)
{
    const auto* io = task.child("ioSpecification");
    const auto operation = operations_.find(local_name(task.attribute("operationRef")));
    const bool service = task.name == "serviceTask";
    if (io == nullptr) {
        if (service && operation != operations_.end()) wrong(task, "bpmn.data_differs");
        return;
    }
    const auto message = local_name(task.attribute("messageRef"));
    const auto in = service ? (operation == operations_.end() ? "" : operation->second.first) : message;
    const auto out = service ? (operation == operations_.end() ? "" : operation->second.second) : message;
    const auto fits = [&](const char* element, const char* set, const std::string& carried_by) {
        const auto found = bpmn_children(*io, element);
        if (carried_by.empty()) return true;  // No message says what it should be.
        const auto carried = carried_.find(carried_by);
        if (found.size() != 1 || bpmn_children(*io, set).size() != 1) return false;
        return carried == carried_.end() ||
               same_item(local_name(found[0]->attribute("itemSubjectRef")), carried->second);
    };
    const bool inputs = task.name == "receiveTask" || fits("dataInput", "inputSet", in);
    const bool outputs = task.name == "sendTask" || fits("dataOutput", "outputSet", out);
    if (!inputs || !outputs) wrong(task, "bpmn.data_differs");
}

/// Table 10.23: a call activity has the data of what it calls.
void BpmnReader::check_call_data(const xml::Element& call)
{
    const auto called = callable_.find(local_name(call.attribute("calledElement")));
    if (called == callable_.end()) return;
    const auto* own = call.child("ioSpecification");
    const auto* other = called->second->child("ioSpecification");
    if (own == nullptr && other == nullptr) return;
    for (const char* element : {"dataInput", "dataOutput"}) {
        const auto list = [&](const xml::Element* io) {
            return io == nullptr ? std::vector<const xml::Element*>{} : bpmn_children(*io, element);
        };
        const auto mine = list(own);
        const auto theirs = list(other);
        bool same = mine.size() == theirs.size();
        for (std::size_t i = 0; same && i < mine.size(); ++i)
            same = same_item(
                local_name(mine[i]->attribute("itemSubjectRef")),
                local_name(theirs[i]->attribute("itemSubjectRef"))
            );
        if (!same) return wrong(call, "bpmn.data_differs");
    }
}

/// 10.5.1: an event with data has one for each definition, of the item it carries.
void BpmnReader::check_event_data(const xml::Element& event)
{
    std::vector<const xml::Element*> definitions;
    for (const auto* child : event.children())
        if (is_event_definition(*child)) definitions.push_back(child);
    const bool throwing = event.name == "endEvent" || event.name == "intermediateThrowEvent";
    const auto data = bpmn_children(event, throwing ? "dataInput" : "dataOutput");
    if (data.empty()) {
        // A message with an item brings it somewhere: to data of the event, or to an operation.
        for (const auto* definition : definitions)
            if (definition->name == "messageEventDefinition" &&
                definition->child("operationRef") == nullptr &&
                !carried_[local_name(definition->attribute("messageRef"))].empty())
                wrong(event, "bpmn.data_differs");
        return;
    }
    if (data.size() != definitions.size() && !definitions.empty()) return wrong(event, "bpmn.data_differs");
    for (std::size_t i = 0; i < definitions.size(); ++i) {
        const auto ref = definitions[i]->name == "messageEventDefinition" ? "messageRef" : "signalRef";
        const auto carried = carried_.find(local_name(definitions[i]->attribute(ref)));
        if (carried == carried_.end() || carried->second.empty()) continue;
        if (!same_item(local_name(data[i]->attribute("itemSubjectRef")), carried->second))
            return wrong(event, "bpmn.data_differs");
    }
}

namespace {

/// What message flows may begin and end at (8.3.2, 9.4 and 10.5).
struct FlowEnd {
    const xml::Element* element = nullptr;
    std::string pool;  ///< Id of the process it lies in, or of the participant it is.
};

void collect_ends(const xml::Element& e, const std::string& process, std::map<std::string, FlowEnd>& into)
{
    into[e.attribute("id")] = {&e, process};
    for (const auto* child : e.children())
        if (child->space == bpmn_space) collect_ends(*child, process, into);
}

bool has_message(const xml::Element& e)
{
    const auto all = e.children();
    return std::any_of(all.begin(), all.end(), [](const xml::Element* child) {
        return child->name == "messageEventDefinition" || child->name == "eventDefinitionRef";
    });
}

bool may_send(const xml::Element& e)
{
    if (e.name.ends_with("Gateway") || e.name == "receiveTask") return false;
    if (e.name == "startEvent" || e.name == "boundaryEvent" || e.name == "intermediateCatchEvent")
        return false;
    return (e.name != "endEvent" && e.name != "intermediateThrowEvent") || has_message(e);
}

bool may_receive(const xml::Element& e)
{
    if (e.name.ends_with("Gateway") || e.name == "sendTask") return false;
    if (e.name == "endEvent" || e.name == "intermediateThrowEvent") return false;
    const bool catches =
        e.name == "startEvent" || e.name == "boundaryEvent" || e.name == "intermediateCatchEvent";
    return !catches || has_message(e);
}

}  // namespace

void BpmnReader::check_collaboration(const xml::Element& definitions, const xml::Element& collaboration)
{
    std::map<std::string, FlowEnd> ends;
    for (const auto* process : bpmn_children(definitions, "process"))
        collect_ends(*process, process->attribute("id"), ends);
    for (const auto* pool : bpmn_children(collaboration, "participant")) {
        const auto process = local_name(pool->attribute("processRef"));
        ends[pool->attribute("id")] = {pool, process.empty() ? pool->attribute("id") : process};
    }
    for (const auto* flow : bpmn_children(collaboration, "messageFlow")) {
        const auto source = ends.find(local_name(flow->attribute("sourceRef")));
        const auto target = ends.find(local_name(flow->attribute("targetRef")));
        if (source == ends.end() || target == ends.end())
            continue;  // Another kind of end: not ours to judge.
        const bool same = source->second.pool == target->second.pool;
        if (same || !may_send(*source->second.element) || !may_receive(*target->second.element))
            wrong(*flow, "bpmn.message_flow_ends");
    }
}

/// `incoming`, `outgoing` and gatewayDirection must say what the sequence flows say (8.4.13, 10.6).
void BpmnReader::check_listed_flows(const xml::Element& e, const NodeModel& node)
{
    const auto check = [&](const char* name, std::span<const int> flows) {
        for (const auto* listed : bpmn_children(e, name)) {
            const auto id = local_name(trimmed(listed->text()));
            const bool there =
                std::any_of(flows.begin(), flows.end(), [&](int f) { return model_->flow(f).id == id; });
            if (!there) wrong(*listed, "bpmn.unresolved", {{"attribute", name}, {"id", id}});
        }
        // Who lists some lists all.
        if (bpmn_children(e, name).empty() && !flows.empty() && lists_flows_ && !model_->flow(flows[0]).link)
            wrong(e, "bpmn.unresolved", {{"attribute", name}, {"id", model_->flow(flows[0]).id}});
    };
    check("incoming", model_->ins(node));
    check("outgoing", model_->outs(node));
    const auto direction = e.attribute("gatewayDirection");
    const bool joins = node.ins > 1;
    const bool splits = node.outs > 1;
    const bool fits = direction == "Converging"  ? joins && !splits
                      : direction == "Diverging" ? splits && !joins
                      : direction == "Mixed"     ? joins && splits
                                                 : true;
    if (!fits) wrong(e, "bpmn.gateway_direction", {{"direction", direction}});
}

}  // namespace thien_an::workflow

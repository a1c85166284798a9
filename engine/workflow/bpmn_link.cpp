#include <algorithm>

#include "engine/workflow/bpmn_reader.h"

// References between elements, index ranges, the diagram, and the standard's static rules.
namespace thien_an::workflow {

std::string trimmed(std::string_view text)
{
    const auto from = text.find_first_not_of(" \t\r\n");
    if (from == std::string_view::npos) return "";
    return std::string(text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1));
}

std::set<int> reachable_flows(const Model& model, int node, int stop)
{
    std::set<int> flows;
    std::set<int> nodes{node};
    std::vector<int> open{node};
    while (!open.empty()) {
        const auto& at = model.node(open.back());
        open.pop_back();
        std::vector<int> outs(model.outs(at).begin(), model.outs(at).end());
        for (const int b : at.boundaries)
            outs.insert(outs.end(), model.outs(model.node(b)).begin(), model.outs(model.node(b)).end());
        for (const int f : outs) {
            flows.insert(f);
            const int target = model.flow(f).target;
            if (target != stop && nodes.insert(target).second) open.push_back(target);
        }
    }
    return flows;
}

void BpmnReader::link()
{
    link_flows();
    link_boundaries();
    for (std::size_t i = 0; i < lane_nodes_.size(); ++i)
        for (const auto& id : lane_nodes_[i].second) {
            const int node = model_->index_of(id);
            if (node < 0) {
                wrong_at(
                    lines_[lane_nodes_[i].first],
                    lane_nodes_[i].first,
                    "bpmn.unresolved",
                    {{"attribute", "flowNodeRef"}, {"id", id}}
                );
                continue;
            }
            model_->lanes[i].nodes.push_back(node);
            auto& task = model_->nodes[std::size_t(node)];
            const auto candidates = lane_candidates_.find(lane_nodes_[i].first);
            if (task.kind == NodeKind::user_task && !task.candidates && candidates != lane_candidates_.end())
                task.candidates = candidates->second;
        }
    for (const auto& [line, ids] : pending_tasks_)
        for (const auto& id : ids) {
            const int node = model_->index_of(id);
            if (node < 0 || model_->node(node).kind != NodeKind::user_task)
                wrong_at(line, id, "bpmn.no_such_task", {{"id", id}});
        }
    check_structure();
}

void BpmnReader::link_flows()
{
    auto& m = *model_;
    for (std::size_t i = 0; i < m.flows.size(); ++i) {
        auto& flow = m.flows[i];
        flow.source = m.index_of(pending_flows_[i].source);
        flow.target = m.index_of(pending_flows_[i].target);
        for (const auto& [end, id, attribute] :
             {std::tuple(flow.source, pending_flows_[i].source, "sourceRef"),
              std::tuple(flow.target, pending_flows_[i].target, "targetRef")})
            if (end < 0)
                wrong_at(
                    flow.line,
                    flow.id,
                    "bpmn.unresolved",
                    {{"attribute", attribute}, {"id", id}, {"tag", "sequenceFlow"}}
                );
        if (flow.source < 0 || flow.target < 0) continue;
        if (m.node(flow.source).scope != m.node(flow.target).scope)
            wrong_at(flow.line, flow.id, "bpmn.flow_crosses_scope", {{"tag", "sequenceFlow"}});
    }
    for (std::size_t n = 0; n < m.nodes.size(); ++n) {
        auto& node = m.nodes[n];
        node.first_in = int(m.incoming.size());
        node.first_out = int(m.outgoing.size());
        for (std::size_t i = 0; i < m.flows.size(); ++i) {
            if (m.flows[i].target == int(n)) m.incoming.push_back(int(i));
            if (m.flows[i].source == int(n)) m.outgoing.push_back(int(i));
        }
        node.ins = int(m.incoming.size()) - node.first_in;
        node.outs = int(m.outgoing.size()) - node.first_out;
    }
    for (const auto& [index, id] : pending_defaults_) {
        auto& node = m.nodes[std::size_t(index)];
        for (const int flow : m.outs(node))
            if (m.flow(flow).id == id) node.default_flow = flow;
        if (node.default_flow < 0)
            wrong_at(
                node.line,
                node.id,
                "bpmn.unresolved",
                {{"attribute", "default"}, {"id", id}, {"tag", node.tag}}
            );
    }
}

void BpmnReader::link_boundaries()
{
    auto& m = *model_;
    for (const auto& [index, id] : pending_attached_) {
        auto& node = m.nodes[std::size_t(index)];
        node.attached_to = m.index_of(id);
        const bool fits = node.attached_to >= 0 && m.node(node.attached_to).scope == node.scope &&
                          (m.node(node.attached_to).kind == NodeKind::user_task ||
                           m.node(node.attached_to).kind == NodeKind::automatic ||
                           m.node(node.attached_to).kind == NodeKind::receive_task ||
                           m.node(node.attached_to).kind == NodeKind::subprocess);
        if (fits)
            m.nodes[std::size_t(node.attached_to)].boundaries.push_back(index);
        else
            wrong_at(
                node.line,
                node.id,
                "bpmn.unresolved",
                {{"attribute", "attachedToRef"}, {"id", id}, {"tag", node.tag}}
            );
    }
}

void BpmnReader::check_node(const NodeModel& node)
{
    const auto say = [&](const char* code) { wrong_at(node.line, node.id, code, {{"tag", node.tag}}); };
    const bool in_event_subprocess =
        model_->scope(node.scope).node >= 0 &&
        model_->node(model_->scope(node.scope).node).kind == NodeKind::event_subprocess;
    if (node.kind == NodeKind::start) {
        if (node.ins > 0) say("bpmn.start_has_incoming");
        if (in_event_subprocess && node.event == EventKind::none) say("bpmn.event_subprocess_needs_event");
        if (!in_event_subprocess && model_->scope(node.scope).node >= 0 && node.event != EventKind::none)
            say("bpmn.subprocess_start_none");
        if (!in_event_subprocess && node.event == EventKind::error) say("bpmn.not_executed");
    }
    if (node.kind == NodeKind::end && node.outs > 0) say("bpmn.end_has_outgoing");
    if (node.kind == NodeKind::boundary && node.ins > 0) say("bpmn.boundary_has_incoming");
    if (node.kind == NodeKind::boundary && node.outs == 0) say("bpmn.boundary_without_outgoing");
    if (node.kind == NodeKind::boundary && node.event == EventKind::error && !node.interrupting)
        say("bpmn.error_must_interrupt");
    if (node.kind == NodeKind::event_subprocess && (node.ins > 0 || node.outs > 0))
        say("bpmn.event_subprocess_has_flow");
    const bool entered_by_flow = node.kind != NodeKind::start && node.kind != NodeKind::boundary &&
                                 node.kind != NodeKind::event_subprocess;
    if (entered_by_flow && node.ins == 0) say("bpmn.never_entered");
    if (node.kind == NodeKind::event_based)
        for (const int f : model_->outs(node)) {
            const auto& target = model_->node(model_->flow(f).target);
            const bool waits = target.kind == NodeKind::catch_event || target.kind == NodeKind::receive_task;
            if (!waits || target.ins > 1 || model_->flow(f).condition) say("bpmn.event_gateway_target");
        }
    if (node.event == EventKind::message &&
        (node.kind == NodeKind::throw_event || node.kind == NodeKind::end) && !node.action)
        say("bpmn.unbound_action");
    const bool bound = node.tag != "serviceTask" && node.tag != "sendTask";
    if (!bound && !node.action) say("bpmn.unbound_action");
    if (node.tag == "businessRuleTask" && node.decision.empty()) say("bpmn.unbound_decision");
    if (node.kind == NodeKind::user_task && !node.candidates && !vocabulary_.any_action)
        say("bpmn.no_candidates");
}

void BpmnReader::check_structure()
{
    const auto& m = *model_;
    for (const auto& node : m.nodes) check_node(node);
    for (const auto& scope : m.scopes) {
        const std::string id = scope.node < 0 ? m.id : m.node(scope.node).id;
        const int line = scope.node < 0 ? lines_[m.id] : m.node(scope.node).line;
        if (scope.starts.empty()) wrong_at(line, id, "bpmn.no_start");
        const auto none = std::count_if(scope.starts.begin(), scope.starts.end(), [&](int s) {
            return m.node(s).event == EventKind::none;
        });
        const bool event_subprocess =
            scope.node >= 0 && m.node(scope.node).kind == NodeKind::event_subprocess;
        if (none > 1 || (event_subprocess && scope.starts.size() > 1))
            wrong_at(line, id, "bpmn.several_starts");
        if (scope.node >= 0 && !event_subprocess && none != 1)
            wrong_at(line, id, "bpmn.subprocess_start_none");
    }
    for (std::size_t i = 0; i < m.flows.size(); ++i) {
        const auto& flow = m.flows[i];
        if (flow.source < 0 || !flow.condition) continue;
        const auto& source = m.node(flow.source);
        const bool may = source.kind != NodeKind::start && source.kind != NodeKind::parallel &&
                         source.kind != NodeKind::event_based && source.kind != NodeKind::boundary &&
                         source.kind != NodeKind::catch_event;
        if (!may) wrong_at(flow.line, flow.id, "bpmn.condition_not_allowed", {{"tag", source.tag}});
        if (source.default_flow == int(i)) wrong_at(flow.line, flow.id, "bpmn.default_with_condition");
    }
    for (const auto& node : m.nodes) {
        const bool chooses = node.kind == NodeKind::exclusive || node.kind == NodeKind::inclusive;
        if (!chooses || node.outs < 2) continue;
        for (const int f : m.outs(node))
            if (!m.flow(f).condition && node.default_flow != f)
                wrong_at(m.flow(f).line, m.flow(f).id, "bpmn.no_condition", {{"gateway", node.id}});
    }
}

void BpmnReader::read_diagram(const xml::Element& definitions)
{
    const auto number = [](const xml::Element& e, const char* name) {
        return std::atof(e.attribute(name).c_str());
    };
    for (const auto* diagram : definitions.children("BPMNDiagram"))
        for (const auto* plane : diagram->children("BPMNPlane")) {
            for (const auto* shape : plane->children("BPMNShape"))
                if (const auto* b = shape->child("Bounds"))
                    model_->diagram.shapes[shape->attribute("bpmnElement")] = {
                        number(*b, "x"), number(*b, "y"), number(*b, "width"), number(*b, "height")};
            for (const auto* edge : plane->children("BPMNEdge")) {
                auto& points = model_->diagram.edges[edge->attribute("bpmnElement")];
                for (const auto* p : edge->children("waypoint"))
                    points.emplace_back(number(*p, "x"), number(*p, "y"));
            }
        }
}

}  // namespace thien_an::workflow

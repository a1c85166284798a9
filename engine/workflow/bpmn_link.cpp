#include <algorithm>
#include <unordered_map>

#include "engine/workflow/bpmn_reader.h"

// References between elements, index ranges, the diagram.
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
    link_links();
    range_flows();
    link_boundaries();
    link_compensation();
    link_lanes();
    for (const auto& [line, ids] : pending_tasks_)
        for (const auto& id : ids) {
            const int node = model_->index_of(id);
            if (node < 0 || model_->node(node).kind != NodeKind::user_task)
                wrong_at(line, id, "bpmn.no_such_task", {{"id", id}});
        }
    check_structure();
}

void BpmnReader::link_lanes()
{
    for (std::size_t i = 0; i < lane_nodes_.size(); ++i)
        for (const auto& id : lane_nodes_[i].second) {
            const int node = model_->index_of(id);
            if (node < 0) {
                if (lines_.contains(id)) continue;  // A data object, say.
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
}

void BpmnReader::link_flows()
{
    auto& m = *model_;
    std::unordered_map<std::string, int> index;
    for (std::size_t i = 0; i < m.nodes.size(); ++i) index.emplace(m.nodes[i].id, int(i));
    const auto at = [&](const std::string& id) {
        const auto found = index.find(id);
        return found == index.end() ? -1 : found->second;
    };
    for (std::size_t i = 0; i < m.flows.size(); ++i) {
        auto& flow = m.flows[i];
        flow.source = at(pending_flows_[i].source);
        flow.target = at(pending_flows_[i].target);
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
}

/// A throwing link leads to the catching one of its name, as a flow that is not drawn.
void BpmnReader::link_links()
{
    auto& m = *model_;
    std::map<std::pair<int, std::string>, int> targets;
    std::set<int> reached;
    const auto each = [&](NodeKind kind, const auto& take) {
        for (std::size_t i = 0; i < m.nodes.size(); ++i)
            if (m.nodes[i].kind == kind && m.nodes[i].event() == EventKind::link)
                take(int(i), m.nodes[i], std::pair(m.nodes[i].scope, m.nodes[i].events.front().name));
    };
    each(NodeKind::catch_event, [&](int i, const NodeModel& node, const std::pair<int, std::string>& key) {
        if (!targets.emplace(key, i).second)
            wrong_at(node.line, node.id, "bpmn.link_target_twice", {{"name", key.second}});
    });
    each(NodeKind::throw_event, [&](int i, const NodeModel& node, const std::pair<int, std::string>& key) {
        const auto target = targets.find(key);
        if (target == targets.end())
            return wrong_at(node.line, node.id, "bpmn.link_without_target", {{"name", key.second}});
        reached.insert(target->second);
        FlowModel flow{
            .id = "link:" + node.id, .link = true, .line = node.line, .source = i, .target = target->second};
        m.flows.push_back(std::move(flow));
    });
    for (const auto& [key, i] : targets)
        if (!reached.contains(i))
            wrong_at(m.node(i).line, m.node(i).id, "bpmn.link_without_source", {{"name", key.second}});
}

/// Gives every node its ranges of incoming and outgoing flows.
void BpmnReader::range_flows()
{
    auto& m = *model_;
    std::vector<std::vector<int>> ins(m.nodes.size());
    std::vector<std::vector<int>> outs(m.nodes.size());
    for (std::size_t i = 0; i < m.flows.size(); ++i) {
        if (m.flows[i].target >= 0) ins[std::size_t(m.flows[i].target)].push_back(int(i));
        if (m.flows[i].source >= 0) outs[std::size_t(m.flows[i].source)].push_back(int(i));
    }
    for (std::size_t n = 0; n < m.nodes.size(); ++n) {
        auto& node = m.nodes[n];
        node.first_in = int(m.incoming.size());
        node.first_out = int(m.outgoing.size());
        node.ins = int(ins[n].size());
        node.outs = int(outs[n].size());
        m.incoming.insert(m.incoming.end(), ins[n].begin(), ins[n].end());
        m.outgoing.insert(m.outgoing.end(), outs[n].begin(), outs[n].end());
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
        node.attached_to = m.index_of(local_name(id));
        const bool fits = node.attached_to >= 0 && m.node(node.attached_to).scope == node.scope &&
                          m.node(node.attached_to).is_activity();
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

/// Associations lead from a compensation boundary event to what compensates; a thrown one may name what it undoes.
void BpmnReader::link_compensation()
{
    auto& m = *model_;
    for (auto& node : m.nodes) {
        if (node.kind == NodeKind::boundary && node.event() == EventKind::compensation &&
            node.attached_to >= 0) {
            int handler = -1;
            for (const auto& [source, target] : associations_)
                if (source == node.id) handler = m.index_of(target);
            if (handler < 0 || !m.node(handler).compensates || m.node(handler).scope != node.scope)
                wrong_at(node.line, node.id, "bpmn.compensation_without_handler", {{"tag", node.tag}});
            else
                m.nodes[std::size_t(node.attached_to)].handler = handler;
        }
        for (auto& event : node.events) {
            if (event.kind != EventKind::compensation || event.activity.empty()) continue;
            event.compensates = m.index_of(event.activity);
            if (event.compensates < 0 || !m.node(event.compensates).is_activity())
                wrong_at(
                    node.line,
                    node.id,
                    "bpmn.unresolved",
                    {{"attribute", "activityRef"}, {"id", event.activity}}
                );
        }
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

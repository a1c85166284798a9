#include <algorithm>

#include "engine/workflow/bpmn_reader.h"

// The standard's static rules, of what the schema does not say.
namespace thien_an::workflow {

void BpmnReader::check_structure()
{
    for (const auto& node : model_->nodes) check_node(node);
    for (std::size_t i = 0; i < model_->scopes.size(); ++i) check_scope(int(i));
    check_conditions();
}

void BpmnReader::check_node(const NodeModel& node)
{
    const auto say = [&](const char* code) { wrong_at(node.line, node.id, code, {{"tag", node.tag}}); };
    const auto& scope = model_->scope(node.scope);
    const int host = scope.node;
    const bool ad_hoc = host >= 0 && model_->node(host).kind == NodeKind::ad_hoc;
    if (node.loop && node.loop->multi && !node.loop->items && !node.loop->cardinality)
        say("bpmn.loop_without_end");
    if (node.kind == NodeKind::start) check_start(node);
    if (node.kind == NodeKind::boundary) check_boundary(node);
    if (node.kind == NodeKind::end && node.outs > 0) say("bpmn.end_has_outgoing");
    if (ad_hoc && (node.kind == NodeKind::start || node.kind == NodeKind::end)) say("bpmn.ad_hoc_event");
    if (node.kind == NodeKind::event_subprocess && (node.ins > 0 || node.outs > 0))
        say("bpmn.event_subprocess_has_flow");
    if (node.compensates && (node.ins > 0 || node.outs > 0 || !node.boundaries.empty()))
        say("bpmn.compensation_has_flow");
    const bool entered_by_flow = node.kind != NodeKind::start && node.kind != NodeKind::boundary &&
                                 node.kind != NodeKind::event_subprocess && !node.compensates &&
                                 !node.instantiates && !ad_hoc && !scope.starts.empty();
    const bool between =
        (node.kind == NodeKind::catch_event || node.kind == NodeKind::throw_event) && !ad_hoc;
    if ((entered_by_flow || between) && node.ins == 0) say("bpmn.never_entered");
    if (node.instantiates && node.ins > 0) say("bpmn.start_has_incoming");
    const bool link = node.event() == EventKind::link;
    if (link && node.events.size() > 1) say("bpmn.several_events");
    // A link's own flow is the one we made.
    if (link && node.kind == NodeKind::throw_event && node.outs > 1) say("bpmn.link_has_outgoing");
    if (link && node.kind == NodeKind::catch_event)
        for (const int f : model_->ins(node))
            if (!model_->flow(f).link) say("bpmn.link_has_incoming");
    if (node.kind == NodeKind::catch_event && !link && node.outs == 0) say("bpmn.catch_without_outgoing");
    if (node.kind == NodeKind::event_based) check_event_gateway(node);
    check_binding(node);
}

void BpmnReader::check_start(const NodeModel& node)
{
    const auto say = [&](const char* code) { wrong_at(node.line, node.id, code, {{"tag", node.tag}}); };
    const int host = model_->scope(node.scope).node;
    const bool in_event_subprocess = host >= 0 && model_->node(host).kind == NodeKind::event_subprocess;
    if (node.ins > 0) say("bpmn.start_has_incoming");
    if (node.outs == 0) say("bpmn.start_without_outgoing");
    if (in_event_subprocess) {
        if (node.events.empty()) say("bpmn.event_subprocess_needs_event");
        for (const auto& event : node.events)
            if ((event.kind == EventKind::error || event.kind == EventKind::compensation) &&
                !node.interrupting)
                say("bpmn.error_must_interrupt");
        return;
    }
    if (host >= 0 && !node.events.empty()) say("bpmn.subprocess_start_none");
    for (const auto& event : node.events)
        if (comes_from_within(event.kind) || event.kind == EventKind::conditional || node.all_events)
            say("bpmn.not_executed");
}

void BpmnReader::check_boundary(const NodeModel& node)
{
    const auto say = [&](const char* code) { wrong_at(node.line, node.id, code, {{"tag", node.tag}}); };
    if (node.ins > 0) say("bpmn.boundary_has_incoming");
    const bool undoes = node.event() == EventKind::compensation;
    if (undoes && node.outs > 0) say("bpmn.compensation_has_flow");
    if (!undoes && node.outs == 0) say("bpmn.boundary_without_outgoing");
    for (const auto& event : node.events) {
        const bool must = event.kind == EventKind::error || event.kind == EventKind::cancel || undoes;
        if (must && !node.interrupting) say("bpmn.error_must_interrupt");
        const bool transaction = node.attached_to >= 0 && model_->node(node.attached_to).transaction;
        if (event.kind == EventKind::cancel && !transaction) say("bpmn.cancel_outside_transaction");
        if (undoes && node.events.size() > 1) say("bpmn.several_events");
    }
}

void BpmnReader::check_event_gateway(const NodeModel& node)
{
    const auto say = [&](const char* code) { wrong_at(node.line, node.id, code, {{"tag", node.tag}}); };
    bool messages = false;
    bool receives = false;
    if (node.outs < 2) say("bpmn.event_gateway_target");
    for (const int f : model_->outs(node)) {
        const auto& target = model_->node(model_->flow(f).target);
        const bool event = target.kind == NodeKind::catch_event && target.events.size() == 1 &&
                           target.event() != EventKind::link;
        const bool receive = target.kind == NodeKind::receive_task && target.boundaries.empty();
        if ((!event && !receive) || target.ins > 1 || model_->flow(f).condition)
            say("bpmn.event_gateway_target");
        receives = receives || receive;
        messages = messages || (event && target.event() == EventKind::message);
    }
    if (messages && receives) say("bpmn.event_gateway_target");
}

void BpmnReader::check_binding(const NodeModel& node)
{
    const auto say = [&](const char* code) { wrong_at(node.line, node.id, code, {{"tag", node.tag}}); };
    const bool throwing = node.kind == NodeKind::throw_event || node.kind == NodeKind::end;
    for (const auto& event : node.events)
        if (throwing && event.kind == EventKind::message && event.name.empty() && !node.action)
            say("bpmn.unbound_action");
    const bool sends = node.tag == "sendTask" && !node.events.empty();
    const bool needs_action = node.tag == "serviceTask" || (node.tag == "sendTask" && !sends);
    if (needs_action && !node.action && !vocabulary_.unbound) say("bpmn.unbound_action");
    if ((node.tag == "businessRuleTask" || node.tag == "globalBusinessRuleTask") && node.decision.empty() &&
        !vocabulary_.unbound)
        say("bpmn.unbound_decision");
    if (node.kind == NodeKind::user_task && !node.candidates && !vocabulary_.any_action)
        say("bpmn.no_candidates");
    if (node.kind != NodeKind::end || node.event() != EventKind::cancel) return;
    for (int scope = node.scope; scope >= 0; scope = model_->scope(scope).parent) {
        const int host = model_->scope(scope).node;
        if (host >= 0 && model_->node(host).transaction) return;
    }
    say("bpmn.cancel_outside_transaction");
}

void BpmnReader::check_scope(int index)
{
    const auto& m = *model_;
    const auto& scope = m.scope(index);
    const std::string id =
        scope.node < 0 ? (scope.process.empty() ? m.id : scope.process) : m.node(scope.node).id;
    const int line = scope.node < 0 ? lines_[id] : m.node(scope.node).line;
    const auto say = [&](const char* code) { wrong_at(line, id, code); };
    if (scope.node >= 0 && m.node(scope.node).kind == NodeKind::ad_hoc) {
        if (scope.nodes.empty()) say("bpmn.no_start");
        return;
    }
    const auto none = std::count_if(scope.starts.begin(), scope.starts.end(), [&](int s) {
        return m.node(s).kind == NodeKind::start && m.node(s).events.empty();
    });
    const bool event_subprocess = scope.node >= 0 && m.node(scope.node).kind == NodeKind::event_subprocess;
    const bool global = !scope.process.empty() && scope.nodes.size() == 1;
    if (none > 1 || (event_subprocess && scope.starts.size() > 1)) say("bpmn.several_starts");
    if (scope.node >= 0 && !event_subprocess && !scope.starts.empty() && none != 1)
        say("bpmn.subprocess_start_none");
    if (!scope.process.empty() && !global && none != 1) say("bpmn.subprocess_start_none");
    // 10.5.2: who shows where it begins shows where it ends.
    const bool begins = std::any_of(scope.starts.begin(), scope.starts.end(), [&](int s) {
        return m.node(s).kind == NodeKind::start;
    });
    const bool ends = std::any_of(scope.nodes.begin(), scope.nodes.end(), [&](int n) {
        return m.node(n).kind == NodeKind::end;
    });
    if (begins && !ends) say("bpmn.no_end");
    if (!scope.starts.empty() || global) return;
    // Without a start event every activity nothing leads to begins.
    const bool begins_somewhere = std::any_of(scope.nodes.begin(), scope.nodes.end(), [&](int n) {
        return m.node(n).is_activity() && m.node(n).ins == 0 && !m.node(n).compensates;
    });
    if (event_subprocess || !begins_somewhere) say("bpmn.no_start");
}

void BpmnReader::check_conditions()
{
    const auto& m = *model_;
    for (std::size_t i = 0; i < m.flows.size(); ++i) {
        const auto& flow = m.flows[i];
        if (flow.source < 0 || !flow.condition) continue;
        const auto& source = m.node(flow.source);
        const bool may = source.kind != NodeKind::start && source.kind != NodeKind::parallel &&
                         source.kind != NodeKind::event_based && source.kind != NodeKind::boundary &&
                         source.kind != NodeKind::catch_event;
        if (!may) wrong_at(flow.line, flow.id, "bpmn.condition_not_allowed", {{"tag", source.tag}});
        if (source.default_flow == int(i)) wrong_at(flow.line, flow.id, "bpmn.default_with_condition");
        if (source.is_activity() && source.outs == 1)
            wrong_at(flow.line, flow.id, "bpmn.condition_alone", {{"tag", source.tag}});
    }
    for (const auto& node : m.nodes) {
        const bool chooses = node.kind == NodeKind::exclusive || node.kind == NodeKind::inclusive;
        if (!chooses || node.outs < 2) continue;
        for (const int f : m.outs(node))
            if (!m.flow(f).condition && node.default_flow != f)
                wrong_at(m.flow(f).line, m.flow(f).id, "bpmn.no_condition", {{"gateway", node.id}});
    }
}

}  // namespace thien_an::workflow

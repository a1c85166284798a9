#include <algorithm>

#include "engine/workflow/bpmn_reader.h"

// Event definitions: what is waited for, and what is thrown (BPMN 2.0.2, 10.5).
namespace thien_an::workflow {
namespace {

const std::map<std::string, EventKind, std::less<>>& event_kinds()
{
    static const std::map<std::string, EventKind, std::less<>> kinds{
        {"messageEventDefinition", EventKind::message},
        {"timerEventDefinition", EventKind::timer},
        {"signalEventDefinition", EventKind::signal},
        {"conditionalEventDefinition", EventKind::conditional},
        {"linkEventDefinition", EventKind::link},
        {"errorEventDefinition", EventKind::error},
        {"escalationEventDefinition", EventKind::escalation},
        {"cancelEventDefinition", EventKind::cancel},
        {"compensateEventDefinition", EventKind::compensation},
        {"terminateEventDefinition", EventKind::terminate},
    };
    return kinds;
}

}  // namespace

void BpmnReader::read_event(const xml::Element& e, NodeModel& node)
{
    if (e.name == "boundaryEvent") node.interrupting = e.attribute("cancelActivity") != "false";
    if (e.name == "startEvent") node.interrupting = e.attribute("isInterrupting") != "false";
    node.all_events = e.attribute("parallelMultiple") == "true";
    if (!e.name.ends_with("Event")) return;
    for (const auto* child : e.children()) {
        if (child->space != bpmn_space) continue;
        const xml::Element* definition = nullptr;
        if (child->name == "eventDefinitionRef") {
            const auto found = definitions_.find(local_name(trimmed(child->text())));
            if (found == definitions_.end())
                wrong(
                    *child, "bpmn.unresolved", {{"attribute", child->name}, {"id", trimmed(child->text())}}
                );
            else
                definition = found->second;
        } else if (child->name.ends_with("EventDefinition")) {
            definition = child;
        }
        if (definition != nullptr) node.events.push_back(event_definition(*definition, node));
    }
    const bool needs_one = e.name == "boundaryEvent" || e.name == "intermediateCatchEvent";
    if (needs_one && node.events.empty()) wrong(e, "bpmn.no_event_definition");
}

/// Where the standard allows an event (table 10.93).
bool BpmnReader::may_have(const NodeModel& node, EventKind kind) const
{
    const bool start = node.kind == NodeKind::start;
    const bool end = node.kind == NodeKind::end;
    const bool catching = node.kind == NodeKind::catch_event;
    const bool throwing = node.kind == NodeKind::throw_event;
    const bool boundary = node.kind == NodeKind::boundary;
    switch (kind) {
    case EventKind::message:
    case EventKind::signal: return true;
    case EventKind::timer:
    case EventKind::conditional: return start || catching || boundary;
    case EventKind::link: return catching || throwing;
    case EventKind::error: return start || boundary || end;
    case EventKind::escalation:
    case EventKind::compensation: return start || boundary || throwing || end;
    case EventKind::cancel: return boundary || end;
    case EventKind::terminate: return end;
    case EventKind::none: break;
    }
    return false;
}

EventSpec BpmnReader::event_definition(const xml::Element& definition, const NodeModel& node)
{
    EventSpec event;
    const auto kind = event_kinds().find(definition.name);
    if (kind == event_kinds().end() || !may_have(node, kind->second)) {
        wrong(definition, "bpmn.not_executed");
        return event;
    }
    event.kind = kind->second;
    const bool throwing = node.kind == NodeKind::end || node.kind == NodeKind::throw_event;
    const auto named = [&](const char* attribute, const std::map<std::string, std::string>& known, bool needed
                       ) {
        if (needed || !definition.attribute(attribute).empty())
            event.name = resolved(definition, attribute, known);
    };
    switch (event.kind) {
    // A thrown message may be its action's; what is caught needs a name to correlate with.
    case EventKind::message: named("messageRef", messages_, !throwing); break;
    case EventKind::signal: named("signalRef", signals_, true); break;
    case EventKind::error:
        named("errorRef", errors_, false);
        if (throwing && !has_code_.contains(event.name)) wrong(definition, "bpmn.no_error");
        break;
    case EventKind::escalation:
        named("escalationRef", escalations_, false);
        if (throwing && !has_code_.contains(event.name)) wrong(definition, "bpmn.no_escalation");
        break;
    case EventKind::timer: read_timer(definition, event); break;
    case EventKind::conditional:
        if (const auto* condition = definition.child("condition"))
            event.condition = compile(condition->text(), *condition);
        else
            wrong(definition, "bpmn.no_event_condition");
        break;
    case EventKind::link:
        event.name = definition.attribute("name");
        if (event.name.empty()) wrong(definition, "bpmn.link_without_name");
        break;
    case EventKind::compensation:
        event.activity = local_name(definition.attribute("activityRef"));
        event.waits = definition.attribute("waitForCompletion") != "false";
        break;
    default: break;
    }
    return event;
}

void BpmnReader::read_timer(const xml::Element& definition, EventSpec& event)
{
    const xml::Element* one = nullptr;
    for (const auto* child : definition.children()) {
        if (child->space != bpmn_space || child->name == "documentation" ||
            child->name == "extensionElements")
            continue;
        if (one != nullptr) wrong(*child, "bpmn.several_timers");
        one = child;
    }
    event.timer = TimerSpec{};
    if (one == nullptr) {
        wrong(definition, "bpmn.no_timer");
        return;
    }
    read_timer_text(*one, event);
}

void BpmnReader::read_timer_text(const xml::Element& e, EventSpec& event)
{
    std::string text = trimmed(e.text());
    const auto whole = text;
    // Without a type it is a note in some language (8.4.6); what runs is formal.
    if (!e.attribute_in("http://www.w3.org/2001/XMLSchema-instance", "type")
             .value_or("")
             .ends_with("tFormalExpression"))
        wrong(e, "bpmn.informal_expression", {{"text", text}});
    if (e.name == "timeCycle") {
        event.timer->repeats = -1;
        const auto slash = text.find('/');
        const bool digits = std::all_of(
            text.begin() + 1,
            text.begin() + std::ptrdiff_t(std::min(slash, text.size())),
            [](char c) { return c >= '0' && c <= '9'; }
        );
        if (!text.starts_with("R") || slash == std::string::npos || !digits) {
            wrong(e, "bpmn.bad_timer", {{"text", text}});
            return;
        }
        if (slash > 1) event.timer->repeats = std::atoi(text.c_str() + 1);
        text = text.substr(slash + 1);
    } else if (e.name != "timeDate" && e.name != "timeDuration") {
        wrong(e, "bpmn.not_executed");
        return;
    }
    if (const auto budget = parse_budget(text)) {
        // "P1D" is a calendar budget of ours and a duration of ISO 8601: as a timer it is the latter.
        if (budget.value().unit != Unit::calendar_days) {
            event.timer->budget = budget.value();
            return;
        }
    }
    const auto value = feel::from_json(json::object{{"@", text}});
    const bool literal = !value.null();
    const bool duration = value.day_duration() != nullptr || value.month_duration() != nullptr;
    if (literal && duration != (e.name != "timeDate")) wrong(e, "bpmn.bad_timer", {{"text", whole}});
    event.timer->when = compile(literal ? "@\"" + text + "\"" : text, e);
}

}  // namespace thien_an::workflow

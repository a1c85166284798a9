#include <algorithm>

#include "engine/workflow/bpmn_reader.h"
#include "engine/workflow/dmn.h"

// The elements of urn:thien-an:bpmn; docs/standards/bpmn-extension.md says what they mean.
namespace thien_an::workflow {
namespace {

std::vector<std::string> words_of(std::string_view text)
{
    std::vector<std::string> out;
    std::string word;
    for (const char c : std::string(text) + " ") {
        if (c != ' ' && c != ',' && c != '\n' && c != '\t') {
            word += c;
        } else if (!word.empty()) {
            out.push_back(std::move(word));
            word.clear();
        }
    }
    return out;
}

bool named(const std::vector<std::string>& list, const std::string& name)
{
    return std::find(list.begin(), list.end(), name) != list.end();
}

std::vector<const xml::Element*> extensions_of(const xml::Element& e)
{
    std::vector<const xml::Element*> out;
    for (const auto* holder : e.children("extensionElements"))
        for (const auto* x : holder->children())
            if (x->space == extension_space) out.push_back(x);
    return out;
}

}  // namespace

void BpmnReader::expect_attributes(const xml::Element& x, std::initializer_list<std::string_view> allowed)
{
    for (const auto& a : x.attributes)
        if (std::find(allowed.begin(), allowed.end(), a.name) == allowed.end())
            wrong(x, "bpmn.unknown_attribute", {{"attribute", a.name}});
}

std::string BpmnReader::english_name(const xml::Element& e)
{
    for (const auto* x : extensions_of(e)) {
        if (x->name != "name") continue;
        expect_attributes(*x, {"en"});
        if (x->attribute("en").empty() || e.attribute("name").empty()) wrong(*x, "bpmn.no_name");
        return x->attribute("en");
    }
    return "";
}

void BpmnReader::read_extensions(const xml::Element& e, NodeModel& node)
{
    for (const auto* x : extensions_of(e))
        if (x->name != "name") read_extension(*x, node);
    if (node.kind == NodeKind::user_task && node.outcomes.empty())
        node.outcomes.push_back({"done", "Xong", "Done", false});
    if (node.rungs.empty()) node.rungs = parse_rungs("50% 80% 100% +1WD").value();
}

void BpmnReader::check_variable(const std::string& name, const xml::Element& x)
{
    if (!named(model_->variables, name) && !named(model_->locals, name))
        wrong(x, "bpmn.unknown_variable", {{"name", name}});
}

void BpmnReader::check_post_names(const feel::Expression& expression, const xml::Element& x)
{
    if (!expression || vocabulary_.posts.empty()) return;
    for (const auto& post : expression.members_of("posts"))
        if (!named(vocabulary_.posts, post)) wrong(x, "bpmn.unknown_post", {{"name", post}});
}

void BpmnReader::check_tasks_named(const xml::Element& x, const std::vector<std::string>& ids)
{
    pending_tasks_.emplace_back(x.line, ids);
}

void BpmnReader::read_extension(const xml::Element& x, NodeModel& node)
{
    const bool user = node.kind == NodeKind::user_task;
    if (x.name == "label") {
        expect_attributes(x, {"vi", "en"});
        node.label = {x.attribute("vi"), x.attribute("en")};
        if (node.label.vi.empty()) wrong(x, "bpmn.no_label");
    } else if (x.name == "candidates" && user) {
        expect_attributes(x, {});
        node.candidates = compile(x.text(), x);
        check_post_names(node.candidates, x);
    } else if (x.name == "budget" && user) {
        read_budget(x, node);
    } else if (x.name == "outcome" && user) {
        read_outcome(x, node);
    } else if (x.name == "form" && user) {
        expect_attributes(x, {"ref"});
        node.form = x.attribute("ref");
        if (!vocabulary_.any_action && !named(vocabulary_.forms, node.form))
            wrong(x, "bpmn.unknown_form", {{"name", node.form}});
    } else if (x.name == "notSameAs" && user) {
        expect_attributes(x, {"task"});
        node.not_same_as.push_back(x.attribute("task"));
        check_tasks_named(x, {x.attribute("task")});
    } else if (x.name == "returns" && user) {
        expect_attributes(x, {"to"});
        node.returns = words_of(x.attribute("to"));
        check_tasks_named(x, node.returns);
    } else if (x.name == "action" && (node.kind == NodeKind::automatic || node.kind == NodeKind::throw_event || node.kind == NodeKind::end)) {
        read_action(x, node);
    } else if (x.name == "decision" && node.tag == "businessRuleTask") {
        expect_attributes(x, {"ref", "into"});
        node.decision = x.attribute("ref");
        node.into = x.attribute("into");
        check_variable(node.into, x);
        const bool known =
            vocabulary_.decisions ? vocabulary_.decisions->has(node.decision) : vocabulary_.any_action;
        if (!known) wrong(x, "bpmn.unknown_decision", {{"name", node.decision}});
    } else if (x.name == "result" && node.tag == "scriptTask") {
        expect_attributes(x, {"into"});
        node.into = x.attribute("into");
        check_variable(node.into, x);
    } else if (x.name == "set") {
        expect_attributes(x, {"name"});
        check_variable(x.attribute("name"), x);
        node.sets.emplace_back(x.attribute("name"), compile(x.text(), x));
    } else if (x.name == "clock") {
        read_clock(x, node);
    } else if (x.name == "correlate" && node.event() == EventKind::message) {
        expect_attributes(x, {});
        node.correlate = compile(x.text(), x);
    } else if (x.name == "timer" && node.event() == EventKind::timer) {
        expect_attributes(x, {"calendar"});
        for (auto& event : node.events)
            if (event.timer) event.timer->calendar = x.attribute("calendar");
    } else if ((x.name == "each" || x.name == "collect") && node.loop && node.loop->multi) {
        read_each(x, *node.loop);
    } else if ((x.name == "in" || x.name == "out") && node.kind == NodeKind::call) {
        read_mapping(x, node.inputs, node.outputs);
    } else if (x.name == "rungs" && user) {
        auto rungs = parse_rungs(x.text());
        if (rungs)
            node.rungs = std::move(rungs).value();
        else
            wrong(x, rungs.problem().code, rungs.problem().words);
    } else {
        wrong(x, "bpmn.unknown_extension", {{"in", node.tag}});
    }
}

/// The list a multi-instance activity runs over, and what it collects.
void BpmnReader::read_each(const xml::Element& x, LoopSpec& loop)
{
    if (x.name == "each") {
        expect_attributes(x, {"as"});
        loop.items = compile(x.text(), x);
        loop.item = x.attribute("as");
        return;
    }
    expect_attributes(x, {"into"});
    loop.output = compile(x.text(), x);
    loop.into = x.attribute("into");
    check_variable(loop.into, x);
}

/// What a call activity gives to the called process, or takes from it; also arguments and answers of an action.
void BpmnReader::read_mapping(
    const xml::Element& x,
    std::vector<std::pair<std::string, feel::Expression>>& in,
    std::vector<ActionSpec::Out>& out
)
{
    const auto name = x.attribute("name");
    if (x.name == "in") {
        expect_attributes(x, {"name"});
        in.emplace_back(name, compile(x.text(), x));
        return;
    }
    expect_attributes(x, {"name", "from"});
    check_variable(name, x);
    out.push_back({name, x.attribute("from").empty() ? name : x.attribute("from")});
}

void BpmnReader::read_budget(const xml::Element& x, NodeModel& node)
{
    expect_attributes(x, {"calendar", "cutoff"});
    const auto budget = parse_budget(trimmed(x.text()));
    if (!budget) {
        wrong(x, budget.problem().code, budget.problem().words);
        return;
    }
    node.budget = budget.value();
    if (const auto calendar = x.attribute("calendar"); !calendar.empty()) node.calendar = calendar;
    const auto cutoff = x.attribute("cutoff");
    if (cutoff.empty()) return;
    const int hour = std::atoi(cutoff.c_str());
    if (cutoff.size() != 5 || cutoff[2] != ':' || hour > 23)
        wrong(x, "bpmn.bad_cutoff", {{"text", cutoff}});
    else
        node.receipt.cutoff = Minutes(hour * 60 + std::atoi(cutoff.c_str() + 3));
}

void BpmnReader::read_outcome(const xml::Element& x, NodeModel& node)
{
    expect_attributes(x, {"name", "vi", "en", "reason"});
    OutcomeChoice choice{
        x.attribute("name"), x.attribute("vi"), x.attribute("en"), x.attribute("reason") == "true"};
    const bool twice = std::any_of(node.outcomes.begin(), node.outcomes.end(), [&](const OutcomeChoice& o) {
        return o.name == choice.name;
    });
    if (choice.name.empty() || choice.vi.empty() || twice)
        wrong(x, "bpmn.bad_outcome", {{"name", choice.name}});
    node.outcomes.push_back(std::move(choice));
}

void BpmnReader::read_action(const xml::Element& x, NodeModel& node)
{
    expect_attributes(x, {"name", "mode"});
    ActionSpec action;
    action.name = x.attribute("name");
    const auto mode = x.attribute("mode");
    if (!mode.empty() && mode != "local" && mode != "outbox") wrong(x, "bpmn.bad_mode", {{"mode", mode}});
    action.outbox = mode == "outbox";
    if (!vocabulary_.any_action && !named(vocabulary_.actions, action.name))
        wrong(x, "bpmn.unknown_action", {{"name", action.name}});
    for (const auto* child : x.children()) {
        if (child->name == "in" || child->name == "out") {
            read_mapping(*child, action.in, action.out);
        } else {
            wrong(*child, "bpmn.unknown_extension", {{"in", "action"}});
        }
    }
    node.action = std::move(action);
}

void BpmnReader::read_clock(const xml::Element& x, NodeModel& node)
{
    expect_attributes(x, {"verb", "reason", "by"});
    ClockVerb out{.verb = x.attribute("verb"), .chosen = {}, .reason = x.attribute("reason"), .by = {}};
    if (out.verb.starts_with("=")) {
        out.chosen = compile(out.verb.substr(1), x);
        out.verb.clear();
    } else if (!named({"suspend", "resume", "restart", "extend", "stop"}, out.verb)) {
        wrong(x, "bpmn.bad_clock_verb", {{"verb", out.verb}});
    }
    if (const auto by = x.attribute("by"); !by.empty()) {
        const auto budget = parse_budget(by);
        if (budget)
            out.by = budget.value();
        else
            wrong(x, budget.problem().code, budget.problem().words);
    }
    if (out.verb == "extend" && !out.by) wrong(x, "bpmn.bad_clock_verb", {{"verb", "extend"}});
    node.clock.push_back(std::move(out));
}

void BpmnReader::read_lane_extensions(const xml::Element& lane, LaneModel& into)
{
    lines_.emplace(into.id, lane.line);
    for (const auto* x : extensions_of(lane)) {
        if (x->name == "name") continue;
        if (x->name != "candidates") {
            wrong(*x, "bpmn.unknown_extension", {{"in", "lane"}});
            continue;
        }
        lane_candidates_[into.id] = compile(x->text(), *x);
        check_post_names(lane_candidates_[into.id], *x);
    }
}

void BpmnReader::read_process_extensions(const xml::Element& process)
{
    model_->rungs = parse_rungs("50% 80% 100% +1WD").value();
    for (const auto* x : extensions_of(process)) {
        if (x->name == "variable") {
            expect_attributes(*x, {"name", "type"});
            const auto name = x->attribute("name");
            const bool taken =
                named(model_->variables, name) || named(vocabulary_.names, name) ||
                std::find(engine_names.begin(), engine_names.end(), name) != engine_names.end();
            if (name.empty() || taken) wrong(*x, "bpmn.bad_variable", {{"name", name}});
            if (const auto type = x->attribute("type"); !type.empty() && !feel::builtin_type(type))
                wrong(*x, "feel.unknown_type", {{"found", type}});
            model_->variables.push_back(name);
        } else if (x->name == "budget") {
            NodeModel holder;
            read_budget(*x, holder);
            model_->budget = holder.budget;
        } else if (x->name == "rungs") {
            auto rungs = parse_rungs(x->text());
            if (rungs)
                model_->rungs = std::move(rungs).value();
            else
                wrong(*x, rungs.problem().code, rungs.problem().words);
        } else if (x->name != "label" && x->name != "name") {
            wrong(*x, "bpmn.unknown_extension", {{"in", "process"}});
        }
    }
}

}  // namespace thien_an::workflow

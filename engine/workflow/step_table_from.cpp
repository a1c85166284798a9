#include <algorithm>
#include <map>
#include <set>

#include "engine/base/xml.h"
#include "engine/workflow/model.h"
#include "engine/workflow/step_table_cells.h"

// The table of a process: its tasks and decisions as rows, what joins ways left out.
namespace thien_an::workflow {
namespace {

/// The outcome a condition asks for: `outcome = "accept"`; nothing when it asks something else.
std::optional<std::string> outcome_in(const std::string& condition)
{
    constexpr std::string_view begin = "outcome = \"";
    if (!condition.starts_with(begin) || !condition.ends_with('"') || condition.size() <= begin.size())
        return std::nullopt;
    auto name = condition.substr(begin.size(), condition.size() - begin.size() - 1);
    if (name.find_first_of("\"\\") != std::string::npos) return std::nullopt;
    return name;
}

/// Kinds in `posts.a` or `concatenate(posts.a, posts.b)`; none when it says more.
std::vector<std::string> posts_in(const feel::Expression& candidates)
{
    constexpr std::string_view several = "concatenate(";
    constexpr std::string_view posts = "posts.";
    if (!candidates) return {};
    auto text = trimmed_cell(candidates.text());
    if (text.starts_with(several) && text.ends_with(')'))
        text = text.substr(several.size(), text.size() - several.size() - 1);
    std::vector<std::string> out;
    for (const auto& piece : pieces_of(text, ",")) {
        if (!piece.starts_with(posts)) return {};
        const auto kind = piece.substr(posts.size());
        const bool plain = !kind.empty() && std::all_of(kind.begin(), kind.end(), [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
        });
        if (!plain) return {};
        out.push_back(kind);
    }
    return out;
}

std::string step_id(const std::string& node)
{
    constexpr std::string_view numbered = "step_";
    const bool number = node.starts_with(numbered) && node.size() > numbered.size() &&
                        node[numbered.size()] >= '0' && node[numbered.size()] <= '9';
    return number ? node.substr(numbered.size()) : node;
}

/// Texts of documentation by the id of their element.
void documentation_of(const xml::Element& e, std::map<std::string, std::string>& out)
{
    if (const auto* text = e.child("documentation"); text != nullptr && text->space == bpmn_space)
        out[e.attribute("id")] = trimmed_cell(text->text());
    for (const auto* child : e.children()) documentation_of(*child, out);
}

class Teller {
public:
    Teller(const Model& model, std::string_view file, std::map<std::string, std::string> notes)
        : model_(model), file_(file), notes_(std::move(notes))
    {
    }

    TableRead tell()
    {
        auto& table = out_.table;
        table.id = model_.id;
        table.name = model_.name;
        table.name_en = model_.name_en;
        table.limit = model_.budget;
        for (std::size_t i = 0; i < model_.nodes.size(); ++i)
            if (model_.node(int(i)).scope == 0) take(int(i));
        begin_with_the_start();
        for (std::size_t row = 0; row < rows_.size(); ++row) table.steps.push_back(step_of(row));
        return std::move(out_);
    }

private:
    void say(const NodeModel& node, std::string code, std::string word, std::string value, bool error = true)
    {
        out_.findings.push_back(
            {.severity = error ? Finding::Severity::error : Finding::Severity::warning,
             .file = std::string(file_),
             .line = node.line,
             .element = node.id,
             .problem =
                 {.code = "table." + std::move(code),
                  .field = "",
                  .law = "",
                  .words = {{std::move(word), std::move(value)}}},
             .path = {}}
        );
    }

    bool is_step(const NodeModel& node) const
    {
        return node.kind == NodeKind::user_task || (node.kind == NodeKind::automatic && node.action) ||
               (node.kind == NodeKind::receive_task && node.event() == EventKind::message);
    }
    /// A gateway that parts the ways of one step alone belongs to its row, unless it asks a question of its own.
    int gateway_of(int step) const
    {
        const auto& node = model_.node(step);
        if (node.outs != 1) return -1;
        const int to = model_.flow(model_.outs(node).front()).target;
        const auto& gateway = model_.node(to);
        const bool parts = gateway.kind == NodeKind::exclusive && gateway.outs > 1 && gateway.ins == 1;
        return parts && is_step(node) && (gateway.name.empty() || asks_outcomes(gateway)) ? to : -1;
    }

    bool asks_outcomes(const NodeModel& gateway) const
    {
        const auto flows = model_.outs(gateway);
        return std::all_of(flows.begin(), flows.end(), [&](int flow) {
            return flow == gateway.default_flow || outcome_in(condition_of(flow));
        });
    }

    /// Makes a row of the node, passes over it, or says that a table cannot say it.
    void take(int index)
    {
        const auto& node = model_.node(index);
        if (is_step(node)) {
            rows_.push_back(index);
        } else if (node.kind == NodeKind::exclusive) {
            const bool parts = node.outs > 1;
            const bool belongs =
                parts && node.ins == 1 && gateway_of(model_.flow(model_.ins(node).front()).source) == index;
            if (parts && !belongs) rows_.push_back(index);
        } else if (node.kind == NodeKind::start) {
            if (!node.events.empty() || start_ >= 0) say(node, "not_sayable", "tag", node.tag);
            start_ = index;
        } else if (node.kind != NodeKind::end || !node.events.empty() || node.action) {
            return say(node, "not_sayable", "tag", node.tag);
        }
        look_closer(node);
    }

    /// What the node has that no column says.
    void look_closer(const NodeModel& node)
    {
        const auto part = [&](bool there, const char* what) {
            if (there) say(node, "part_not_sayable", "what", what);
        };
        part(!node.sets.empty(), "ta:set");
        part(!node.clock.empty(), "ta:clock");
        part(!node.not_same_as.empty(), "ta:notSameAs");
        part(node.action && !node.action->out.empty(), "ta:out");
        part(node.loop.has_value(), "loopCharacteristics");
        part(node.receipt.cutoff.has_value(), "cutoff");
        part(node.calendar != "counted", "calendar");
        part(bool(node.correlate), "ta:correlate");
        part(bool(node.script) || !node.decision.empty(), "script");
        part(node.start_quantity != 1 || node.completion_quantity != 1, "startQuantity");
        part(node.kind == NodeKind::user_task && posts_in(node.candidates).empty(), "ta:candidates");
        part(!node.is_activity() ? false : node.outs > 1, "outgoing");
        if (!node.label.vi.empty() && !labels_told_) say(node, "left_out", "what", "ta:label", false);
        labels_told_ = labels_told_ || !node.label.vi.empty();
    }

    /// The first row is where the process starts.
    void begin_with_the_start()
    {
        if (start_ < 0 || model_.node(start_).outs != 1) return;
        const auto first = target_of(model_.outs(model_.node(start_)).front());
        const auto found = std::find(rows_.begin(), rows_.end(), first);
        if (found != rows_.end()) std::rotate(rows_.begin(), found, found + 1);
    }

    /// The row or end a flow leads to, past gateways where ways meet.
    int target_of(int flow) const
    {
        int node = model_.flow(flow).target;
        for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
            const auto& at = model_.node(node);
            if (at.kind != NodeKind::exclusive || at.outs != 1) break;
            node = model_.flow(model_.outs(at).front()).target;
        }
        return node;
    }

    void lead(StepWay& way, int target) const
    {
        way.ends = model_.node(target).kind == NodeKind::end;
        if (!way.ends) way.to = step_id(model_.node(target).id);
    }

    TableStep step_of(std::size_t row)
    {
        const int index = rows_[row];
        const auto& node = model_.node(index);
        TableStep step{
            .row = int(row) + 1,
            .id = step_id(node.id),
            .name = node.name,
            .name_en = node.name_en,
            .budget = node.budget};
        if (step.name.empty()) step.name = node.id;
        step.form = node.form;
        step.posts = posts_in(node.candidates);
        if (const auto note = notes_.find(node.id); note != notes_.end()) step.note = note->second;
        if (node.action) {
            ActionCell action{.name = node.action->name, .outbox = node.action->outbox};
            for (const auto& [name, from] : node.action->in)
                action.arguments.emplace_back(name, trimmed_cell(from.text()));
            step.action = cell_of(action);
            if (!comes_back(action)) say(node, "part_not_sayable", "what", "ta:action");
        } else if (node.kind == NodeKind::receive_task) {
            step.action = cell_of(ActionCell{.message = node.events.front().name});
        }
        const int gateway = node.kind == NodeKind::exclusive ? index : gateway_of(index);
        if (gateway >= 0)
            step.ways = ways_at(node, model_.node(gateway));
        else
            step.ways = single_way(node, row);
        for (const auto& to : node.returns)
            step.ways.push_back({.kind = StepWay::Kind::back, .to = step_id(to)});
        if (!comes_back(step.ways)) say(node, "part_not_sayable", "what", "ta:outcome");
        return step;
    }

    static std::vector<StepWay> buttons_of(const NodeModel& node)
    {
        std::vector<StepWay> out;
        const auto& outcomes = node.outcomes;
        if (outcomes.size() == 1 && outcomes.front().name == "done") return out;
        for (const auto& o : outcomes)
            out.push_back(
                {.kind = StepWay::Kind::outcome,
                 .name = o.name,
                 .vi = o.vi,
                 .en = o.en == o.vi ? "" : o.en,
                 .needs_reason = o.needs_reason}
            );
        return out;
    }

    std::vector<StepWay> single_way(const NodeModel& node, std::size_t row) const
    {
        auto out = buttons_of(node);
        StepWay next;
        if (node.outs > 0)
            lead(next, target_of(model_.outs(node).front()));
        else
            next.ends = true;
        for (auto& button : out) {
            button.to = next.to;
            button.ends = next.ends;
        }
        const bool last = row + 1 == rows_.size();
        const bool follows = last ? next.ends : next.to == step_id(model_.node(rows_[row + 1]).id);
        if (out.empty() && !follows) out.push_back(next);
        return out;
    }

    std::vector<StepWay> ways_at(const NodeModel& node, const NodeModel& gateway)
    {
        auto buttons = buttons_of(node);
        std::map<std::string, int> by_outcome;
        std::vector<StepWay> conditions;
        for (const int flow : model_.outs(gateway)) {
            if (flow == gateway.default_flow) continue;
            const auto text = condition_of(flow);
            const auto outcome = &node == &gateway ? std::nullopt : outcome_in(text);
            if (outcome) {
                by_outcome.emplace(*outcome, flow);
                continue;
            }
            StepWay way{.kind = StepWay::Kind::when, .expression = trimmed_cell(text)};
            lead(way, target_of(flow));
            conditions.push_back(std::move(way));
        }
        const int other = gateway.default_flow;
        for (auto& button : buttons) {
            const auto found = by_outcome.find(button.name);
            const int flow = found != by_outcome.end() ? found->second : conditions.empty() ? other : -1;
            if (flow >= 0) lead(button, target_of(flow));
        }
        // What a button leads to is asked before the conditions in a table: only so may it stand before them here.
        if (!by_outcome.empty() && !conditions.empty() && mixed(gateway))
            say(gateway, "not_sayable", "tag", gateway.tag);
        buttons.insert(buttons.end(), conditions.begin(), conditions.end());
        if (other >= 0 && !conditions.empty()) {
            StepWay way{.kind = StepWay::Kind::otherwise};
            lead(way, target_of(other));
            buttons.push_back(std::move(way));
        }
        if (other < 0) say(gateway, "part_not_sayable", "what", "default");
        return buttons;
    }

    std::string condition_of(int flow) const
    {
        const auto& condition = model_.flow(flow).condition;
        return condition ? condition.text() : "";
    }

    /// A condition is asked before an outcome.
    bool mixed(const NodeModel& gateway) const
    {
        bool condition = false;
        for (const int flow : model_.outs(gateway)) {
            if (flow == gateway.default_flow) continue;
            if (outcome_in(condition_of(flow))) {
                if (condition) return true;
            } else {
                condition = true;
            }
        }
        return false;
    }

    const Model& model_;
    std::string_view file_;
    std::map<std::string, std::string> notes_;
    TableRead out_;
    std::vector<int> rows_;  ///< Nodes.
    int start_ = -1;
    bool labels_told_ = false;  ///< Once is enough.
};

}  // namespace

TableRead step_table_of(std::string_view bpmn, std::string_view file, const Vocabulary& vocabulary)
{
    TableRead out;
    const auto loaded = Process::load(bpmn, file, vocabulary);
    out.findings = loaded.findings;
    if (!loaded.process) return out;
    std::map<std::string, std::string> notes;
    if (const auto document = xml::parse(bpmn)) documentation_of(*document.value(), notes);
    auto told = Teller(loaded.process->model(), file, std::move(notes)).tell();
    told.findings.insert(told.findings.begin(), out.findings.begin(), out.findings.end());
    return told;
}

}  // namespace thien_an::workflow

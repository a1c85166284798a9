#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/vietnamese.h"
#include "engine/base/xml.h"
#include "engine/workflow/layout.h"
#include "engine/workflow/step_table_cells.h"

// A table of steps written as BPMN: a gateway where ways part, one where they meet, a lane for those who do the work.
namespace thien_an::workflow {
namespace {

constexpr std::string_view start_id = "start_of_table";
constexpr std::string_view end_id = "end_of_table";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool may_be_id(std::string_view text)
{
    return !text.empty() && text.size() <= 60 && std::all_of(text.begin(), text.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
    });
}

/// Id of a step's node: numbers get a word in front.
std::string node_id(const std::string& step)
{
    if (!may_be_id(step) || step.front() == '.' || step.front() == '-') return "";
    if (is_digit(step.front())) return "step_" + step;
    const bool taken_for_number = step.starts_with("step_") && step.size() > 5 && is_digit(step[5]);
    return taken_for_number ? "" : step;
}

struct Route {
    std::string condition;  ///< Empty: the only one, or the default.
    std::string to;
    std::string label = {};
};

class Writer {
public:
    Writer(const StepTable& table, std::string_view file, const TableWords& words)
        : table_(table), file_(file), words_(words)
    {
    }

    TableBpmn write()
    {
        name_steps();
        for (std::size_t i = 0; i < table_.steps.size(); ++i) check(table_.steps[i]);
        for (std::size_t i = 0; i < table_.steps.size() && out_.findings.empty(); ++i)
            routes_.push_back(routes_of(i));
        if (table_.steps.empty()) wrong(0, "no_steps");
        if (!out_.findings.empty()) return std::move(out_);
        count_ways();
        if (!ways_to_.contains(std::string(end_id))) wrong(table_.steps.back().row, "no_end");
        if (!out_.findings.empty()) return std::move(out_);
        assign_lanes();
        prove(text());
        return std::move(out_);
    }

private:
    void wrong(int row, std::string code, std::vector<std::pair<std::string, std::string>> words = {})
    {
        out_.findings.push_back(
            {.severity = Finding::Severity::error,
             .file = std::string(file_),
             .line = row,
             .element = {},
             .problem =
                 {.code = "table." + std::move(code), .field = "", .law = "", .words = std::move(words)},
             .path = {}}
        );
    }

    void name_steps()
    {
        std::set<std::string> taken{std::string(start_id), std::string(end_id)};
        for (const auto& step : table_.steps) {
            const auto id = node_id(step.id);
            if (id.empty()) wrong(step.row, "bad_step_id", {{"text", step.id}});
            for (const auto& one : {id, "before_" + id, "after_" + id})
                if (!id.empty() && !taken.insert(one).second)
                    wrong(step.row, "step_twice", {{"text", step.id}});
            nodes_.push_back(id);
            by_step_[step.id] = id;
        }
    }

    static bool has(const TableStep& step, StepWay::Kind kind)
    {
        return std::any_of(step.ways.begin(), step.ways.end(), [&](const StepWay& w) {
            return w.kind == kind;
        });
    }
    static bool is_user(const TableStep& step) { return !step.posts.empty(); }
    static bool is_decision(const TableStep& step) { return step.posts.empty() && step.action.empty(); }

    void check(const TableStep& step)
    {
        using Kind = StepWay::Kind;
        if (is_user(step) && !step.action.empty()) wrong(step.row, "two_doers");
        if (is_decision(step) && !has(step, Kind::when)) wrong(step.row, "no_doer");
        const bool officers = has(step, Kind::outcome) || has(step, Kind::back) || !step.form.empty();
        if (!is_user(step) && (officers || step.budget)) wrong(step.row, "only_officers");
        std::set<std::string> names;
        int others = 0;
        for (const auto& way : step.ways) {
            others += way.kind == Kind::next || way.kind == Kind::otherwise;
            if (way.kind == Kind::next && step.ways.size() > 1 && !only_back_beside(step)) others = 2;
            if (way.kind == Kind::outcome && !names.insert(way.name).second)
                wrong(step.row, "outcome_twice", {{"text", way.vi}});
            if (!way.to.empty() && !by_step_.contains(way.to))
                wrong(step.row, "no_such_step", {{"text", way.to}});
        }
        if (others > 1) wrong(step.row, "ways_unclear");
    }
    static bool only_back_beside(const TableStep& step)
    {
        return std::all_of(step.ways.begin(), step.ways.end(), [](const StepWay& w) {
            return w.kind == StepWay::Kind::next || w.kind == StepWay::Kind::back;
        });
    }

    std::string next_row(std::size_t row) const
    {
        return row + 1 < nodes_.size() ? nodes_[row + 1] : std::string(end_id);
    }
    std::string target(const StepWay& way, std::size_t row) const
    {
        if (way.ends) return std::string(end_id);
        return way.to.empty() ? next_row(row) : by_step_.at(way.to);
    }

    /// Ways of a row in their order, the default last.
    std::vector<Route> routes_of(std::size_t row) const
    {
        using Kind = StepWay::Kind;
        const auto& step = table_.steps[row];
        const bool conditions = has(step, Kind::when) || has(step, Kind::otherwise);
        std::vector<Route> out;
        std::string otherwise = conditions ? next_row(row) : "";
        for (const auto& way : step.ways) {
            const auto to = target(way, row);
            if (way.kind == Kind::next || way.kind == Kind::otherwise) otherwise = to;
            if (way.kind == Kind::when) out.push_back({way.expression, to});
            const bool leads = !conditions || way.ends || !way.to.empty();  // Else a button alone.
            if (way.kind == Kind::outcome && leads)
                out.push_back({"outcome = \"" + way.name + "\"", to, way.vi});
        }
        if (!otherwise.empty()) {
            out.push_back({"", otherwise});
        } else if (!out.empty()) {
            out.back().condition.clear();
        } else {
            out.push_back({"", next_row(row)});
        }
        const bool one_way =
            !has(step, Kind::when) &&
            std::all_of(out.begin(), out.end(), [&](const Route& r) { return r.to == out.front().to; });
        if (one_way && !is_decision(step)) out = {{"", out.front().to}};
        return out;
    }

    void count_ways()
    {
        ++ways_to_[nodes_.front()];
        for (const auto& routes : routes_)
            for (const auto& route : routes) ++ways_to_[route.to];
    }

    /// Steps of the program stand with the officers before them.
    void assign_lanes()
    {
        std::vector<std::string> posts;
        for (const auto& step : table_.steps)
            if (is_user(step)) {
                posts = step.posts;
                break;
            }
        for (const auto& step : table_.steps) {
            if (is_user(step)) posts = step.posts;
            const auto found = std::find(lanes_.begin(), lanes_.end(), posts);
            lane_of_.push_back(std::size_t(found - lanes_.begin()));
            if (found == lanes_.end()) lanes_.push_back(posts);
        }
    }

    std::string before(const std::string& node) const
    {
        const auto ways = ways_to_.find(node);
        const bool meets = node != end_id && ways != ways_to_.end() && ways->second > 1;
        return meets ? "before_" + node : node;
    }

    void flow(
        const std::string& from,
        const std::string& to,
        const std::string& condition = "",
        const std::string& label = ""
    )
    {
        const auto id = fmt::format("flow_{}", ++flow_count_);
        flows_ += fmt::format("    <sequenceFlow id=\"{}\" sourceRef=\"{}\" targetRef=\"{}\"", id, from, to);
        if (!label.empty()) flows_ += " name=\"" + xml::escaped(label) + "\"";
        if (condition.empty())
            flows_ += "/>\n";
        else
            flows_ += fmt::format(
                "><conditionExpression "
                "xsi:type=\"tFormalExpression\">{}</conditionExpression></sequenceFlow>\n",
                xml::escaped(condition)
            );
    }

    std::string text()
    {
        const auto id = process_id();
        std::string messages;
        for (const auto& message : messages_of())
            messages += fmt::format("  <message id=\"message_{0}\" name=\"{0}\"/>\n", message);
        std::string body = fmt::format("    <startEvent id=\"{}\"/>\n", start_id);
        flow(std::string(start_id), before(nodes_.front()));
        for (std::size_t i = 0; i < table_.steps.size(); ++i) body += row_xml(i);
        body += fmt::format("    <endEvent id=\"{}\"/>\n", end_id);
        std::string about;
        if (!table_.name_en.empty()) about += "<ta:name en=\"" + xml::escaped(table_.name_en) + "\"/>";
        if (table_.limit) about += "<ta:budget>" + text_of(*table_.limit) + "</ta:budget>";
        if (!about.empty()) about = "    <extensionElements>" + about + "</extensionElements>\n";
        return fmt::format(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<definitions "
            "xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
            "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:ta=\"urn:thien-an:bpmn\" "
            "id=\"{0}_definitions\" targetNamespace=\"urn:thien-an:process:{0}\" "
            "expressionLanguage=\"https://www.omg.org/spec/DMN/20191111/FEEL/\">\n{1}  <process id=\"{0}\" "
            "name=\"{2}\" isExecutable=\"true\">\n{3}{4}{5}{6}  </process>\n</definitions>\n",
            id,
            messages,
            xml::escaped(table_.name),
            about,
            lanes_xml(),
            body,
            flows_
        );
    }

    std::string process_id() const
    {
        auto id = may_be_id(table_.id) ? table_.id : outcome_name(table_.name);
        if (id.empty() || is_digit(id.front()) || id.front() == '-' || id.front() == '.')
            id = "process_" + id;
        const bool taken = std::find(nodes_.begin(), nodes_.end(), id) != nodes_.end();
        return taken ? "process_of_" + id : id;
    }

    std::set<std::string> messages_of() const
    {
        std::set<std::string> out;
        for (const auto& step : table_.steps)
            if (const auto action = action_in_cell(step.action); action && !action.value().message.empty())
                out.insert(action.value().message);
        return out;
    }

    std::string lanes_xml() const
    {
        if (lanes_.size() == 1 && lanes_.front().empty()) return "";
        std::string out = "    <laneSet id=\"lanes_of_table\">\n";
        for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
            out += fmt::format(
                "      <lane id=\"lane_of_table_{}\" name=\"{}\">\n",
                lane + 1,
                xml::escaped(cell_of_posts(lanes_[lane], words_))
            );
            const auto member = [&](std::string_view id) {
                out += fmt::format("        <flowNodeRef>{}</flowNodeRef>\n", id);
            };
            if (lane_of_.front() == lane) member(start_id);
            for (std::size_t i = 0; i < nodes_.size(); ++i) {
                if (lane_of_[i] != lane) continue;
                if (before(nodes_[i]) != nodes_[i]) member("before_" + nodes_[i]);
                member(nodes_[i]);
                if (has_gateway_after(i)) member("after_" + nodes_[i]);
            }
            if (lane_of_.back() == lane) member(end_id);
            out += "      </lane>\n";
        }
        return out + "    </laneSet>\n";
    }

    bool has_gateway_after(std::size_t row) const
    {
        return routes_[row].size() > 1 && !is_decision(table_.steps[row]);
    }

    /// The default is the flow after those with conditions.
    std::string gateway(const std::string& id, const std::string& name, std::size_t row)
    {
        const auto fallback = flow_count_ + int(routes_[row].size());
        std::string label = name.empty() ? "" : fmt::format(" name=\"{}\"", xml::escaped(name));
        for (const auto& route : routes_[row]) flow(id, before(route.to), route.condition, route.label);
        return fmt::format("    <exclusiveGateway id=\"{}\"{} default=\"flow_{}\"", id, label, fallback);
    }

    std::string row_xml(std::size_t row)
    {
        const auto& step = table_.steps[row];
        const auto& id = nodes_[row];
        std::string out;
        if (before(id) != id) {
            out += fmt::format("    <exclusiveGateway id=\"before_{}\"/>\n", id);
            flow("before_" + id, id);
        }
        std::string inner;
        if (!step.note.empty())
            inner += "      <documentation>" + xml::escaped(step.note) + "</documentation>\n";
        const auto extension = extension_of(step);
        if (!extension.empty()) inner += "      <extensionElements>" + extension + "</extensionElements>\n";
        if (is_decision(step))
            return out + gateway(id, step.name, row) + ">\n" + inner + "    </exclusiveGateway>\n";
        const auto tag = is_user(step)              ? "userTask"
                         : message_of(step).empty() ? "serviceTask"
                                                    : "receiveTask";
        const auto refers =
            message_of(step).empty() ? "" : fmt::format(" messageRef=\"message_{}\"", message_of(step));
        out += fmt::format(
            "    <{0} id=\"{1}\" name=\"{2}\"{3}>\n{4}    </{0}>\n",
            tag,
            id,
            xml::escaped(step.name),
            refers,
            inner
        );
        if (!has_gateway_after(row)) {
            flow(id, before(routes_[row].front().to));
            return out;
        }
        flow(id, "after_" + id);
        return out + gateway("after_" + id, "", row) + "/>\n";
    }

    static std::string message_of(const TableStep& step)
    {
        const auto action = action_in_cell(step.action);
        return action ? action.value().message : "";
    }

    std::string extension_of(const TableStep& step) const
    {
        std::string out;
        if (!step.name_en.empty()) out += "<ta:name en=\"" + xml::escaped(step.name_en) + "\"/>";
        if (!is_user(step)) return out + action_xml(step);
        std::string posts;
        for (const auto& post : step.posts) posts += (posts.empty() ? "posts." : ", posts.") + post;
        out += "<ta:candidates>" + (step.posts.size() > 1 ? "concatenate(" + posts + ")" : posts) +
               "</ta:candidates>";
        if (step.budget) out += "<ta:budget>" + text_of(*step.budget) + "</ta:budget>";
        if (!step.form.empty()) out += "<ta:form ref=\"" + xml::escaped(step.form) + "\"/>";
        std::string returns;
        for (const auto& way : step.ways) {
            if (way.kind == StepWay::Kind::back)
                returns += (returns.empty() ? "" : " ") + by_step_.at(way.to);
            if (way.kind != StepWay::Kind::outcome) continue;
            out += fmt::format(
                "<ta:outcome name=\"{}\" vi=\"{}\"{}{}/>",
                xml::escaped(way.name),
                xml::escaped(way.vi),
                way.en.empty() ? "" : " en=\"" + xml::escaped(way.en) + "\"",
                way.needs_reason ? " reason=\"true\"" : ""
            );
        }
        if (!returns.empty()) out += "<ta:returns to=\"" + returns + "\"/>";
        return out;
    }

    static std::string action_xml(const TableStep& step)
    {
        const auto action = action_in_cell(step.action);
        if (!action || action.value().name.empty() || !action.value().message.empty()) return "";
        auto out = fmt::format(
            "<ta:action name=\"{}\" mode=\"{}\"",
            action.value().name,
            action.value().outbox ? "outbox" : "local"
        );
        if (action.value().arguments.empty()) return out + "/>";
        out += ">";
        for (const auto& [name, expression] : action.value().arguments)
            out += fmt::format("<ta:in name=\"{}\">{}</ta:in>", name, xml::escaped(expression));
        return out + "</ta:action>";
    }

    /// Rows stand in findings where the process has nodes.
    void prove(const std::string& xml)
    {
        Vocabulary vocabulary;
        vocabulary.any_action = true;
        for (const auto& post : words_.posts) vocabulary.posts.push_back(post.kind);
        auto loaded = Process::load(xml, file_, vocabulary);
        for (auto& finding : loaded.findings) {
            finding.line = 0;
            for (std::size_t i = 0; i < nodes_.size(); ++i)
                for (const auto* prefix : {"", "before_", "after_"})
                    if (finding.element == prefix + nodes_[i]) finding.line = table_.steps[i].row;
            out_.findings.push_back(std::move(finding));
        }
        if (loaded.process) out_.xml = with_diagram(xml, loaded.process->model());
    }

    const StepTable& table_;
    std::string_view file_;
    const TableWords& words_;
    TableBpmn out_;
    std::vector<std::string> nodes_;  ///< By row.
    std::map<std::string, std::string> by_step_;
    std::vector<std::vector<Route>> routes_;
    std::map<std::string, int> ways_to_;
    std::vector<std::vector<std::string>> lanes_;  ///< Posts of each.
    std::vector<std::size_t> lane_of_;             ///< By row.
    std::string flows_;
    int flow_count_ = 0;
};

}  // namespace

TableBpmn bpmn_of(const StepTable& table, std::string_view file, const TableWords& words)
{
    return Writer(table, file, words).write();
}

}  // namespace thien_an::workflow

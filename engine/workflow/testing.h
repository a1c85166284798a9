#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include "engine/workflow/process.h"
#include "engine/workflow/step.h"

/// What tests of this room share: small models and a driver of the pure step.
namespace thien_an::workflow::testing {

inline std::string file_text(const std::string& path)
{
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

/// A process around `body`; messages "m" and "n", error "e", variables n and s.
inline std::string model_text(const std::string& body)
{
    return R"(<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:ta="urn:thien-an:bpmn"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<message id="m" name="m"/><message id="n" name="n"/><error id="e" errorCode="e"/>
<signal id="g" name="g"/><signal id="h" name="h"/><escalation id="up" escalationCode="up"/>
<process id="p" isExecutable="true"><extensionElements><ta:variable name="n"/><ta:variable name="s"/></extensionElements>
)" + body + "</process></definitions>";
}

inline std::string flow(
    const std::string& from,
    const std::string& to,
    const std::string& condition = "",
    const std::string& id = ""
)
{
    const auto name = id.empty() ? from + "_" + to : id;
    const auto inner =
        condition.empty() ? "" : "<conditionExpression>" + condition + "</conditionExpression>";
    return "<sequenceFlow id=\"" + name + "\" sourceRef=\"" + from + "\" targetRef=\"" + to + "\">" + inner +
           "</sequenceFlow>\n";
}

/// The time of a timer: `kind` timeDuration, timeDate or timeCycle.
inline std::string timer(const std::string& text, const std::string& kind = "timeDuration")
{
    return "<timerEventDefinition><" + kind + " xsi:type=\"tFormalExpression\">" + text + "</" + kind +
           "></timerEventDefinition>";
}

inline Vocabulary vocabulary()
{
    Vocabulary v;
    v.any_action = true;
    v.processes = {"residence"};
    return v;
}

/// The process around `body`; it must load.
inline std::shared_ptr<const Process> load(const std::string& body, const Vocabulary& words = vocabulary())
{
    const auto loaded = Process::load(model_text(body), "p.bpmn", words);
    for (const auto& f : loaded.findings) MESSAGE(text_of(f));
    REQUIRE(loaded.process);
    return loaded.process;
}

/// "CODE@ELEMENT" of each error of the model around `body`, in order, with spaces.
inline std::string faults(const std::string& body)
{
    std::string out;
    for (const auto& f : Process::load(model_text(body), "p.bpmn", vocabulary()).findings)
        if (f.severity == Finding::Severity::error)
            out += (out.empty() ? "" : " ") + f.problem.code + "@" + f.element;
    return out;
}

/// Drives one instance in memory; the virtual time stands still until moved.
class Player {
public:
    explicit Player(const Model& model) : model_(model) {}

    Result<Done> give(const Command& command)
    {
        const Surroundings around{
            now,
            names,
            [this] { return ++last_id_; },
            [](Instant from, const TimerSpec& timer) {
                return from + std::chrono::minutes(timer.budget->amount);
            }};
        auto stepped = step(model_, state, command, around);
        if (!stepped) return stepped.problem();
        // As the database would give it back.
        state = state_from(json::value(to_json(stepped.value().state, model_)), model_);
        for (const auto& e : stepped.value().effects) note(e);
        if (const auto call = stepped.value().call) {
            trace.push_back("!" + call->name);
            return give(AnswerCommand{call->id, answer});
        }
        return Done{};
    }

    const Wait* wait_at(std::string_view node) const
    {
        for (const auto& w : state.waits)
            if (model_.node(w.node).id == node) return &w;
        return nullptr;
    }
    Result<Done> complete(std::string_view node, const std::string& outcome = "done")
    {
        const auto* wait = wait_at(node);
        return give(CompleteCommand{wait == nullptr ? 0 : wait->id, outcome, {}});
    }
    /// Gives message `name` to the one that waits for it.
    Result<Done> message(std::string_view name)
    {
        for (const auto& w : state.waits)
            if (w.what == Wait::For::message && w.name == name) return give(MessageCommand{w.id, {}});
        return give(MessageCommand{});
    }
    /// Moves time on, firing timers as they fall due.
    void pass(std::chrono::microseconds time)
    {
        const auto until = now + time;
        while (true) {
            const Wait* next = nullptr;
            for (const auto& w : state.waits)
                if (w.what == Wait::For::timer && w.due <= until && (next == nullptr || w.due < next->due))
                    next = &w;
            if (next == nullptr) break;
            now = next->due;
            if (!give(TimerCommand{next->id})) break;
        }
        now = until;
    }
    /// How often a node was entered.
    std::ptrdiff_t times(std::string_view node) const { return std::count(trace.begin(), trace.end(), node); }
    /// Node ids where something is waited for, sorted, with spaces.
    std::string waiting() const
    {
        std::multiset<std::string> ids;
        for (const auto& w : state.waits) ids.insert(model_.node(w.node).id);
        std::string out;
        for (const auto& id : ids) out += (out.empty() ? "" : " ") + id;
        return out;
    }

    State state;
    Instant now = parse_instant("2016-07-01T08:00").value();
    json::object names;
    json::object answer;
    std::vector<std::string> trace;  ///< Nodes entered; "!action" for a local action.
    std::vector<Problem> incidents;

private:
    void note(const Effect& e)
    {
        if (e.kind == Effect::Kind::entered) trace.push_back(model_.node(e.node).id);
        if (e.kind == Effect::Kind::clock) trace.push_back("#" + e.text);
        if (e.kind == Effect::Kind::sent) trace.push_back(">" + e.text);
        if (e.kind == Effect::Kind::signalled) trace.push_back("^" + e.text);
        if (e.kind == Effect::Kind::escalated) trace.push_back("/" + e.text);
        if (e.kind == Effect::Kind::incident) incidents.push_back(*e.problem);
    }
    const Model& model_;
    std::int64_t last_id_ = 0;
};

}  // namespace thien_an::workflow::testing

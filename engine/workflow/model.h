#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/xml.h"
#include "engine/workflow/clock.h"
#include "engine/workflow/feel.h"
#include "engine/workflow/process.h"

/// The compiled form of a process: flat arrays of nodes, flows and scopes, with index ranges; immutable
/// once made.
namespace thien_an::workflow {

enum class NodeKind {
    start,
    end,
    user_task,
    automatic,  ///< Service, send, business rule, script, manual and plain task: does its work and goes on.
    receive_task,
    exclusive,
    parallel,
    inclusive,
    event_based,
    catch_event,
    throw_event,
    boundary,
    subprocess,  ///< Also a transaction.
    event_subprocess,
    ad_hoc,
    call  ///< Call activity.
};

enum class EventKind {
    none,
    message,
    timer,
    signal,
    conditional,
    link,
    error,
    escalation,
    cancel,
    compensation,
    terminate
};

/// Thrown upwards to whoever catches it, instead of waited for.
constexpr bool comes_from_within(EventKind kind)
{
    return kind == EventKind::error || kind == EventKind::escalation || kind == EventKind::cancel ||
           kind == EventKind::compensation;
}

/// When a timer fires: after a working budget or a plain duration, at a date, or repeatedly.
struct TimerSpec {
    std::optional<Budget> budget;
    feel::Expression when;     ///< Gives a date, a date and time or a duration; empty: see `budget`.
    std::int64_t repeats = 1;  ///< -1: without end.
    std::string calendar = "counted";
};

struct ActionSpec {
    struct Out {
        std::string variable;
        std::string from;  ///< Member of the answer.
    };
    std::string name;
    bool outbox = false;
    std::vector<std::pair<std::string, feel::Expression>> in;
    std::vector<Out> out;
};

struct ClockVerb {
    std::string verb;  ///< Empty: `chosen` says.
    feel::Expression chosen;
    std::string reason;
    std::optional<Budget> by;
};

/// One event definition of a node.
struct EventSpec {
    EventKind kind = EventKind::none;
    std::string
        name;  ///< Of the message, signal or link; code of the error or escalation, empty: catches every one.
    feel::Expression condition;  ///< Of a conditional event.
    std::optional<TimerSpec> timer;
    std::string activity;  ///< Id of the activity a thrown compensation undoes; empty: all of its scope.
    int compensates = -1;  ///< Node of `activity`.
    bool waits = true;     ///< A thrown compensation goes on when it is done.
};

/// Repetition of an activity (BPMN 2.0.2, 13.3.6 and 13.3.7).
struct LoopSpec {
    /// Which ends of an instance throw an event the boundary may catch.
    enum class Behavior { all, none, one };
    bool multi = false;  ///< Multi-instance; else the standard loop.
    bool sequential = false;
    bool test_before = false;
    feel::Expression condition;    ///< Standard loop: goes on while it is true.
    feel::Expression maximum;      ///< Standard loop: at most so often.
    feel::Expression cardinality;  ///< Multi-instance: how many; empty: as `items`.
    feel::Expression items;        ///< List, one instance for each.
    std::string item;              ///< Name of the item within an instance; empty: none.
    feel::Expression output;       ///< Evaluated when an instance ends.
    std::string
        into;  ///< Variable for the outputs, in the order of the items; instances that were stopped give none.
    feel::Expression completion;  ///< True after an instance ended: the others are stopped.
    Behavior behavior = Behavior::all;
    EventSpec event;  ///< Thrown for `none` and `one`.
};

struct NodeModel {
    std::string id;
    std::string name;
    std::string name_en;  ///< Empty: `name` in every language; so of flows, lanes and the process.
    std::string tag;      ///< "userTask"
    int line = 0;
    NodeKind kind = NodeKind::automatic;
    std::vector<EventSpec> events;  ///< Catching: any of them, or all with `all_events`. Throwing: all.
    bool all_events = false;        ///< parallelMultiple
    int scope = 0;                  ///< It lies in.
    int inner = -1;                 ///< Scope of a subprocess.
    int first_in = 0, ins = 0;      ///< Range in Model::incoming.
    int first_out = 0, outs = 0;    ///< Range in Model::outgoing.
    int default_flow = -1;
    int attached_to = -1;  ///< Of a boundary event.
    bool interrupting = true;
    std::vector<int> boundaries;
    int handler = -1;          ///< Activity that compensates this one.
    bool compensates = false;  ///< Is such an activity: entered by compensation alone.
    bool transaction = false;
    bool instantiates = false;    ///< Receive task that starts the process.
    int start_quantity = 1;       ///< Tokens it takes to begin.
    int completion_quantity = 1;  ///< Tokens each outgoing flow gets.
    std::optional<LoopSpec> loop;
    bool one_at_a_time = false;   ///< Ad-hoc subprocess: ordering Sequential.
    bool stops_rest = true;       ///< Ad-hoc subprocess: cancelRemainingInstances.
    feel::Expression completion;  ///< Ad-hoc subprocess: true ends it.
    std::string called;  ///< Call activity: a process of the host; empty: scope `inner` of this file.
    std::vector<std::pair<std::string, feel::Expression>>
        inputs;                            ///< Call activity: variables of the called process.
    std::vector<ActionSpec::Out> outputs;  ///< Call activity: variables of the caller.

    Label label;
    feel::Expression candidates;
    std::optional<Budget> budget;
    Receipt receipt;
    std::string calendar = "counted";
    std::vector<Rung> rungs;
    std::vector<OutcomeChoice> outcomes;
    std::string form;
    std::vector<std::string> not_same_as;
    std::vector<std::string> returns;
    std::optional<ActionSpec> action;
    std::string decision;  ///< Id of the decision of a business rule task.
    std::string into;      ///< Variable for the result of a decision or script.
    feel::Expression script;
    std::vector<std::pair<std::string, feel::Expression>> sets;
    std::vector<ClockVerb> clock;
    feel::Expression correlate;

    /// The one event definition, or the first of several.
    EventKind event() const { return events.empty() ? EventKind::none : events.front().kind; }
    /// An event beside what goes on, which it leaves alone: it is waited for again after it came.
    bool stays() const { return (kind == NodeKind::boundary || kind == NodeKind::start) && !interrupting; }
    bool is_activity() const
    {
        return kind == NodeKind::user_task || kind == NodeKind::automatic || kind == NodeKind::receive_task ||
               kind == NodeKind::subprocess || kind == NodeKind::ad_hoc || kind == NodeKind::call;
    }
};

struct FlowModel {
    std::string id;
    std::string name;
    std::string name_en;
    bool link = false;  ///< From a throwing link event to its catching one; not in the file.
    int line = 0;
    int source = -1;
    int target = -1;
    feel::Expression condition;
};

/// The process itself (0), a subprocess, or another process of the file that is called.
struct ScopeModel {
    int node = -1;  ///< The subprocess; -1: a process.
    int parent = -1;
    std::string process;      ///< Id of a called process; empty: not one.
    std::vector<int> starts;  ///< Start events.
    std::vector<int> event_subprocesses;
    std::vector<int> nodes;
};

/// Shape or edge of the diagram.
struct Shape {
    double x = 0, y = 0, width = 0, height = 0;
};
struct LaneModel {
    std::string id;
    std::string name;
    std::string name_en;
    std::vector<int> nodes;
};
struct Diagram {
    std::map<std::string, Shape> shapes;  ///< By element id: nodes, lanes, pools.
    std::map<std::string, std::vector<std::pair<double, double>>> edges;
};

struct Model {
    std::string id;
    std::string name;
    std::string name_en;
    std::string pool;  ///< Id of the participant; for the picture.
    std::vector<NodeModel> nodes;
    std::vector<FlowModel> flows;
    std::vector<int> incoming;  ///< Flow indexes, by node.
    std::vector<int> outgoing;
    std::vector<ScopeModel> scopes;
    std::vector<std::string> variables;
    std::vector<std::string>
        locals;  ///< Names only some scopes have: items of a loop, its counters, variables of a called process.
    std::vector<std::string> host_names;
    std::vector<std::string> names;  ///< All an expression sees: host names, the engine's, variables, locals.
    std::vector<LaneModel> lanes;
    std::optional<Budget> budget;  ///< Statutory limit when the host gives none.
    std::vector<Rung> rungs;
    Diagram diagram;
    std::shared_ptr<const Decisions> decisions;  ///< Shared with the folder's other users.

    std::span<const int> ins(const NodeModel& n) const
    {
        return std::span(incoming).subspan(std::size_t(n.first_in), std::size_t(n.ins));
    }
    std::span<const int> outs(const NodeModel& n) const
    {
        return std::span(outgoing).subspan(std::size_t(n.first_out), std::size_t(n.outs));
    }
    const NodeModel& node(int i) const { return nodes[std::size_t(i)]; }
    const FlowModel& flow(int i) const { return flows[std::size_t(i)]; }
    const ScopeModel& scope(int i) const { return scopes[std::size_t(i)]; }
    int index_of(std::string_view node_id) const;  ///< -1: none.
};

/// Attributes of a running loop, as the standard names them (tables 10.30 and 14.7).
inline constexpr std::array<std::string_view, 5> loop_names{
    "loopCounter",
    "numberOfInstances",
    "numberOfActiveInstances",
    "numberOfCompletedInstances",
    "numberOfTerminatedInstances"};

/// Names the engine itself gives to expressions.
inline constexpr std::array<std::string_view, 4> engine_names{"outcome", "outcomes", "case_key", "error"};

constexpr std::string_view bpmn_space = "http://www.omg.org/spec/BPMN/20100524/MODEL";
constexpr std::string_view extension_space = "urn:thien-an:bpmn";

/// Flows control can come to from `node` without passing through `stop`, boundary events of activities included.
std::set<int> reachable_flows(const Model& model, int node, int stop);

/// Deadlock, lack of synchronisation, dead nodes and no way to the end, found by exploring every marking of
/// each scope
/// up to a bound; a counterexample is the nodes walked. Nothing is said about data: every condition may be
/// true.
std::vector<Finding> soundness(const Model& model, std::string_view file);

}  // namespace thien_an::workflow

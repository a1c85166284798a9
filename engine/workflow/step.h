#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/json.h"
#include "engine/workflow/dmn.h"
#include "engine/workflow/model.h"

/// The engine's heart: (model, state, command, surroundings) -> (state', effects). Pure: no database, no
/// clock, no randomness of its own. Runs until every token waits, or an action must be run by the caller first.
namespace thien_an::workflow {

/// A place where control is.
struct Token {
    enum class At : std::int64_t { moving = 1, waiting = 2, joining = 3, stuck = 4 };
    std::int64_t id = 0;
    std::int64_t scope = 0;  ///< Of ScopeState.
    int node = -1;
    int flow = -1;  ///< It came by; what a parallel join looks at.
    At at = At::moving;
    std::string outcome;            ///< Of the last user task on its path.
    std::vector<std::string> path;  ///< User tasks completed on its path.
};

/// A completed activity that can be undone, with what was completed in it.
struct Completed {
    int node = -1;
    json::object locals;
    std::vector<Completed> inner;
};

/// A running scope: the process, one run of a subprocess or called process, or a helper of the engine.
struct ScopeState {
    enum class Kind : std::int64_t {
        run = 1,
        loop = 2,         ///< Of one activity: the instances are its children.
        iteration = 3,    ///< One instance of it.
        compensation = 4  ///< Handlers of `queue`, one after the other.
    };
    std::int64_t id = 0;
    std::int64_t parent = 0;  ///< 0: the process itself.
    int model = 0;            ///< Of Model::scopes; -1 for the engine's helpers.
    std::int64_t token = 0;   ///< Waiting for it; 0: the process, event subprocesses, iterations.
    Kind kind = Kind::run;
    int node = -1;                 ///< Activity of a loop and its iterations.
    json::object locals;           ///< Variables only seen from here inwards.
    json::array items;             ///< Loop: one for each instance.
    json::array outputs;           ///< Loop: by index, null until there.
    std::int64_t started = 0;      ///< Loop: instances.
    std::int64_t finished = 0;     ///< Loop: instances.
    json::value output;            ///< Iteration.
    std::vector<int> pending;      ///< Ad-hoc subprocess, one at a time: nodes not begun.
    std::vector<Completed> done;   ///< What can be undone here, in the order it was completed.
    std::vector<Completed> queue;  ///< Compensation: still to run, the next one last.
};

/// Something that has to happen before control goes on.
struct Wait {
    enum class For : std::int64_t {
        task = 1,
        message = 2,
        timer = 3,
        call = 4,
        signal = 5,
        condition = 6,
        process = 7  ///< A process of the host that was called.
    };
    std::int64_t id = 0;
    For what = For::task;
    std::int64_t token = 0;  ///< Waiting; for an event subprocess 0.
    std::int64_t scope = 0;
    int node = -1;             ///< User task, event, boundary event, or start event of an event subprocess.
    int event = 0;             ///< Of the node's event definitions.
    std::string name;          ///< Of the message, signal, action or process.
    std::string key;           ///< The message must carry.
    Instant due;               ///< Of a timer.
    std::int64_t repeats = 0;  ///< Left after the next; -1: without end.
    bool was = false;          ///< Of a condition: true when it was last looked at.
};

struct State {
    std::vector<Token> tokens;  ///< In the order of their ids.
    std::vector<ScopeState> scopes;
    std::vector<Wait> waits;
    json::object variables;
    json::object outcomes;  ///< Last outcome by user task.
    std::set<int> left;     ///< Nodes left at least once.
    std::set<int> walked;   ///< Flows.
    std::string key;
    bool ended = false;
    std::string error;  ///< Code of the error that ended it; empty: none.

    const Token* token(std::int64_t id) const;
    const ScopeState* scope(std::int64_t id) const;
    const Wait* wait(std::int64_t id) const;
};

/// In `memory`, which the object must not outlive; in the ordinary one when none is given.
json::object to_json(const State& state, const Model& model, const boost::json::storage_ptr& memory = {});
State state_from(const json::value& v, const Model& model);

/// What happened in a step, in order.
struct Effect {
    enum class Kind {
        entered,
        left,
        opened,     ///< A wait was made; `wait`.
        closed,     ///< A wait ended because its event came; `wait`.
        withdrawn,  ///< A wait ended because its scope or activity did; `wait`.
        clock,      ///< `text` verb, `reason`, `by`.
        decided,    ///< `detail` inputs, rules, output.
        sent,       ///< A message without an action: `text` name, `reason` key.
        signalled,  ///< `text` name; who waits in this instance has it already.
        escalated,  ///< `text` code; nobody in this instance catches it.
        incident,   ///< The token is stuck; `problem`.
        ended       ///< `text`: error code or empty.
    };
    Kind kind;
    int node = -1;
    std::int64_t token = 0;
    Wait wait;
    std::string text;
    std::string reason;
    std::optional<Budget> by;
    json::object detail;
    std::optional<Problem> problem;
    std::vector<std::string> candidates;  ///< Of an opened task, as the expression gave them.
};

/// What a step may look at. References outlive the step.
struct Surroundings {
    Instant now;
    const json::object& names;                                      ///< Of the host.
    std::function<std::int64_t()> next_id;                          ///< Ever greater.
    std::function<Instant(Instant, const TimerSpec&)> working_due;  ///< End of a working budget.
};

struct StartCommand {
    std::string message;  ///< Empty: the none start.
    json::object variables;
    std::string signal = {};
    std::string node = {};  ///< Id of a start event: for its timer.
};
struct CompleteCommand {
    std::int64_t wait = 0;
    std::string outcome;
    json::object variables;
};
struct MessageCommand {
    std::int64_t wait = 0;
    json::object variables;
};
/// To all in the instance that wait for it.
struct SignalCommand {
    std::string name;
};
struct TimerCommand {
    std::int64_t wait = 0;
};
/// Something expressions look at changed: conditions are looked at again.
struct LookCommand {};
/// After a migration: events the new version has in addition are waited for from now on.
struct ArmCommand {};
/// Of an action, or the end of a called process.
struct AnswerCommand {
    std::int64_t wait = 0;
    json::object out;
};
struct FailCommand {
    std::int64_t wait = 0;
    Problem problem;
};
struct ReturnCommand {
    std::int64_t wait = 0;
    std::string to;
};
struct RetryCommand {
    std::int64_t token = 0;
};
struct CancelCommand {};
using Command = std::variant<
    StartCommand,
    CompleteCommand,
    MessageCommand,
    SignalCommand,
    TimerCommand,
    LookCommand,
    ArmCommand,
    AnswerCommand,
    FailCommand,
    ReturnCommand,
    RetryCommand,
    CancelCommand>;

struct Stepped {
    State state;
    std::vector<Effect> effects;
    std::optional<Wait> call;  ///< A local action the caller must run now and answer before anything else.
};

/// Problems "workflow.no_such_start", "workflow.no_such_wait", "workflow.no_such_outcome",
/// "workflow.unknown_variable",
/// "workflow.cannot_return".
Result<Stepped> step(const Model& model, State state, const Command& command, const Surroundings& around);

/// Arguments of the action or called process at `wait`, evaluated.
Result<json::object> arguments_of(
    const Model& model, const State& state, const Wait& wait, const Surroundings& around
);

/// When the timer of a start event is due that counts from `from`; it sees the host's names alone.
Result<Instant> due_of_timer(
    const Model& model, const TimerSpec& timer, Instant from, const Surroundings& around
);

}  // namespace thien_an::workflow

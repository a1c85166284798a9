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
/// clock, no
/// randomness of its own. Runs until every token waits, or an action must be run by the caller first.
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

/// A running scope: the process, or one run of a subprocess.
struct ScopeState {
    std::int64_t id = 0;
    std::int64_t parent = 0;  ///< 0: the process itself.
    int model = 0;
    std::int64_t token = 0;  ///< Waiting at the subprocess; 0 for the process and event subprocesses.
};

/// Something that has to happen before control goes on.
struct Wait {
    enum class For : std::int64_t { task = 1, message = 2, timer = 3, call = 4 };
    std::int64_t id = 0;
    For what = For::task;
    std::int64_t token = 0;  ///< Waiting; for an event subprocess 0.
    std::int64_t scope = 0;
    int node = -1;             ///< User task, event, boundary event, or start event of an event subprocess.
    std::string name;          ///< Of the message.
    std::string key;           ///< It must carry.
    Instant due;               ///< Of a timer.
    std::int64_t repeats = 0;  ///< Left after the next; -1: without end.
};

struct State {
    std::vector<Token> tokens;
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

json::object to_json(const State& state, const Model& model);
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
    const json::object& names;  ///< Of the host.
    std::function<std::int64_t()> next_id;
    std::function<Instant(Instant, const TimerSpec&)> working_due;  ///< End of a working budget.
};

struct StartCommand {
    std::string message;  ///< Empty: the none start.
    json::object variables;
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
struct TimerCommand {
    std::int64_t wait = 0;
};
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
    TimerCommand,
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

/// Arguments of the action at `wait`, evaluated.
Result<json::object> arguments_of(
    const Model& model, const State& state, const Wait& wait, const Surroundings& around
);

}  // namespace thien_an::workflow

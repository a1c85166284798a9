#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/workflow/clock.h"
#include "engine/workflow/engine.h"
#include "engine/workflow/process.h"

/// A process tried out by one person before it is in force: the same step, a virtual clock, nothing written anywhere.
namespace thien_an::workflow {

/// One thing done in a try; the whole try is done again from its acts each time, so that any of them can be taken back.
struct TryAct {
    enum class What { complete, message, answer, fail, timer, pass };
    What what = What::complete;
    std::string node;                 ///< That waits.
    std::string outcome = {};         ///< Of a task; error code of a failure.
    std::optional<Budget> time = {};  ///< Of `pass`.
};
json::object to_json(const TryAct& act);
/// Problem "workflow.bad_act".
Result<TryAct> try_act_from(const json::value& v);

struct TrySetting {
    const Process& process;
    const Calendar& calendar;
    Instant start;
    json::object names = {};                           ///< The host's, and `posts`.
    std::map<std::string, json::object> answers = {};  ///< By action; others are answered with nothing.
    std::optional<Budget> limit = {};                  ///< Of the law.
    std::string limit_starts = {};  ///< Action that starts it; empty: the start of the process.
};

/// What happened, for people.
struct TryLine {
    Instant at;
    std::string
        what;  ///< "entered", "act", "action", "clock", "decided", "sent", "signalled", "stuck", "ended"
    std::string node;
    std::string text;  ///< Outcome, name of the action or message, verb of the clock, code of the problem.
};

struct TryWait {
    std::string what;  ///< "task", "message", "timer", "call", "process", "signal", "condition"
    std::string node;
    std::string name;
    std::optional<Instant> due;  ///< Of a timer or a task with a budget.
};

struct TryOut {
    Instant now;
    bool ended = false;
    std::vector<TryLine> lines;
    std::vector<TryWait> waits;
    Whereabouts at;
    json::object variables;
    std::optional<Instant> due;      ///< Of the law.
    std::optional<Problem> refused;  ///< Why the last act was not possible; it is left out.
};

/// Acts past the first that is refused are not done.
TryOut try_out(const TrySetting& setting, std::span<const TryAct> acts);

}  // namespace thien_an::workflow

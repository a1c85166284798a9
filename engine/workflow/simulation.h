#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/workflow/calendar.h"
#include "engine/workflow/clock.h"
#include "engine/workflow/process.h"

/// What a process does with many cases and few officers: a discrete-event simulation that drives step() itself.
/// The same scenario and seed give the same figures on every machine. docs/standards/simulation.md.
namespace thien_an::workflow {

/// One of several answers, taken so often as its share says.
struct AnswerShare {
    int share = 1;
    json::object out;
};

/// How officers do one user task.
struct TaskHabit {
    std::optional<Minutes> work;          ///< Mean; empty: from its budget.
    int spread_percent = -1;              ///< -1: as the scenario.
    std::map<std::string, int> outcomes;  ///< Shares; empty: the first mostly.
};

/// How an action, a called process or a message is answered.
struct AnswerHabit {
    std::optional<Budget>
        after;        ///< Working or calendar time; empty: a minute, of a message two working days.
    int share = 100;  ///< Percent that come at all; of messages only.
    std::vector<AnswerShare> answers;
};

/// A kind of case: what the host's names and the first variables are.
struct CaseKind {
    int share = 1;
    json::object names;
    json::object variables;
};

/// The law's clock of a case.
struct LimitHabit {
    std::optional<Budget> budget;  ///< Empty: the process's own, else no limit.
    Receipt receipt;
    std::string starts_at;                     ///< Action that starts it; empty: the start of the case.
    std::map<std::string, Budget> extensions;  ///< By action.
};

struct Scenario {
    int year = 2026;
    std::int64_t cases = 10'000;  ///< Of the year, spread over its working time.
    bool even = false;            ///< At even distances; else as a Poisson process.
    std::uint64_t seed = 1;
    std::map<std::string, int> staff;  ///< By post kind; of others as many as `busy_percent` needs.
    int busy_percent = 80;
    int budget_share_percent = 10;  ///< Work of a task, of its budget.
    Minutes work{10};               ///< Of a task without a budget.
    int spread_percent = 50;        ///< 0: always the mean; 100: as exponential times.
    int first_outcome_percent = 90;
    int rounds_max = 3;  ///< A task done so often by one case takes its first outcome.
    std::map<std::string, TaskHabit> tasks;
    std::map<std::string, AnswerHabit> actions;
    std::map<std::string, AnswerHabit> messages;
    std::vector<CaseKind> kinds;  ///< Empty: one without names.
    LimitHabit limit;
    std::string hours = "counted";  ///< Calendar officers and arrivals keep.
    bool remember_steps = true;     ///< False: every step is taken anew; the same figures, slowly.
};

/// Problem "workflow.bad_scenario" (words place, what). What the process does not have is refused.
Result<Scenario> scenario_from(const json::value& document, const Model& model);

/// One post kind over the year, in working time.
struct PostReport {
    std::string post;
    int staff = 0;
    std::int64_t tasks = 0;
    double busy_percent = 0;
    double queue_mean = 0;
    std::int64_t queue_max = 0;
    Minutes wait_p50{0};
    Minutes wait_p95{0};
};

struct StepReport {
    std::string node;
    std::int64_t done = 0;
    double mean_minutes = 0;  ///< From the opening to the completion, working time.
    std::int64_t late = 0;    ///< Of those with a budget.
    bool limited = false;
};

struct StuckReport {
    std::string node;
    std::string code;  ///< Of the Problem.
    std::int64_t cases = 0;
};

struct SimulationReport {
    std::int64_t arrived = 0;
    std::int64_t finished = 0;
    std::int64_t open = 0;   ///< A year after the last came.
    std::int64_t stuck = 0;  ///< Incidents, and those that went round and round.
    std::int64_t limited = 0;
    std::int64_t late = 0;    ///< Of those with a limit.
    double mean_minutes = 0;  ///< A finished case, working time.
    std::vector<PostReport> posts;
    std::vector<StepReport> steps;
    std::vector<StuckReport> reasons;
    std::int64_t steps_taken = 0;
    std::int64_t steps_computed = 0;  ///< The others were remembered.

    double late_percent() const { return limited == 0 ? 0 : 100.0 * double(late) / double(limited); }
};

/// One more officer at `post`, all else the same: the same cases come, with the same work.
struct OneMore {
    std::string post;
    double late_percent = 0;
    double mean_minutes = 0;
};

using Progress = std::function<void(int percent)>;

/// Plays `scenario`; `calendars` as province/calendars.json. Problems of calendar_from.
Result<SimulationReport> simulate(
    const Process& process, const Scenario& scenario, const json::value& calendars, const Progress& tell = {}
);

/// `scenario` with the staff it does not say, found by playing some cases with officers enough.
Result<Scenario> staffed(const Process& process, Scenario scenario, const json::value& calendars);

/// What one more officer changes, at each of the `posts_max` busiest posts of `report`.
Result<std::vector<OneMore>> one_more(
    const Process& process,
    const Scenario& scenario,
    const json::value& calendars,
    const SimulationReport& report,
    std::size_t posts_max = 3
);

json::object to_json(const SimulationReport& report, const std::vector<OneMore>& more);

}  // namespace thien_an::workflow

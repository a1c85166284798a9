#pragma once

#include <map>
#include <memory>
#include <unordered_map>
#include <variant>
#include <vector>

#include "engine/workflow/step.h"

/// The steps of a simulated process, each computed by step() and, where that is the same, remembered.
namespace thien_an::workflow {

/// Where a case stands after a step; remembered ones are shared by all cases that stand alike: their ids are counted
/// from 1 and their timers have no moment.
struct Standing {
    State state;
    int kind = 0;       ///< Of the scenario's kinds of cases.
    bool kept = false;  ///< Remembered; only these remember what comes next.
    struct Next;
    std::vector<Next> next;  ///< Remembered, by command.
};
// Shared: of the memory and of every case that stands there.
using StandingPtr = std::shared_ptr<Standing>;

/// When a timer that was set in a step falls due.
struct TimerRule {
    std::optional<TimerSpec> working;                     ///< Its budget after the step.
    std::optional<std::chrono::microseconds> after = {};  ///< That long after the step.
    Instant at;                                           ///< Else then.
};

struct ClockChange {
    std::string verb;
    std::string reason;
    std::optional<Budget> by;
};

/// What one step did, as far as a simulation looks at it.
struct Move {
    struct Came {
        int from = -1;  ///< Place of this wait among those before the step; -1: new.
        TimerRule timer;
        int posts = -1;  ///< Of a new task: number of its set of candidates.
    };
    StandingPtr to;
    std::vector<Came> waits;  ///< One for each wait of `to`, in order.
    std::vector<ClockChange> clock;
    int call = -1;  ///< Place of the local action to answer at once.
    bool ended = false;
    std::optional<std::pair<int, std::string>> stuck;  ///< Node and code of an incident.
};

/// A command with what distinguishes it: place of its wait, and which answer is given.
struct Choice {
    int wait = 0;
    int answer = 0;
    bool operator==(const Choice&) const = default;
};

struct Standing::Next {
    Choice choice;
    std::shared_ptr<const Move> move;  // Shared with whoever takes it just now.
};

/// Whether a step of the process is the same whenever it is taken: no expression asks for the day or the hour, no decision is
/// made, timers are budgets or fixed. Then it is enough to take it once from each standing.
bool same_at_any_time(const Model& model);

class Course {
public:
    struct Kind {
        json::object names;
        json::object variables;
    };
    using WorkingDue = std::function<Instant(Instant, const TimerSpec&)>;
    /// `due` is asked only when steps are not remembered.
    Course(const Model& model, std::vector<Kind> kinds, bool remember, WorkingDue due);
    ~Course();
    Course(const Course&) = delete;
    Course& operator=(const Course&) = delete;

    bool remembers() const { return remember_; }
    std::shared_ptr<const Move> start(int kind, Instant now);
    /// `command` makes the command for the wait; it must be the same for the same choice at the same standing.
    template <typename Make>
    std::shared_ptr<const Move> next(const StandingPtr& at, Choice choice, Instant now, Make command)
    {
        ++taken_;
        for (const auto& known : at->next)
            if (known.choice == choice) return known.move;
        auto move = compute(at.get(), command(at->state.waits[std::size_t(choice.wait)]), at->kind, now);
        if (at->kept && move->to->kept) at->next.push_back({choice, move});
        return move;
    }
    /// Post kinds of a set of candidates; an empty one when the expression gave nobody.
    const std::vector<std::vector<std::string>>& posts() const { return posts_; }
    std::int64_t taken() const { return taken_; }
    std::int64_t computed() const { return computed_; }

private:
    std::shared_ptr<const Move> compute(const Standing* from, const Command& command, int kind, Instant now);
    /// What the effects and waits of a step say.
    Move move_of(const Standing* from, const Stepped& stepped, Instant now);
    StandingPtr standing(State state, int kind);
    int set_of(std::vector<std::string> posts);
    TimerRule rule_of(const Wait& wait, Instant now) const;
    const json::object& names_of(int kind, Instant now);

    const Model& model_;
    std::vector<Kind> kinds_;
    bool remember_;
    WorkingDue due_;
    std::vector<std::shared_ptr<const Move>> starts_;
    std::unordered_map<std::string, StandingPtr> standings_;
    std::vector<std::vector<std::string>> posts_;
    std::vector<TimerSpec> asked_;  ///< Working timers set in the step under way.
    std::int64_t last_id_ = 0;
    std::int64_t taken_ = 0;
    std::int64_t computed_ = 0;
};

}  // namespace thien_an::workflow

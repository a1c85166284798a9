#pragma once

#include <queue>

#include "engine/workflow/simulation_course.h"
#include "engine/workflow/simulation_office.h"

/// One run of a simulation; used by simulate() alone.
namespace thien_an::workflow {

class Play {
public:
    Play(const Model& model, const Scenario& scenario, const Calendar& calendar);
    SimulationReport run(const Progress& tell);
    std::map<std::string, std::chrono::microseconds> work() const { return office_.work(); }

private:
    /// Beside a wait of the case's standing.
    struct Open {
        std::int64_t serial = 0;
        Instant opened;
        Instant due;  ///< Of a task with a budget.
        std::chrono::microseconds work{0};
        Instant until;  ///< Of a task an officer does.
        int set = -1;   ///< Of a task; -1: none, or settled.
        int post = -1;  ///< Whose officer does it.
    };
    struct Case {
        StandingPtr at;  ///< Null: over.
        std::vector<Open> waits;
        std::vector<std::uint8_t> rounds;  ///< By node.
        SimulationRandom random;
        Instant arrived;
        std::optional<Instant> clock_started;
        std::optional<Instant> clock_stopped;
        std::unique_ptr<Ledger> ledger;  ///< Once it was suspended, extended or restarted.
    };
    struct Event {
        Instant at;
        std::int64_t serial = 0;  ///< Of the wait; the lesser one first.
        std::uint32_t place = 0;
        bool operator>(const Event& other) const
        {
            return std::tie(at, serial) > std::tie(other.at, other.serial);
        }
    };
    struct StepTotal {
        std::int64_t done = 0;
        std::int64_t late = 0;
        std::int64_t microseconds = 0;
    };

    // What comes.
    bool next_arrival();
    void arrive();
    void happen(const Event& event);
    std::shared_ptr<const Move> taken(Case& one, int wait, Instant now);
    std::shared_ptr<const Move> completed(Case& one, int wait, Instant now);
    std::shared_ptr<const Move> answered(Case& one, int wait, Instant now);

    // What a step brings.
    void follow(std::uint32_t place, std::shared_ptr<const Move> move, Instant now);
    void settle(std::uint32_t place, const Move& move, Instant now);
    void open(std::uint32_t place, std::size_t wait, const Move::Came& came, Instant now);
    void open_task(std::uint32_t place, std::size_t wait, int set, Instant now);
    void expect_message(std::uint32_t place, std::size_t wait, Instant now);
    void drop(const Open& open, Instant now);
    void begin(std::uint32_t place, Open& open, int post, Instant now);
    void dispatch(Instant now);
    void finish(std::uint32_t place, const Move& move, Instant now);

    // The law's clock.
    void change_clock(Case& one, const ClockChange& change, Instant now);
    void local_action(Case& one, const std::string& name, Instant now);
    Ledger& ledger_of(Case& one, Instant now);
    void judge(const Case& one, Instant now);

    const AnswerHabit* habit_of(const Wait& wait) const;
    Instant after(const AnswerHabit* habit, const Budget& otherwise, Instant now);
    std::chrono::microseconds work_of(int node, SimulationRandom& random) const;
    int outcome_of(int node, Case& one) const;
    Instant timer_due(Instant from, const TimerSpec& timer);
    void schedule(const Open& open, std::uint32_t place, Instant at)
    {
        events_.push({at, open.serial, place});
    }
    Open* find(std::uint32_t place, std::int64_t serial);
    void report_steps();

    const Model& model_;
    const Scenario& scenario_;
    WorkTime time_;
    Instant year_end_;
    Instant horizon_;
    std::optional<Budget> limit_;
    Course course_;
    Office office_;
    std::vector<int> kind_shares_;
    std::vector<std::vector<int>> outcome_shares_;  ///< By node.
    std::map<std::string, std::vector<int>> answer_shares_;
    std::vector<std::chrono::microseconds> work_means_;  ///< By node.
    SimulationRandom arrivals_;
    std::chrono::microseconds arrived_at_{0};  ///< Working time of the year until the next arrival.
    std::chrono::microseconds apart_{0};
    std::vector<Case> cases_;
    std::vector<std::uint32_t> over_;  ///< Places in `cases_` to use again.
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
    std::vector<int> freed_;  ///< Posts with an officer at leisure again.
    std::int64_t last_serial_ = 0;
    std::vector<StepTotal> totals_;  ///< By node.
    std::map<std::pair<int, std::string>, std::int64_t> stuck_;
    std::int64_t microseconds_ = 0;  ///< Of finished cases.
    SimulationReport report_;
};

}  // namespace thien_an::workflow

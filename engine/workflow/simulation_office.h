#pragma once

#include <deque>
#include <string>
#include <vector>

#include "engine/workflow/simulation.h"
#include "engine/workflow/work_time.h"

/// Officers of a simulation and the tasks that wait for them.
namespace thien_an::workflow {

/// Random numbers of our own, whole numbers throughout: the same on every machine.
class SimulationRandom {
public:
    explicit SimulationRandom(std::uint64_t seed = 0) : state_(seed) {}
    /// A stream of its own for case `number`.
    static SimulationRandom stream(std::uint64_t seed, std::uint64_t number);
    std::uint32_t bits();
    int below(int bound) { return int(std::uint64_t(bits()) * std::uint64_t(bound) >> 32U); }
    /// An exponential time of mean 65,536, by von Neumann's comparisons.
    std::int64_t exponential();
    /// `mean` with a part of it exponential: 0 percent always the mean, 100 all of it.
    std::chrono::microseconds spread(std::chrono::microseconds mean, int percent);
    /// Which of the shares.
    std::size_t among(const std::vector<int>& shares);

private:
    std::uint64_t state_;
};

class Office {
public:
    struct Waiting {
        std::uint32_t place = 0;  ///< Of the case.
        std::int64_t serial = 0;  ///< Of the task; grows, so the least has waited longest.
        Instant opened;
    };
    /// `staff` by post kind; of a post not named there is one. Figures are of the time before `end`.
    Office(const std::map<std::string, int>& staff, const WorkTime& time, Instant end);

    /// Tells the posts of set number `set`.
    void know_set(std::size_t set, const std::vector<std::string>& posts);
    /// The post of the set with most officers at leisure; -1: none.
    int at_leisure(int set) const;
    bool has_leisure(int post) const
    {
        return posts_[std::size_t(post)].busy < posts_[std::size_t(post)].staff;
    }
    /// An officer of `post` takes a task that waited since `opened`; gives when it is done.
    Instant begin(int post, Instant opened, Instant now, std::chrono::microseconds work);
    /// The officer is at leisure again; earlier than `until` when the task was withdrawn.
    void release(int post, Instant now, Instant until);

    void wait(int set, Waiting task, Instant now);
    /// A waiting task is no longer there.
    void withdraw(int set, Instant now) { count(set, -1, now); }
    /// The task that has waited longest for `post`; `is_there` says which still wait.
    template <typename IsThere>
    std::optional<Waiting> next_for(int post, Instant now, IsThere is_there)
    {
        int best = -1;
        for (const int set : posts_[std::size_t(post)].sets) {
            auto& queue = sets_[std::size_t(set)].queue;
            while (!queue.empty() && !is_there(queue.front())) queue.pop_front();
            if (queue.empty()) continue;
            if (best < 0 || queue.front().serial < sets_[std::size_t(best)].queue.front().serial) best = set;
        }
        if (best < 0) return std::nullopt;
        const auto task = sets_[std::size_t(best)].queue.front();
        sets_[std::size_t(best)].queue.pop_front();
        count(best, -1, now);
        return task;
    }

    std::vector<PostReport> report() const;
    /// Work done by post kind, in the time before `end`.
    std::map<std::string, std::chrono::microseconds> work() const;

private:
    struct Post {
        std::string name;
        int staff = 1;
        int busy = 0;
        std::int64_t tasks = 0;
        std::chrono::microseconds work{0};
        std::vector<int> sets;
        std::int64_t queue = 0;
        std::int64_t queue_max = 0;
        double queue_area = 0;  ///< Cases times microseconds.
        std::chrono::microseconds counted_at{0};
        std::vector<std::int64_t> waits;  ///< Tasks by minutes waited.
    };
    struct Set {
        std::vector<int> posts;
        std::deque<Waiting> queue;
    };
    int post_named(const std::string& name);
    void count(int set, int by, Instant now);
    std::chrono::microseconds counted(Instant instant) const { return std::min(time_.worked(instant), all_); }

    const std::map<std::string, int>& staff_;
    const WorkTime& time_;
    std::chrono::microseconds all_;  ///< Working time of the year.
    std::vector<Post> posts_;
    std::vector<Set> sets_;
};

}  // namespace thien_an::workflow

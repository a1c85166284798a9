#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/web/route.h"

/// Threads that run handlers, in lanes with queues of their own, so that slow work never waits in front of quick work.
namespace thien_an::web {

struct LaneSettings {
    std::size_t workers = 1;
    std::size_t queue_max = 1;  ///< Requests waiting; more are told to come back.
};

class Lanes {
public:
    explicit Lanes(const std::array<LaneSettings, lane_count>& settings);
    ~Lanes();  ///< Runs what was taken, then ends the threads.
    Lanes(const Lanes&) = delete;
    Lanes& operator=(const Lanes&) = delete;

    /// False when the lane's queue is full or the lanes are stopping. `work` must not throw.
    bool submit(Lane lane, std::function<void()> work);
    /// Takes no more work and waits until the taken work is done.
    void stop();

    std::size_t waiting(Lane lane) const;

private:
    struct One {
        LaneSettings settings;
        mutable std::mutex mutex;
        std::condition_variable filled;
        std::deque<std::function<void()>> queue;
        bool stopping = false;
        std::vector<std::jthread> workers;
    };
    static void work(One& lane);

    std::array<One, lane_count> lanes_;
};

}  // namespace thien_an::web

#pragma once

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

/// For race tests: several sessions let go at the same moment.
namespace thien_an::storage {

/// Runs act(0) to act(sessions - 1) on threads of their own, let go together; how many gave true.
template <typename Act>
int at_once(int sessions, Act act)
{
    std::latch start(sessions);
    std::atomic<int> done{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < sessions; ++i)
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            if (act(i)) ++done;
        });
    threads.clear();
    return done;
}

}  // namespace thien_an::storage

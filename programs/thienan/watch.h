#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>

#include "engine/storage/health.h"
#include "engine/web/metrics.h"

/// Whether this server should get requests, and the numbers of it that the door does not know.
namespace thien_an::program {

class House;

/// Safe to use from many threads; asks the database at most once a second.
class Watch {
public:
    explicit Watch(House& house) : house_(house) {}

    /// The database answers, its clock is at most 2 s off ours, and the server is not stopping.
    bool ready();
    web::Metrics::Gauges::result_type gauges();
    void stop() { stopping_ = true; }

private:
    struct Seen {
        storage::Health health;
        std::chrono::microseconds clock_off{0};  ///< From the clock of the database's machine.
    };
    /// Nothing when the database does not answer.
    std::optional<Seen> look();

    House& house_;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::optional<std::chrono::steady_clock::time_point> looked_;
    std::optional<Seen> seen_;
};

}  // namespace thien_an::program

#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// Counts of the door for Prometheus: no label ever holds a path or a person.
namespace thien_an::web {

class Metrics {
public:
    void request_done(int status, std::chrono::microseconds took);
    void connection_opened() { ++connections_; }
    void connection_closed() { --connections_; }
    void head_refused() { ++refused_; }
    void turned_away() { ++turned_away_; }
    std::int64_t connections() const { return connections_; }

    /// A number that somebody else knows, asked for whenever the text is.
    struct Gauge {
        std::string name;  ///< "thienan_disk_free_bytes"
        double value = 0;
    };
    using Gauges = std::function<std::vector<Gauge>()>;
    void also(Gauges gauges) { gauges_ = std::move(gauges); }  ///< Before use: not for many threads.

    std::string text() const;  ///< Exposition format 0.0.4.

private:
    static constexpr std::array<std::int64_t, 9> bounds_us{
        500, 1000, 2500, 5000, 10'000, 20'000, 50'000, 250'000, 1'000'000};

    std::array<std::atomic<std::int64_t>, 6> by_class_{};
    std::array<std::atomic<std::int64_t>, bounds_us.size() + 1> took_{};
    std::atomic<std::int64_t> took_us_{0};
    std::atomic<std::int64_t> connections_{0};
    std::atomic<std::int64_t> refused_{0};  ///< Heads that were none.
    Gauges gauges_;
    std::atomic<std::int64_t> turned_away_{0};  ///< A queue was full, or an address had too many connections.
};

}  // namespace thien_an::web

#include "engine/web/metrics.h"

#include <fmt/format.h>

#include <algorithm>

namespace thien_an::web {

void Metrics::request_done(int status, std::chrono::microseconds took)
{
    ++by_class_.at(std::size_t(std::clamp(status / 100, 0, 5)));
    const auto at = std::lower_bound(bounds_us.begin(), bounds_us.end(), took.count()) - bounds_us.begin();
    ++took_.at(std::size_t(at));
    took_us_ += took.count();
}

std::string Metrics::text() const
{
    std::string out = "# TYPE thienan_requests_total counter\n";
    for (std::size_t i = 1; i < by_class_.size(); ++i)
        out += fmt::format("thienan_requests_total{{status=\"{}xx\"}} {}\n", i, by_class_.at(i).load());
    out += "# TYPE thienan_request_seconds histogram\n";
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < bounds_us.size(); ++i) {
        sum += took_.at(i);
        out += fmt::format(
            "thienan_request_seconds_bucket{{le=\"{}\"}} {}\n", double(bounds_us.at(i)) / 1e6, sum
        );
    }
    sum += took_.back();
    out += fmt::format("thienan_request_seconds_bucket{{le=\"+Inf\"}} {}\n", sum);
    out += fmt::format("thienan_request_seconds_sum {}\n", double(took_us_.load()) / 1e6);
    out += fmt::format("thienan_request_seconds_count {}\n", sum);
    out += fmt::format("# TYPE thienan_connections gauge\nthienan_connections {}\n", connections_.load());
    out += fmt::format(
        "# TYPE thienan_heads_refused_total counter\nthienan_heads_refused_total {}\n", refused_.load()
    );
    out += fmt::format(
        "# TYPE thienan_turned_away_total counter\nthienan_turned_away_total {}\n", turned_away_.load()
    );
    if (gauges_)
        for (const auto& gauge : gauges_())
            out += fmt::format("# TYPE {0} gauge\n{0} {1}\n", gauge.name, gauge.value);
    return out;
}

}  // namespace thien_an::web

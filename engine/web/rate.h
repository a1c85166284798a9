#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

/// How often one visitor may ask: a token bucket for each key.
namespace thien_an::web {

struct Rate {
    double burst = 10;       ///< Requests at once.
    double per_minute = 60;  ///< Refilled evenly.
};

/// Safe from many threads; remembers the `keys_max` keys seen last of each limit.
class RateLimiter {
public:
    using Moment = std::chrono::steady_clock::time_point;

    explicit RateLimiter(std::map<std::string, Rate, std::less<>> rates, std::size_t keys_max = 100'000);

    /// Seconds to wait, 0 when the request may go on and is counted. Throws std::logic_error for an unknown limit.
    std::chrono::seconds take(std::string_view limit, std::string_view key, Moment now);
    /// The same, without counting this request.
    std::chrono::seconds wait(std::string_view limit, std::string_view key, Moment now);

private:
    struct Bucket {
        double tokens;
        Moment filled;
        std::list<std::string>::iterator place;
    };
    struct Limit {
        Rate rate;
        std::mutex mutex;
        std::unordered_map<std::string, Bucket> buckets;
        std::list<std::string> newest_first;
    };

    std::chrono::seconds ask(std::string_view limit, std::string_view key, Moment now, double tokens);

    std::map<std::string, Limit, std::less<>> limits_;
    std::size_t keys_max_;
};

}  // namespace thien_an::web

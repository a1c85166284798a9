#include "engine/web/rate.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace thien_an::web {

RateLimiter::RateLimiter(std::map<std::string, Rate, std::less<>> rates, std::size_t keys_max)
    : keys_max_(keys_max)
{
    for (const auto& [name, rate] : rates) limits_[name].rate = rate;
}

std::chrono::seconds RateLimiter::take(std::string_view limit, std::string_view key, Moment now)
{
    return ask(limit, key, now, 1);
}

std::chrono::seconds RateLimiter::wait(std::string_view limit, std::string_view key, Moment now)
{
    return ask(limit, key, now, 0);
}

std::chrono::seconds RateLimiter::ask(std::string_view limit, std::string_view key, Moment now, double tokens)
{
    const auto found = limits_.find(limit);
    if (found == limits_.end()) throw std::logic_error("no rate limit " + std::string(limit));
    auto& [rate, mutex, buckets, newest_first] = found->second;
    const std::lock_guard lock(mutex);
    auto [at, fresh] = buckets.try_emplace(std::string(key), Bucket{rate.burst, now, {}});
    auto& bucket = at->second;
    if (fresh) {
        newest_first.push_front(at->first);
        bucket.place = newest_first.begin();
    } else {
        newest_first.splice(newest_first.begin(), newest_first, bucket.place);
    }
    if (buckets.size() > keys_max_) {
        buckets.erase(newest_first.back());
        newest_first.pop_back();
    }
    const double per_second = rate.per_minute / 60;
    const double passed = std::chrono::duration<double>(now - bucket.filled).count();
    bucket.tokens = std::min(rate.burst, bucket.tokens + std::max(passed, 0.0) * per_second);
    bucket.filled = now;
    if (bucket.tokens >= 1) {
        bucket.tokens -= tokens;
        return std::chrono::seconds{0};
    }
    return std::chrono::seconds{std::int64_t(std::ceil((1 - bucket.tokens) / per_second))};
}

}  // namespace thien_an::web

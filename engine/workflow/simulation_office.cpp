#include "engine/workflow/simulation_office.h"

#include <algorithm>

namespace thien_an::workflow {
namespace {

/// Minutes that `percent` of the tasks did not wait longer than.
Minutes percentile(const std::vector<std::int64_t>& by_minute, std::int64_t tasks, int percent)
{
    std::int64_t seen = 0;
    for (std::size_t minute = 0; minute < by_minute.size(); ++minute) {
        seen += by_minute[minute];
        if (seen * 100 >= tasks * percent) return Minutes(std::int64_t(minute));
    }
    return Minutes(0);
}

}  // namespace

SimulationRandom SimulationRandom::stream(std::uint64_t seed, std::uint64_t number)
{
    SimulationRandom mixed(seed * 0x9E3779B97F4A7C15U + number);
    const auto high = std::uint64_t(mixed.bits()) << 32U;
    return SimulationRandom(high | mixed.bits());
}

/// splitmix64.
std::uint32_t SimulationRandom::bits()
{
    state_ += 0x9E3779B97F4A7C15U;
    auto z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return std::uint32_t((z ^ (z >> 31U)) >> 32U);
}

std::int64_t SimulationRandom::exponential()
{
    for (std::int64_t whole = 0;; ++whole) {
        const auto first = bits();
        auto before = first;
        bool odd = true;
        for (auto next = bits(); next < before; next = bits()) {
            before = next;
            odd = !odd;
        }
        if (odd) return (whole << 16U) + (first >> 16U);
    }
}

std::chrono::microseconds SimulationRandom::spread(std::chrono::microseconds mean, int percent)
{
    if (percent == 0) return mean;
    const auto varied = mean.count() * percent / 100;
    return std::chrono::microseconds(mean.count() - varied + (varied * exponential() >> 16U));
}

std::size_t SimulationRandom::among(const std::vector<int>& shares)
{
    int all = 0;
    for (const int share : shares) all += share;
    if (all <= 0) return 0;
    int left = below(all);
    for (std::size_t i = 0; i < shares.size(); ++i) {
        left -= shares[i];
        if (left < 0) return i;
    }
    return 0;
}

Office::Office(const std::map<std::string, int>& staff, const WorkTime& time, Instant end)
    : staff_(staff), time_(time), all_(time.worked(end))
{
}

int Office::post_named(const std::string& name)
{
    for (std::size_t i = 0; i < posts_.size(); ++i)
        if (posts_[i].name == name) return int(i);
    const auto found = staff_.find(name);
    posts_.push_back({.name = name, .staff = found == staff_.end() ? 1 : found->second});
    return int(posts_.size()) - 1;
}

void Office::know_set(std::size_t set, const std::vector<std::string>& posts)
{
    if (set < sets_.size()) return;
    sets_.resize(set + 1);
    for (const auto& name : posts) sets_[set].posts.push_back(post_named(name));
    if (posts.empty()) sets_[set].posts.push_back(post_named("?"));
    for (const int post : sets_[set].posts) posts_[std::size_t(post)].sets.push_back(int(set));
}

int Office::at_leisure(int set) const
{
    int best = -1;
    int most = 0;
    for (const int post : sets_[std::size_t(set)].posts) {
        const auto& one = posts_[std::size_t(post)];
        if (one.staff - one.busy <= most) continue;
        most = one.staff - one.busy;
        best = post;
    }
    return best;
}

Instant Office::begin(int post, Instant opened, Instant now, std::chrono::microseconds work)
{
    auto& one = posts_[std::size_t(post)];
    ++one.busy;
    ++one.tasks;
    const auto minute = std::size_t((time_.worked(now) - time_.worked(opened)) / Minutes(1));
    if (minute >= one.waits.size()) one.waits.resize(minute + 1);
    ++one.waits[minute];
    const auto until = time_.plus(now, work);
    one.work += counted(until) - counted(now);
    return until;
}

void Office::release(int post, Instant now, Instant until)
{
    auto& one = posts_[std::size_t(post)];
    --one.busy;
    if (now < until) one.work -= counted(until) - counted(now);
}

void Office::wait(int set, Waiting task, Instant now)
{
    sets_[std::size_t(set)].queue.push_back(task);
    count(set, 1, now);
}

void Office::count(int set, int by, Instant now)
{
    const auto moment = counted(now);
    for (const int post : sets_[std::size_t(set)].posts) {
        auto& one = posts_[std::size_t(post)];
        one.queue_area += double(one.queue) * double((moment - one.counted_at).count());
        one.counted_at = moment;
        one.queue += by;
        one.queue_max = std::max(one.queue_max, one.queue);
    }
}

std::vector<PostReport> Office::report() const
{
    std::vector<PostReport> out;
    const auto all = double(std::max<std::int64_t>(all_.count(), 1));
    for (const auto& post : posts_)
        out.push_back(
            {.post = post.name,
             .staff = post.staff,
             .tasks = post.tasks,
             .busy_percent = 100.0 * double(post.work.count()) / all / std::max(post.staff, 1),
             .queue_mean =
                 (post.queue_area + double(post.queue) * double((all_ - post.counted_at).count())) / all,
             .queue_max = post.queue_max,
             .wait_p50 = percentile(post.waits, post.tasks, 50),
             .wait_p95 = percentile(post.waits, post.tasks, 95)}
        );
    std::sort(out.begin(), out.end(), [](const PostReport& a, const PostReport& b) {
        return a.post < b.post;
    });
    return out;
}

std::map<std::string, std::chrono::microseconds> Office::work() const
{
    std::map<std::string, std::chrono::microseconds> out;
    for (const auto& post : posts_) out[post.name] = post.work;
    return out;
}

}  // namespace thien_an::workflow

#include "engine/web/lanes.h"

namespace thien_an::web {

Lanes::Lanes(const std::array<LaneSettings, lane_count>& settings)
{
    for (std::size_t i = 0; i < lane_count; ++i) {
        lanes_.at(i).settings = settings.at(i);
        for (std::size_t n = 0; n < settings.at(i).workers; ++n)
            lanes_.at(i).workers.emplace_back([&lane = lanes_.at(i)] { work(lane); });
    }
}

Lanes::~Lanes() { stop(); }

bool Lanes::submit(Lane lane, std::function<void()> work)
{
    auto& one = lanes_.at(std::size_t(lane));
    {
        const std::lock_guard lock(one.mutex);
        if (one.stopping || one.queue.size() >= one.settings.queue_max) return false;
        one.queue.push_back(std::move(work));
    }
    one.filled.notify_one();
    return true;
}

void Lanes::stop()
{
    for (auto& lane : lanes_) {
        {
            const std::lock_guard lock(lane.mutex);
            lane.stopping = true;
        }
        lane.filled.notify_all();
    }
    for (auto& lane : lanes_) lane.workers.clear();
}

std::size_t Lanes::waiting(Lane lane) const
{
    const auto& one = lanes_.at(std::size_t(lane));
    const std::lock_guard lock(one.mutex);
    return one.queue.size();
}

void Lanes::work(One& lane)
{
    while (true) {
        std::unique_lock lock(lane.mutex);
        lane.filled.wait(lock, [&] { return lane.stopping || !lane.queue.empty(); });
        if (lane.queue.empty()) return;
        const auto next = std::move(lane.queue.front());
        lane.queue.pop_front();
        lock.unlock();
        next();
    }
}

}  // namespace thien_an::web

#include "programs/thienan/watch.h"

#include "engine/storage/folder.h"
#include "engine/storage/server_clock.h"

#include "programs/thienan/house.h"

namespace thien_an::program {
namespace {

constexpr std::chrono::seconds look_pause{1};

double seconds(std::chrono::microseconds time) { return double(time.count()) / 1e6; }

}  // namespace

std::optional<Watch::Seen> Watch::look()
{
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (looked_ && now - *looked_ < look_pause) return seen_;
    looked_ = now;
    try {
        seen_ = Seen{
            .health = house_.database_->read([&](storage::Reader& db) {
                return storage::health(db, house_.clock_.now());
            }),
            .clock_off = storage::clock_difference(*house_.database_, house_.wall_)
                             .value_or(std::chrono::microseconds{0})};
    } catch (const storage::StorageError& fault) {
        house_.log_.error("database_does_not_answer", {{"reason", fault.what()}});
        seen_.reset();
    }
    return seen_;
}

bool Watch::ready()
{
    if (stopping_) return false;
    const auto seen = look();
    return seen && seen->clock_off <= storage::clock_difference_max;
}

web::Metrics::Gauges::result_type Watch::gauges()
{
    const auto seen = look();
    web::Metrics::Gauges::result_type all{
        {"thienan_ready", ready() ? 1.0 : 0.0},
        {"thienan_database_answers", seen ? 1.0 : 0.0},
        {"thienan_disk_free_bytes", double(storage::free_bytes(house_.folder_.path()))},
        {"thienan_packs_refused", double(house_.refused().size())}};
    if (!seen) return all;
    all.push_back({"thienan_clock_off_seconds", seconds(seen->clock_off)});
    all.push_back({"thienan_outbox_waiting", double(seen->health.outbox_waiting)});
    all.push_back({"thienan_outbox_oldest_seconds", seconds(seen->health.outbox_oldest)});
    all.push_back({"thienan_incidents_open", double(seen->health.incidents_open)});
    return all;
}

}  // namespace thien_an::program

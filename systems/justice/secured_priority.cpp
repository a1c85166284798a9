#include "systems/justice/secured_priority.h"

#include <algorithm>

namespace thien_an::justice {
namespace {

/// When the registration came to stand over the thing; nothing when it does not.
std::optional<Rank> since(const Registration& registration, const RankedOver& thing)
{
    std::optional<Rank> found;
    const auto take = [&](bool covers, const Rank& rank) {
        if (covers && (!found || rank < *found)) found = rank;
    };
    for (const auto& [vehicle, rank] : registration.vehicles)
        take(
            !thing.serial.empty() && (vehicle.chassis == thing.serial || vehicle.engine == thing.serial ||
                                      vehicle.plate == thing.serial),
            rank
        );
    for (const auto& [grantor, rank] : registration.grantors) {
        take(!thing.grantor_number.empty() && grantor.number == thing.grantor_number, rank);
        take(!thing.grantor_name.empty() && party_name(grantor.name) == thing.grantor_name, rank);
    }
    return found;
}

}  // namespace

Priority priority(const std::vector<Registration>& registrations, const RankedOver& thing, Day on)
{
    // law-91-2015/art-308: rights effective against third persons stand in the order of that effect, which
    // for movables is the moment of registration; law-33-2005/art-325 said the same of registered
    // transactions.
    constexpr Day new_code{std::chrono::year{2017} / 1 / 1};
    Priority out{{}, on < new_code ? "law-33-2005/art-325" : "law-91-2015/art-308"};
    for (const auto& registration : registrations)
        if (const auto rank = registration.in_force ? since(registration, thing) : std::nullopt)
            out.order.push_back({registration.number, *rank, 0});
    std::sort(out.order.begin(), out.order.end(), [](const Ranked& a, const Ranked& b) {
        return a.since < b.since;
    });
    int place = 0;
    for (auto& one : out.order) one.place = ++place;
    return out;
}

}  // namespace thien_an::justice

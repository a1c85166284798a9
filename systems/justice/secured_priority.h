#pragma once

#include "systems/justice/secured_notice.h"

/// Whose security comes first.
namespace thien_an::justice {

/// What rights are ranked over: one vehicle, or everything a grantor gave.
struct RankedOver {
    std::string serial = {};          ///< Normalised; of a vehicle.
    std::string grantor_number = {};  ///< Normalised.
    std::string grantor_name = {};    ///< As party_name gives it.
};

struct Ranked {
    std::int64_t registration = 0;
    Rank since;     ///< When it came to stand over the thing.
    int place = 0;  ///< From 1.
};

struct Priority {
    std::vector<Ranked> order;
    std::string law;  ///< The article the order follows on that day.
};

/// Registrations in force in the order of the moment each came to stand over the thing: registration, or the
/// change that brought the vehicle or the grantor in. What does not cover it, or not any more, is left out.
/// Law: law-91-2015/art-308 from 1/1/2017, law-33-2005/art-325 before. NOT YET: orders agreed between the
/// secured parties, and rights that stand without registration.
Priority priority(const std::vector<Registration>& registrations, const RankedOver& thing, Day on);

}  // namespace thien_an::justice

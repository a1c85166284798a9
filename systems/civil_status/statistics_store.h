#pragma once

#include <optional>
#include <vector>

#include "engine/identity/actor.h"

#include "systems/civil_status/statistics.h"

/// Locked statistics; the only SQL about table statistics_lock is in statistics_store.cpp.
namespace thien_an::civil_status {

struct StatisticsLock {
    std::int64_t id = 0;
    StatisticsTable table;
    Bytes digest;
    bool intact = true;  ///< The figures are those the digest was made of.
    Instant locked_at;
    identity::PartyId party;
    identity::PostId post;
};

/// The lock in force.
std::optional<StatisticsLock> statistics_lock(
    storage::Reader& db, std::string_view layout, identity::AgencyId agency, const StatisticsPeriod& period
);

/// Freezes the figures as `table` has them; the period must be over. Audited. Problems "civil_status.already_locked",
/// "civil_status.period_not_over".
Result<Done> lock_statistics(
    storage::Writer& db,
    const identity::Act& act,
    std::string_view layout,
    identity::AgencyId agency,
    const StatisticsPeriod& period,
    const StatisticsTable& table
);
/// Lifts it by a decision. Audited. Problems "civil_status.not_locked", "civil_status.lift_needs_decision".
Result<Done> lift_statistics_lock(
    storage::Writer& db,
    const identity::Act& act,
    std::string_view layout,
    identity::AgencyId agency,
    const StatisticsPeriod& period,
    std::string_view decision
);

}  // namespace thien_an::civil_status

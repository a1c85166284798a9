#include "systems/civil_status/statistics_store.h"

#include "engine/crypto/hash.h"
#include "engine/identity/audit.h"

namespace thien_an::civil_status {
namespace {

Bytes digest_of(
    std::string_view layout,
    identity::AgencyId agency,
    const StatisticsPeriod& period,
    const json::value& figures
)
{
    const auto hash = crypto::sha256(json::canonical(json::object{
        {"layout", layout},
        {"agency", agency.value},
        {"year", period.year},
        {"part", period.part},
        {"figures", figures}}));
    return {hash.begin(), hash.end()};
}

void audit_lock(
    storage::Writer& db,
    const identity::Act& act,
    std::string what,
    std::string_view layout,
    identity::AgencyId agency,
    const StatisticsPeriod& period,
    std::string_view reason
)
{
    identity::audit(
        db,
        act,
        {.what = std::move(what),
         .subject = "statistics",
         .about = {},
         .agency = agency,
         .reason = std::string(reason),
         .detail = {{"layout", layout}, {"year", period.year}, {"part", period.part}}}
    );
}

}  // namespace

std::optional<StatisticsLock> statistics_lock(
    storage::Reader& db, std::string_view layout, identity::AgencyId agency, const StatisticsPeriod& period
)
{
    auto rows = db.query(
        R"sql(
        SELECT id, figures, digest, locked_at, party, post
          FROM statistics_lock
         WHERE layout = ?1 AND agency = ?2 AND year = ?3 AND part = ?4 AND lifted_at IS NULL   -- statistics_lock_once
         LIMIT 1)sql",
        layout,
        agency,
        period.year,
        period.part
    );
    if (!rows.next()) return std::nullopt;
    const auto figures = json::parse(rows.text(1)).value();
    StatisticsLock lock{
        .id = rows.integer(0),
        .table = figures_from(figures),
        .digest = rows.bytes(2),
        .locked_at = rows.instant(3),
        .party = rows.id<identity::PartyId>(4),
        .post = rows.id<identity::PostId>(5)};
    lock.intact = lock.digest == digest_of(layout, agency, period, figures);
    return lock;
}

Result<Done> lock_statistics(
    storage::Writer& db,
    const identity::Act& act,
    std::string_view layout,
    identity::AgencyId agency,
    const StatisticsPeriod& period,
    const StatisticsTable& table
)
{
    if (act.today() < period.to())
        return Problem{.code = "civil_status.period_not_over", .field = "", .law = ""};
    if (statistics_lock(db, layout, agency, period))
        return Problem{.code = "civil_status.already_locked", .field = "", .law = ""};
    const auto figures = figures_value(table);
    db.execute(
        R"sql(
        INSERT INTO statistics_lock (id, layout, agency, year, part, figures, digest, locked_at, party, post)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10))sql",
        act.ids.next(),
        layout,
        agency,
        period.year,
        period.part,
        json::canonical(figures),
        digest_of(layout, agency, period, figures),
        act.now,
        act.actor.party,
        act.actor.post
    );
    audit_lock(db, act, "statistics.lock", layout, agency, period, "");
    return Done{};
}

Result<Done> lift_statistics_lock(
    storage::Writer& db,
    const identity::Act& act,
    std::string_view layout,
    identity::AgencyId agency,
    const StatisticsPeriod& period,
    std::string_view decision
)
{
    if (decision.empty())
        return Problem{.code = "civil_status.lift_needs_decision", .field = "/decision", .law = ""};
    const auto lock = statistics_lock(db, layout, agency, period);
    if (!lock) return Problem{.code = "civil_status.not_locked", .field = "", .law = ""};
    if (lock->party == act.actor.party)
        return Problem{.code = "registers.second_person", .field = "/decision", .law = ""};
    db.execute(
        "UPDATE statistics_lock SET lifted_at = ?2, lifted_by = ?3, decision = ?4 WHERE id = ?1",
        lock->id,
        act.now,
        act.actor.post,
        decision
    );
    audit_lock(db, act, "statistics.lift", layout, agency, period, decision);
    return Done{};
}

}  // namespace thien_an::civil_status

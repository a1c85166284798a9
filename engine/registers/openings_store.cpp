#include "engine/base/vietnamese.h"
#include "engine/identity/audit.h"
#include "engine/identity/permissions.h"
#include "engine/registers/openings.h"

namespace thien_an::registers {
namespace {

Problem problem(std::string code, std::string field = "")
{
    return {.code = std::move(code), .field = std::move(field), .law = ""};
}

constexpr const char* opening_columns =
    "id, entry, asked_at, asked_party, asked_post, reason, decided_at, decided_party, decided_post, granted, "
    "why, "
    "open_until";

Opening opening_from(const storage::Rows& rows)
{
    Opening one{
        .id = rows.id<OpeningId>(0),
        .entry = rows.id<EntryId>(1),
        .asked_at = rows.instant(2),
        .asked_by = rows.id<identity::PartyId>(3),
        .asked_as = rows.id<identity::PostId>(4),
        .reason = rows.text(5),
        .granted = rows.integer(9) != 0,
        .why = rows.text(10)};
    if (!rows.null(6)) {
        one.decided_at = rows.instant(6);
        one.decided_by = rows.id<identity::PartyId>(7);
        one.decided_as = rows.id<identity::PostId>(8);
    }
    one.open_until = rows.instant_or_null(11);
    return one;
}

void note_audit(
    storage::Writer& db,
    const Act& act,
    std::string what,
    const Register& reg,
    EntryId entry,
    AgencyId agency,
    std::string_view reason
)
{
    identity::audit(
        db,
        act,
        {.what = std::move(what),
         .subject = "register_entry",
         .subject_id = entry.value,
         .about = {},
         .agency = agency,
         .reason = std::string(reason),
         .detail = {{"register", reg.id}}}
    );
}

AgencyId agency_of(storage::Reader& db, EntryId entry)
{
    auto rows = db.query("SELECT agency FROM register_state WHERE entry = ?1", entry);
    return rows.next() ? rows.id<AgencyId>(0) : AgencyId{};
}

}  // namespace

std::vector<Opening> openings_of(storage::Reader& db, EntryId entry, int limit)
{
    auto rows = db.query_all(
        std::string("SELECT ") + opening_columns +
            " FROM register_opening WHERE entry = ?1 ORDER BY asked_at DESC, id DESC LIMIT ?2",
        std::array{storage::Value{entry.value}, storage::Value{std::int64_t(limit)}}
    );
    std::vector<Opening> out;
    while (rows.next()) out.push_back(opening_from(rows));
    return out;
}

Result<Opening> find_opening(storage::Reader& db, OpeningId id)
{
    auto rows = db.query_all(
        std::string("SELECT ") + opening_columns + " FROM register_opening WHERE id = ?1",
        std::array{storage::Value{id.value}}
    );
    if (!rows.next()) return problem("registers.no_such_opening");
    return opening_from(rows);
}

Result<OpeningId> ask_opening(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    EntryId id,
    std::string_view reason
)
{
    const auto entry = TRY(find_entry(db, keys, reg, id));
    if (!identity::may(db, act.actor, "registers.read", entry.agency, act.today()))
        return problem("registers.no_such_entry");
    if (!reg.sealed) return problem("registers.not_sealed");
    if (folded(reason).empty()) return problem("registers.reason_missing", "/reason");
    for (const auto& one : openings_of(db, id, 50))
        if (one.asked_by == act.actor.party && !one.decided_at) return problem("registers.opening_waits");
    const auto made = act.ids.next_as<RegisterOpeningTag>();
    db.execute(
        R"sql(
        INSERT INTO register_opening (id, entry, asked_at, asked_party, asked_post, reason)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6))sql",
        made,
        id,
        act.now,
        act.actor.party,
        act.actor.post,
        reason
    );
    note_audit(db, act, "register.ask_opening", reg, id, entry.agency, reason);
    return made;
}

Result<Done> decide_opening(
    storage::Writer& db, const Act& act, const Register& reg, OpeningId id, bool grant, std::string_view why
)
{
    const auto opening = TRY(find_opening(db, id));
    const auto agency = agency_of(db, opening.entry);
    if (!identity::may(db, act.actor, "registers.open_sealed", agency, act.today()))
        return problem("registers.no_such_opening");
    if (opening.decided_at) return problem("registers.opening_decided");
    if (opening.asked_by == act.actor.party) return problem("registers.second_person");
    if (!grant && folded(why).empty()) return problem("registers.reason_missing", "/why");
    const auto decided = db.execute(
        R"sql(
        UPDATE register_opening
           SET decided_at = ?2, decided_party = ?3, decided_post = ?4, granted = ?5, why = ?6
         WHERE id = ?1 AND decided_at IS NULL)sql",
        id,
        act.now,
        act.actor.party,
        act.actor.post,
        grant,
        why
    );
    // Two decided at once: the first one's answer stands.
    if (decided == 0) return problem("registers.opening_decided");
    if (grant)
        db.execute(
            "UPDATE register_opening SET open_until = ?2 WHERE id = ?1",
            id,
            act.now + std::chrono::minutes(reg.opened_for_minutes)
        );
    note_audit(
        db, act, grant ? "register.grant_opening" : "register.refuse_opening", reg, opening.entry, agency, why
    );
    return Done{};
}

bool holds_opening(storage::Reader& db, const Act& act, EntryId entry)
{
    auto rows = db.query(
        R"sql(
        SELECT 1 FROM register_opening
         WHERE entry = ?1 AND asked_party = ?2 AND granted = 1 AND open_until > ?3
         LIMIT 1)sql",
        entry,
        act.actor.party,
        act.now
    );
    return rows.next();
}

}  // namespace thien_an::registers

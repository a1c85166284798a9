#include "engine/identity/audit.h"
#include "engine/registers/leases.h"

namespace thien_an::registers {
namespace {

Problem problem(std::string code) { return {.code = std::move(code), .field = "", .law = ""}; }

Problem leased(std::string node, Instant until)
{
    auto out = problem("registers.book_leased");
    out.words = {{"node", std::move(node)}, {"until", shown(until)}};
    return out;
}

std::string_view name_of(LeaseEnd how)
{
    switch (how) {
    case LeaseEnd::returned: return "returned";
    case LeaseEnd::taken_back: return "taken_back";
    case LeaseEnd::forked: return "forked";
    }
    throw std::logic_error("LeaseEnd outside its enumerators");
}

Lease lease_from(const storage::Rows& rows)
{
    Lease out;
    out.id = rows.id<LeaseId>(0);
    out.agency = rows.id<AgencyId>(1);
    out.node = rows.text(2);
    out.node_key = rows.bytes(3);
    out.epoch = rows.integer(4);
    out.granted_at = rows.instant(5);
    out.until = rows.instant(6);
    out.granted_by = rows.id<identity::PartyId>(7);
    out.granted_as = rows.id<identity::PostId>(8);
    out.here = rows.integer(9) != 0;
    out.ended_at = rows.instant_or_null(10);
    out.ended_how = rows.text_or_null(11).value_or("");
    out.decision = rows.text(12);
    out.ended_by = rows.id<identity::PartyId>(13);
    out.ended_as = rows.id<identity::PostId>(14);
    return out;
}

void insert_lease(storage::Writer& db, const Lease& lease)
{
    db.execute(
        R"sql(
        INSERT INTO register_lease (id, agency, node, node_key, epoch, granted_at, until, granted_party,
                                    granted_post, here)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10))sql",
        lease.id,
        lease.agency,
        lease.node,
        lease.node_key,
        lease.epoch,
        lease.granted_at,
        lease.until,
        lease.granted_by,
        lease.granted_as,
        lease.here
    );
}

void note_audit(
    storage::Writer& db, const Act& act, std::string what, const Lease& lease, std::string_view reason
)
{
    identity::audit(
        db,
        act,
        {.what = std::move(what),
         .subject = "register_lease",
         .subject_id = lease.id.value,
         .about = {},
         .agency = lease.agency,
         .reason = std::string(reason),
         .detail = {{"node", lease.node}, {"epoch", lease.epoch}}}
    );
}

}  // namespace

Result<Lease> grant_lease(storage::Writer& db, const Act& act, const NewLease& wanted)
{
    if (wanted.until <= act.now) return problem("registers.lease_too_short");
    if (const auto open = open_lease(db, wanted.agency)) return leased(open->node, open->until);
    auto rows = db.query("SELECT max(epoch) FROM register_lease WHERE agency = ?1", wanted.agency);
    const auto before = rows.next() ? rows.integer_or_null(0).value_or(0) : 0;
    Lease lease{
        .id = act.ids.next_as<RegisterLeaseTag>(),
        .agency = wanted.agency,
        .node = wanted.node,
        .node_key = wanted.node_key,
        .epoch = before + 1,
        .granted_at = act.now,
        .until = wanted.until,
        .granted_by = act.actor.party,
        .granted_as = act.actor.post};
    insert_lease(db, lease);
    note_audit(db, act, "register.lease", lease, "");
    return lease;
}

void hold_lease(storage::Writer& db, const Lease& lease)
{
    db.execute("DELETE FROM register_lease");
    auto mine = lease;
    mine.here = true;
    insert_lease(db, mine);
}

Result<Done> end_lease(
    storage::Writer& db, const Act& act, LeaseId id, LeaseEnd how, std::string_view decision
)
{
    const auto lease = TRY(find_lease(db, id));
    if (lease.ended_at) return problem("registers.lease_ended");
    if (how == LeaseEnd::taken_back && decision.empty())
        return Problem{.code = "registers.decision_missing", .field = "/decision", .law = ""};
    db.execute(
        R"sql(
        UPDATE register_lease
           SET ended_at = ?2, ended_how = ?3, decision = ?4, ended_party = ?5, ended_post = ?6
         WHERE id = ?1 AND ended_at IS NULL)sql",
        id,
        act.now,
        name_of(how),
        decision,
        act.actor.party,
        act.actor.post
    );
    note_audit(db, act, "register.lease_" + std::string(name_of(how)), lease, decision);
    return Done{};
}

Result<Lease> find_lease(storage::Reader& db, LeaseId id)
{
    auto rows = db.query(
        R"sql(
        SELECT id, agency, node, node_key, epoch, granted_at, until, granted_party, granted_post, here,
               ended_at, ended_how, decision, ended_party, ended_post
          FROM register_lease
         WHERE id = ?1)sql",
        id
    );
    if (!rows.next()) return problem("registers.no_such_lease");
    return lease_from(rows);
}

std::optional<Lease> open_lease(storage::Reader& db, AgencyId agency)
{
    auto rows = db.query(
        R"sql(
        SELECT id, agency, node, node_key, epoch, granted_at, until, granted_party, granted_post, here,
               ended_at, ended_how, decision, ended_party, ended_post
          FROM register_lease
         WHERE agency = ?1 AND ended_at IS NULL)sql",
        agency
    );
    return rows.next() ? std::optional(lease_from(rows)) : std::nullopt;
}

std::vector<Lease> leases(storage::Reader& db, int limit)
{
    std::vector<Lease> out;
    auto rows = db.query(
        R"sql(
        SELECT id, agency, node, node_key, epoch, granted_at, until, granted_party, granted_post, here,
               ended_at, ended_how, decision, ended_party, ended_post
          FROM register_lease
         ORDER BY id DESC
         LIMIT ?1)sql",
        limit
    );
    while (rows.next()) out.push_back(lease_from(rows));
    return out;
}

std::vector<AgencyId> agencies_elsewhere(storage::Reader& db)
{
    constexpr int agencies_max = 2000;
    std::vector<AgencyId> out;
    auto rows = db.query(
        "SELECT agency FROM register_lease WHERE ended_at IS NULL AND here = 0 ORDER BY agency LIMIT ?1",
        agencies_max
    );
    while (rows.next()) out.push_back(rows.id<AgencyId>(0));
    return out;
}

std::vector<SeriesId> series_of_agency(storage::Reader& db, AgencyId agency)
{
    constexpr int series_max = 10'000;
    std::vector<SeriesId> out;
    auto rows =
        db.query("SELECT id FROM register_series WHERE agency = ?1 ORDER BY id LIMIT ?2", agency, series_max);
    while (rows.next()) out.push_back(rows.id<SeriesId>(0));
    return out;
}

Result<Done> carry_lease(storage::Writer& db, LeaseId id, Instant now)
{
    const auto carried =
        db.execute("UPDATE register_lease SET carried = 1 WHERE id = ?1 AND ended_at IS NULL", id);
    if (carried == 0) return problem("registers.lease_ended");
    const auto lease = TRY(find_lease(db, id));
    if (!lease.here || now < lease.until) return Done{};
    auto over = problem("registers.lease_over");
    over.words = {{"until", shown(lease.until)}};
    return over;
}

void lay_down_lease(storage::Writer& db, LeaseId id)
{
    db.execute("UPDATE register_lease SET carried = 0 WHERE id = ?1", id);
}

namespace {

/// Whether a command of this transaction carries a lease of the agency; Problems as may_write.
Result<bool> carries(storage::Reader& db, AgencyId agency)
{
    auto rows = db.query(
        R"sql(
        SELECT node, until, here, carried, ended_at
          FROM register_lease
         WHERE agency = ?1
         ORDER BY epoch DESC
         LIMIT 1)sql",
        agency
    );
    if (!rows.next()) {
        auto node = db.query("SELECT 1 FROM register_lease WHERE here = 1 LIMIT 1");
        if (node.next()) return problem("registers.no_lease");
        return false;
    }
    const bool here = rows.integer(2) != 0;
    if (!rows.null(4)) {
        if (here) return problem("registers.lease_ended");
        return false;
    }
    if (rows.integer(3) != 0) return true;
    if (here) return problem("registers.not_offline");
    return leased(rows.text(0), rows.instant(1));
}

}  // namespace

Result<Done> may_write(storage::Reader& db, AgencyId agency)
{
    static_cast<void>(TRY(carries(db, agency)));
    return Done{};
}

Result<Done> may_enter(storage::Reader& db, AgencyId agency, SeriesId series, Day registered_on)
{
    if (!TRY(carries(db, agency))) return Done{};
    auto rows = db.query(
        "SELECT registered_on FROM register_entry WHERE series = ?1 ORDER BY number DESC LIMIT 1", series
    );
    if (!rows.next() || rows.day(0) <= registered_on) return Done{};
    auto backwards = problem("registers.day_backwards");
    backwards.words = {{"day", shown(registered_on)}, {"last", shown(rows.day(0))}};
    return backwards;
}

}  // namespace thien_an::registers

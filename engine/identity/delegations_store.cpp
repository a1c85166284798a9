#include "engine/base/vietnamese.h"
#include "engine/identity/audit.h"
#include "engine/identity/delegations.h"
#include "engine/identity/permissions.h"

namespace thien_an::identity {
namespace {

constexpr std::chrono::days days_max{366};
constexpr std::size_t reason_bytes_max = 2000;

/// Reads id, from_post, to_post, kind, valid_from, valid_to, reason, revoked_at, in that order.
std::vector<Delegation> all(storage::Rows rows)
{
    std::vector<Delegation> found;
    while (rows.next())
        found.push_back(
            {.id = rows.id<DelegationId>(0),
             .from = rows.id<PostId>(1),
             .to = rows.id<PostId>(2),
             .kind = DelegationKind(rows.integer(3)),
             .validity = {.from = rows.day(4), .to = rows.day(5)},
             .reason = rows.text(6),
             .revoked = !rows.null(7)}
        );
    return found;
}

Problem refused(std::string_view code, std::string_view field)
{
    return Problem{.code = std::string(code), .field = std::string(field), .law = ""};
}

Result<Done> check_wanted(const NewDelegation& wanted)
{
    if (wanted.from == wanted.to) return refused("identity.same_post", "/to");
    if (wanted.last < wanted.first || wanted.last - wanted.first > days_max)
        return refused("identity.bad_days", "/last");
    if (wanted.reason.empty()) return refused("identity.reason_missing", "/reason");
    if (wanted.reason.size() > reason_bytes_max) return refused("identity.reason_too_long", "/reason");
    return Done{};
}

/// The holder himself, or who manages delegations in the agency.
Result<Done> check_right(storage::Reader& db, const Act& act, const Post& from)
{
    if (holds(db, act.actor.party, from.id, act.today())) return Done{};
    return require(db, act.actor, "posts.delegate", from.agency, act.today());
}

bool overlaps(storage::Reader& db, const NewDelegation& wanted)
{
    auto rows = db.query(
        R"sql(SELECT 1 FROM delegation
               WHERE from_post = ?1 AND to_post = ?2 AND revoked_at IS NULL AND valid_from <= ?4 AND valid_to > ?3
               LIMIT 1)sql",
        wanted.from,
        wanted.to,
        wanted.first,
        wanted.last
    );
    return rows.next();
}

AuditNote note(
    std::string_view what, DelegationId id, const Post& from, const Post& to, std::string_view reason
)
{
    return {
        .what = std::string(what),
        .subject = "delegation",
        .subject_id = id.value,
        .about = {},
        .agency = from.agency,
        .reason = std::string(reason),
        .detail = {{"from", text_of(from.id)}, {"to", text_of(to.id)}}};
}

}  // namespace

Result<DelegationId> delegate(storage::Writer& db, const Act& act, const NewDelegation& wanted)
{
    TRY(check_wanted(wanted));
    const auto from = TRY(find_post(db, wanted.from));
    const auto to = TRY(find_post(db, wanted.to));
    if (from.agency != to.agency) return refused("identity.other_agency", "/to");
    TRY(check_right(db, act, from));
    if (overlaps(db, wanted)) return refused("identity.delegation_overlaps", "/first");
    const auto id = act.ids.next_as<struct DelegationTag>();
    db.execute(
        R"sql(
        INSERT INTO delegation (id, from_post, to_post, kind, valid_from, valid_to, reason, made_by, made_at, revoked_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL))sql",
        id,
        wanted.from,
        wanted.to,
        wanted.kind,
        wanted.first,
        wanted.last + std::chrono::days{1},
        wanted.reason,
        act.actor.party,
        act.now
    );
    audit(db, act, note("delegation.make", id, from, to, wanted.reason));
    return id;
}

Result<Done> revoke_delegation(storage::Writer& db, const Act& act, DelegationId id)
{
    const auto found = all(db.query(
        R"sql(SELECT id, from_post, to_post, kind, valid_from, valid_to, reason, revoked_at
                FROM delegation WHERE id = ?1 AND revoked_at IS NULL)sql",
        id
    ));
    if (found.empty()) return refused("identity.no_such_delegation", "/id");
    const auto from = TRY(find_post(db, found[0].from));
    TRY(check_right(db, act, from));
    db.execute("UPDATE delegation SET revoked_at = ?2 WHERE id = ?1", id, act.now);
    audit(db, act, note("delegation.revoke", id, from, TRY(find_post(db, found[0].to)), ""));
    return Done{};
}

std::vector<Delegation> delegations_to(storage::Reader& db, PartyId party, Day day)
{
    return all(db.query(
        R"sql(
        SELECT d.id, d.from_post, d.to_post, d.kind, d.valid_from, d.valid_to, d.reason, d.revoked_at
          FROM post_holder h JOIN delegation d ON d.to_post = h.post
         WHERE h.party = ?1 AND h.valid_from <= ?2 AND (h.valid_to IS NULL OR h.valid_to > ?2)
           AND d.revoked_at IS NULL AND d.valid_from <= ?2 AND d.valid_to > ?2
         ORDER BY d.valid_from, d.id
         LIMIT 50)sql",
        party,
        day
    ));
}

std::vector<Delegation> delegations_of_agency(storage::Reader& db, AgencyId agency, Day day)
{
    return all(db.query(
        R"sql(
        SELECT d.id, d.from_post, d.to_post, d.kind, d.valid_from, d.valid_to, d.reason, d.revoked_at
          FROM post p JOIN delegation d ON d.from_post = p.id
         WHERE p.agency = ?1 AND d.valid_to > ?2
         ORDER BY d.valid_from, d.id
         LIMIT 200)sql",
        agency,
        day
    ));
}

bool acts_for(storage::Reader& db, PostId to, PostId from, Day day)
{
    auto rows = db.query(
        R"sql(SELECT 1 FROM delegation
               WHERE to_post = ?1 AND from_post = ?2 AND revoked_at IS NULL AND valid_from <= ?3 AND valid_to > ?3
               LIMIT 1)sql",
        to,
        from,
        day
    );
    return rows.next();
}

SignatureBlock signature_block(storage::Reader& db, const Actor& actor, Day day)
{
    const auto own = signature_block(db, actor.post);
    if (!actor.for_post) return own;
    auto rows = db.query(
        R"sql(SELECT kind FROM delegation
               WHERE to_post = ?1 AND from_post = ?2 AND revoked_at IS NULL AND valid_from <= ?3 AND valid_to > ?3
               ORDER BY valid_from DESC LIMIT 1)sql",
        actor.post,
        actor.for_post,
        day
    );
    const auto head = signature_block(db, actor.for_post);
    if (!rows.next() || head.lines.empty()) return own;
    static constexpr std::array<std::string_view, 4> prefixes{"", "TUQ. ", "KT. ", "TL. "};
    const auto kind = DelegationKind(rows.integer(0));
    SignatureBlock block{{std::string(prefixes.at(std::size_t(kind))) + head.lines.front()}};
    if (!own.lines.empty())
        block.lines.push_back(own.lines.back());
    else if (const auto post = find_post(db, actor.post))
        block.lines.push_back(upper(post.value().title_vi));
    return block;
}

}  // namespace thien_an::identity

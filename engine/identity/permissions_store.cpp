#include "engine/identity/permissions_store.h"

namespace thien_an::identity {

std::vector<Grant> grants(storage::Reader& db, const Actor& actor, std::string_view permission, Day today)
{
    std::vector<Grant> found;
    if (!actor.post || !actor.party) return found;
    auto rows = db.query(
        R"sql(
        SELECT p.agency, g.scope
          FROM post p JOIN post_kind_grant g ON g.kind = p.kind
         WHERE g.permission = ?1
           AND p.valid_from <= ?5 AND (p.valid_to IS NULL OR p.valid_to > ?5)
           AND (p.id = ?2 OR (p.id = ?3 AND EXISTS (
                SELECT 1 FROM delegation d
                 WHERE d.to_post = ?2 AND d.from_post = ?3 AND d.revoked_at IS NULL
                   AND d.valid_from <= ?5 AND d.valid_to > ?5)))
           AND EXISTS (
                SELECT 1 FROM post_holder h JOIN post own ON own.id = h.post
                 WHERE h.post = ?2 AND h.party = ?4
                   AND h.valid_from <= ?5 AND (h.valid_to IS NULL OR h.valid_to > ?5)
                   AND own.valid_from <= ?5 AND (own.valid_to IS NULL OR own.valid_to > ?5))
         LIMIT 2)sql",
        permission,
        actor.post,
        actor.for_post,
        actor.party,
        today
    );
    while (rows.next()) found.push_back({.agency = rows.id<AgencyId>(0), .scope = Scope(rows.integer(1))});
    return found;
}

std::vector<std::string> permissions_of(storage::Reader& db, const Actor& actor, Day today)
{
    std::vector<std::string> found;
    if (!actor.post || !actor.party) return found;
    auto rows = db.query(
        R"sql(
        SELECT DISTINCT g.permission
          FROM post p JOIN post_kind_grant g ON g.kind = p.kind
         WHERE p.valid_from <= ?4 AND (p.valid_to IS NULL OR p.valid_to > ?4)
           AND (p.id = ?1 OR (p.id = ?2 AND EXISTS (
                SELECT 1 FROM delegation d
                 WHERE d.to_post = ?1 AND d.from_post = ?2 AND d.revoked_at IS NULL
                   AND d.valid_from <= ?4 AND d.valid_to > ?4)))
           AND EXISTS (
                SELECT 1 FROM post_holder h JOIN post own ON own.id = h.post
                 WHERE h.post = ?1 AND h.party = ?3
                   AND h.valid_from <= ?4 AND (h.valid_to IS NULL OR h.valid_to > ?4)
                   AND own.valid_from <= ?4 AND (own.valid_to IS NULL OR own.valid_to > ?4))
         ORDER BY g.permission
         LIMIT 1000)sql",
        actor.post,
        actor.for_post,
        actor.party,
        today
    );
    while (rows.next()) found.push_back(rows.text(0));
    return found;
}

std::string name_of(storage::Reader& db, PartyId party)
{
    auto rows = db.query("SELECT name FROM party WHERE id = ?1", party);
    return rows.next() ? rows.text(0) : "";
}

}  // namespace thien_an::identity

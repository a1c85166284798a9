#include "engine/identity/setup_store.h"

namespace thien_an::identity {

void insert_setup_token(storage::Writer& db, const Bytes& hash, Instant ends)
{
    db.execute("INSERT INTO setup_token (token_hash, ends_at, used_at) VALUES (?1, ?2, NULL)", hash, ends);
}

bool setup_token_open(storage::Reader& db, const Bytes& hash, Instant wall)
{
    auto rows = db.query(
        "SELECT 1 FROM setup_token WHERE token_hash = ?1 AND used_at IS NULL AND ends_at > ?2", hash, wall
    );
    return rows.next();
}

bool use_setup_token(storage::Writer& db, const Bytes& hash, Instant wall)
{
    return db.execute(
               "UPDATE setup_token SET used_at = ?2 WHERE token_hash = ?1 AND used_at IS NULL AND ends_at > "
               "?2",
               hash,
               wall
           ) == 1;
}

bool anyone_holds(storage::Reader& db, std::string_view kind, Day day)
{
    auto rows = db.query(
        R"sql(
        SELECT 1 FROM post p JOIN post_holder h ON h.post = p.id
         WHERE p.kind = ?1 AND h.valid_from <= ?2 AND (h.valid_to IS NULL OR h.valid_to > ?2)
         LIMIT 1)sql",
        kind,
        day
    );
    return rows.next();
}

Result<AgencyId> top_agency(storage::Reader& db, Day day)
{
    auto rows = db.query(
        R"sql(
        SELECT agency FROM agency_version
         WHERE parent = 0 AND level = 1 AND kind = 'peoples_committee'
           AND valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1)
         ORDER BY agency LIMIT 1)sql",
        day
    );
    if (!rows.next()) return Problem{.code = "identity.no_such_agency", .field = "/agency", .law = ""};
    return rows.id<AgencyId>(0);
}

}  // namespace thien_an::identity

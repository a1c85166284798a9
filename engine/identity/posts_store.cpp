#include "engine/identity/audit.h"
#include "engine/identity/posts.h"

namespace thien_an::identity {
namespace {

/// Reads id, agency, kind, title_vi, title_en, valid_from, valid_to, in that order.
Post post_from(const storage::Rows& row)
{
    return {
        .id = row.id<PostId>(0),
        .agency = row.id<AgencyId>(1),
        .kind = row.text(2),
        .title_vi = row.text(3),
        .title_en = row.text(4),
        .validity = {.from = row.day(5), .to = row.day_or_null(6)}};
}

std::vector<Post> all(storage::Rows rows)
{
    std::vector<Post> found;
    while (rows.next()) found.push_back(post_from(rows));
    return found;
}

std::vector<Holding> all_holdings(storage::Rows rows)
{
    std::vector<Holding> found;
    while (rows.next())
        found.push_back(
            {.post = rows.id<PostId>(0),
             .party = rows.id<PartyId>(1),
             .name = rows.text(2),
             .validity = {.from = rows.day(3), .to = rows.day_or_null(4)}}
        );
    return found;
}

bool has_word(std::string_view words, std::string_view word)
{
    return (" " + std::string(words) + " ").find(" " + std::string(word) + " ") != std::string::npos;
}

/// Whether the kind exists on the day and fits the agency.
Result<Done> check_kind(storage::Reader& db, const NewPost& post, const Agency& agency)
{
    auto rows = db.query(
        R"sql(SELECT agency_kinds, agency_levels FROM post_kind
               WHERE id = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2) LIMIT 1)sql",
        post.kind,
        post.from
    );
    if (!rows.next()) return Problem{.code = "identity.no_such_post_kind", .field = "/kind", .law = ""};
    static constexpr std::array<std::string_view, 4> levels{"", "province", "district", "commune"};
    if (!has_word(rows.text(0), agency.kind) || !has_word(rows.text(1), levels.at(std::size_t(agency.level))))
        return Problem{.code = "identity.post_kind_not_here", .field = "/kind", .law = ""};
    return Done{};
}

AuditNote about_post(std::string_view what, const Post& post, PartyId party)
{
    return {
        .what = std::string(what),
        .subject = "post",
        .subject_id = post.id.value,
        .about = party,
        .agency = post.agency,
        .reason = "",
        .detail = {{"kind", post.kind}}};
}

}  // namespace

Result<Post> find_post(storage::Reader& db, PostId id)
{
    auto rows = db.query(
        R"sql(
        SELECT p.id, p.agency, p.kind, COALESCE(NULLIF(p.title_vi, ''), k.name_vi, p.kind),
               COALESCE(NULLIF(p.title_en, ''), k.name_en, p.kind), p.valid_from, p.valid_to
          FROM post p LEFT JOIN post_kind k ON k.id = p.kind
         WHERE p.id = ?1
         ORDER BY k.valid_from DESC
         LIMIT 1)sql",
        id
    );
    if (!rows.next()) return Problem{.code = "identity.no_such_post", .field = "/post", .law = ""};
    return post_from(rows);
}

std::vector<Post> posts_of_agency(storage::Reader& db, AgencyId agency, Day day)
{
    return all(db.query(
        R"sql(
        SELECT p.id, p.agency, p.kind, COALESCE(NULLIF(p.title_vi, ''), k.name_vi, p.kind),
               COALESCE(NULLIF(p.title_en, ''), k.name_en, p.kind), p.valid_from, p.valid_to
          FROM post p
          LEFT JOIN post_kind k ON k.id = p.kind AND k.valid_from <= ?2 AND (k.valid_to IS NULL OR k.valid_to > ?2)
         WHERE p.agency = ?1 AND p.valid_from <= ?2 AND (p.valid_to IS NULL OR p.valid_to > ?2)
         ORDER BY k.place, p.id
         LIMIT 500)sql",
        agency,
        day
    ));
}

std::vector<Post> posts_of_kind(storage::Reader& db, AgencyId agency, std::string_view kind, Day day)
{
    return all(db.query(
        R"sql(
        SELECT p.id, p.agency, p.kind, COALESCE(NULLIF(p.title_vi, ''), k.name_vi, p.kind),
               COALESCE(NULLIF(p.title_en, ''), k.name_en, p.kind), p.valid_from, p.valid_to
          FROM post p
          LEFT JOIN post_kind k ON k.id = p.kind AND k.valid_from <= ?3 AND (k.valid_to IS NULL OR k.valid_to > ?3)
         WHERE p.agency = ?1 AND p.kind = ?2 AND p.valid_from <= ?3 AND (p.valid_to IS NULL OR p.valid_to > ?3)
         ORDER BY p.id
         LIMIT 100)sql",
        agency,
        kind,
        day
    ));
}

std::vector<Post> posts_held(storage::Reader& db, PartyId party, Day day)
{
    return all(db.query(
        R"sql(
        SELECT p.id, p.agency, p.kind, COALESCE(NULLIF(p.title_vi, ''), k.name_vi, p.kind),
               COALESCE(NULLIF(p.title_en, ''), k.name_en, p.kind), p.valid_from, p.valid_to
          FROM post_holder h
          JOIN post p ON p.id = h.post
          LEFT JOIN post_kind k ON k.id = p.kind AND k.valid_from <= ?2 AND (k.valid_to IS NULL OR k.valid_to > ?2)
         WHERE h.party = ?1 AND h.valid_from <= ?2 AND (h.valid_to IS NULL OR h.valid_to > ?2)
           AND p.valid_from <= ?2 AND (p.valid_to IS NULL OR p.valid_to > ?2)
         ORDER BY p.agency, k.place, p.id
         LIMIT 100)sql",
        party,
        day
    ));
}

std::vector<Holding> holders(storage::Reader& db, PostId post, Day day)
{
    return all_holdings(db.query(
        R"sql(
        SELECT h.post, h.party, p.name, h.valid_from, h.valid_to
          FROM post_holder h JOIN party p ON p.id = h.party
         WHERE h.post = ?1 AND h.valid_from <= ?2 AND (h.valid_to IS NULL OR h.valid_to > ?2)
         ORDER BY h.valid_from, h.id
         LIMIT 100)sql",
        post,
        day
    ));
}

std::vector<Holding> holders_ever(storage::Reader& db, PostId post)
{
    return all_holdings(db.query(
        R"sql(
        SELECT h.post, h.party, p.name, h.valid_from, h.valid_to
          FROM post_holder h JOIN party p ON p.id = h.party
         WHERE h.post = ?1
         ORDER BY h.valid_from DESC, h.id DESC
         LIMIT 100)sql",
        post
    ));
}

bool holds(storage::Reader& db, PartyId party, PostId post, Day day)
{
    auto rows = db.query(
        R"sql(
        SELECT 1 FROM post_holder h JOIN post p ON p.id = h.post
         WHERE h.party = ?1 AND h.post = ?2 AND h.valid_from <= ?3 AND (h.valid_to IS NULL OR h.valid_to > ?3)
           AND p.valid_from <= ?3 AND (p.valid_to IS NULL OR p.valid_to > ?3)
         LIMIT 1)sql",
        party,
        post,
        day
    );
    return rows.next();
}

std::string shown_as(storage::Reader& db, PartyId party, PostId post)
{
    std::string name;
    if (party) {
        auto rows = db.query("SELECT name FROM party WHERE id = ?1", party);
        if (rows.next()) name = rows.text(0);
    }
    const auto found = find_post(db, post);
    if (!found) return name;
    return name.empty() ? found.value().title_vi : name + ", " + found.value().title_vi;
}

SignatureBlock signature_block(storage::Reader& db, PostId post)
{
    auto rows = db.query(
        R"sql(SELECT k.signature_lines FROM post p JOIN post_kind k ON k.id = p.kind
               WHERE p.id = ?1 ORDER BY k.valid_from DESC LIMIT 1)sql",
        post
    );
    SignatureBlock block;
    if (!rows.next()) return block;
    const auto lines = rows.text(0);
    for (std::size_t at = 0; at < lines.size();) {
        const auto end = std::min(lines.find('\n', at), lines.size());
        block.lines.push_back(lines.substr(at, end - at));
        at = end + 1;
    }
    return block;
}

bool needs_second_factor(storage::Reader& db, PostId post)
{
    auto rows = db.query(
        R"sql(SELECT r.second_factor FROM post p JOIN post_kind_rule r ON r.kind = p.kind WHERE p.id = ?1)sql",
        post
    );
    return rows.next() && rows.integer(0) == 1;
}

Result<PostId> create_post(storage::Writer& db, const Act& act, const NewPost& post)
{
    const auto agency = TRY(agency_on(db, post.agency, post.from));
    TRY(check_kind(db, post, agency));
    const auto id = act.ids.next_as<struct PostTag>();
    db.execute(
        R"sql(INSERT INTO post (id, agency, kind, title_vi, title_en, valid_from, valid_to)
              VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL))sql",
        id,
        post.agency,
        post.kind,
        post.title_vi,
        post.title_en,
        post.from
    );
    audit(db, act, about_post("post.create", TRY(find_post(db, id)), {}));
    return id;
}

Result<Done> appoint(storage::Writer& db, const Act& act, PostId post, PartyId party, Day from)
{
    const auto found = TRY(find_post(db, post));
    auto rows = db.query(
        R"sql(SELECT 1 FROM post_holder WHERE post = ?1 AND party = ?2 AND (valid_to IS NULL OR valid_to > ?3) LIMIT 1)sql",
        post,
        party,
        from
    );
    if (rows.next()) return Problem{.code = "identity.already_holds", .field = "/party", .law = ""};
    db.execute(
        "INSERT INTO post_holder (id, post, party, valid_from, valid_to) VALUES (?1, ?2, ?3, ?4, NULL)",
        act.ids.next(),
        post,
        party,
        from
    );
    audit(db, act, about_post("post.appoint", found, party));
    return Done{};
}

Result<Done> relieve(storage::Writer& db, const Act& act, PostId post, PartyId party, Day to)
{
    const auto found = TRY(find_post(db, post));
    // Who never started leaves no day behind: valid_to = valid_from.
    const auto changed = db.execute(
        R"sql(UPDATE post_holder SET valid_to = CASE WHEN valid_from > ?3 THEN valid_from ELSE ?3 END
               WHERE post = ?1 AND party = ?2 AND (valid_to IS NULL OR valid_to > ?3))sql",
        post,
        party,
        to
    );
    if (changed == 0) return Problem{.code = "identity.does_not_hold", .field = "/party", .law = ""};
    audit(db, act, about_post("post.relieve", found, party));
    return Done{};
}

Result<Done> close_post(storage::Writer& db, const Act& act, PostId post, Day to)
{
    const auto found = TRY(find_post(db, post));
    db.execute(
        "UPDATE post SET valid_to = ?2 WHERE id = ?1 AND (valid_to IS NULL OR valid_to > ?2)", post, to
    );
    db.execute(
        R"sql(UPDATE post_holder SET valid_to = CASE WHEN valid_from > ?2 THEN valid_from ELSE ?2 END
               WHERE post = ?1 AND (valid_to IS NULL OR valid_to > ?2))sql",
        post,
        to
    );
    audit(db, act, about_post("post.close", found, {}));
    return Done{};
}

}  // namespace thien_an::identity

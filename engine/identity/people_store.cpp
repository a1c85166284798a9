#include <algorithm>

#include "engine/identity/people.h"

namespace thien_an::identity {
namespace {

constexpr int people_max = 100;

std::vector<HeldPost> held_by(storage::Reader& db, PartyId party, Day day)
{
    auto rows = db.query(
        R"sql(
        SELECT p.id, p.agency, p.kind, COALESCE(NULLIF(p.title_vi, ''), k.name_vi, p.kind),
               COALESCE(NULLIF(p.title_en, ''), k.name_en, p.kind), p.valid_from, p.valid_to,
               h.valid_from, h.valid_to,
               COALESCE((SELECT v.name_vi FROM agency_version v WHERE v.agency = p.agency AND v.valid_from <= ?2
                          ORDER BY v.valid_from DESC LIMIT 1), ''),
               COALESCE((SELECT v.name_en FROM agency_version v WHERE v.agency = p.agency AND v.valid_from <= ?2
                          ORDER BY v.valid_from DESC LIMIT 1), '')
          FROM post_holder h
          JOIN post p ON p.id = h.post
          LEFT JOIN post_kind k ON k.id = p.kind AND k.valid_from <= ?2 AND (k.valid_to IS NULL OR k.valid_to > ?2)
         WHERE h.party = ?1 AND (h.valid_to IS NULL OR h.valid_to > ?2)
         ORDER BY p.agency, k.place, h.valid_from
         LIMIT 50)sql",
        party,
        day
    );
    std::vector<HeldPost> held;
    while (rows.next())
        held.push_back(
            {.post =
                 {.id = rows.id<PostId>(0),
                  .agency = rows.id<AgencyId>(1),
                  .kind = rows.text(2),
                  .title_vi = rows.text(3),
                  .title_en = rows.text(4),
                  .validity = {.from = rows.day(5), .to = rows.day_or_null(6)}},
             .agency_vi = rows.text(9),
             .agency_en = rows.text(10),
             .validity = {.from = rows.day(7), .to = rows.day_or_null(8)}}
        );
    return held;
}

std::optional<Instant> last_seen(storage::Reader& db, PartyId party)
{
    auto rows = db.query(
        R"sql(SELECT MAX(s.seen_at) FROM account a JOIN person_session s ON s.account = a.id WHERE a.party = ?1)sql",
        party
    );
    return rows.next() ? rows.instant_or_null(0) : std::nullopt;
}

}  // namespace

Result<PersonRow> person_row(storage::Reader& db, PartyId party, Day day)
{
    PersonRow row{.party = TRY(find_party(db, party)), .logins = {}, .closed = true, .seen = {}, .posts = {}};
    for (auto& account : accounts_of(db, party)) {
        if (account.closed) continue;
        row.closed = false;
        row.second_factor = row.second_factor || account.second_factor;
        std::ranges::move(account.logins, std::back_inserter(row.logins));
    }
    row.seen = last_seen(db, party);
    row.posts = held_by(db, party, day);
    return row;
}

std::vector<PersonRow> people_of(
    storage::Reader& db, AgencyId agency, std::string_view words, Day day, int limit
)
{
    std::vector<PersonRow> rows;
    for (const auto& party : search_officials(db, agency, words, day, std::clamp(limit, 1, people_max)))
        if (auto row = person_row(db, party.id, day)) rows.push_back(std::move(row).value());
    return rows;
}

std::map<AgencyId, int> people_counts(storage::Reader& db, Day day)
{
    auto rows = db.query(
        R"sql(
        SELECT p.agency, COUNT(DISTINCT h.party)
          FROM post p JOIN post_holder h ON h.post = p.id
         WHERE h.valid_from <= ?1 AND (h.valid_to IS NULL OR h.valid_to > ?1)
         GROUP BY p.agency
         LIMIT 100000)sql",
        day
    );
    std::map<AgencyId, int> counts;
    while (rows.next()) counts[rows.id<AgencyId>(0)] = int(rows.integer(1));
    return counts;
}

}  // namespace thien_an::identity

#include <algorithm>

#include "engine/identity/audit.h"
#include "engine/identity/permissions.h"

namespace thien_an::identity {
namespace {

constexpr int rows_max = 500;
constexpr std::string_view read_permission = "audit.read";

/// Reads id, at, account, party, post, agency, for_post, channel, what, subject, subject_id, reason, detail,
/// name of the party, titles of the posts, name of the agency, whether it is unsealed, in that order.
AuditRow row_from(const storage::Rows& row)
{
    auto detail = json::parse(row.text(12));
    return {
        .id = row.integer(0),
        .at = row.instant(1),
        .actor =
            {.account = row.id<AccountId>(2),
             .party = row.id<PartyId>(3),
             .post = row.id<PostId>(4),
             .agency = row.id<AgencyId>(5),
             .for_post = row.id<PostId>(6),
             .channel = row.text(7)},
        .who = row.text(13),
        .post = row.text(14),
        .for_post = row.text(15),
        .agency = row.text(16),
        .what = row.text(8),
        .subject = row.text(9),
        .subject_id = row.integer(10),
        .reason = row.text(11),
        .detail = detail ? std::move(detail).value() : json::value(nullptr),
        .sealed = row.null(17)};
}

/// What every list shows, and where from.
constexpr std::string_view shown_columns = R"sql(
    SELECT a.id, a.at, a.account, a.party, a.post, a.agency, a.for_post, a.channel, a.what, a.subject, a.subject_id,
           a.reason, a.detail, COALESCE(p.name, ''),
           COALESCE((SELECT COALESCE(NULLIF(q.title_vi, ''), k.name_vi, q.kind)
                       FROM post q LEFT JOIN post_kind k ON k.id = q.kind WHERE q.id = a.post LIMIT 1), ''),
           COALESCE((SELECT COALESCE(NULLIF(q.title_vi, ''), k.name_vi, q.kind)
                       FROM post q LEFT JOIN post_kind k ON k.id = q.kind WHERE q.id = a.for_post LIMIT 1), ''),
           COALESCE((SELECT v.name_vi FROM agency_version v WHERE v.agency = a.agency
                      ORDER BY v.valid_from DESC LIMIT 1), ''),
           u.audit
      FROM audit a LEFT JOIN party p ON p.id = a.party LEFT JOIN audit_unsealed u ON u.audit = a.id
)sql";

std::vector<AuditRow> all(storage::Rows rows)
{
    std::vector<AuditRow> found;
    while (rows.next()) found.push_back(row_from(rows));
    return found;
}

int bounded(int limit) { return std::clamp(limit, 1, rows_max); }

/// Conditions chosen from fixed texts, and what they bind.
struct Search {
    std::string sql;
    std::vector<storage::Value> values;

    void add(std::string_view condition, storage::Value value)
    {
        values.push_back(value);
        sql += " AND " + std::string(condition) + " ?" + std::to_string(values.size());
    }
};

Search search_for(const Visibility& rights, const AuditQuery& query)
{
    Search search;
    search.sql = std::string(shown_columns) + " WHERE " + rights.sql;
    for (const auto value : rights.values) search.values.emplace_back(value);
    if (query.from) search.add("a.at >=", storage::bound(*query.from));
    if (query.to) search.add("a.at <", storage::bound(*query.to));
    if (!query.what.empty()) search.add("a.what =", std::string_view(query.what));
    if (!query.subject.empty()) search.add("a.subject =", std::string_view(query.subject));
    if (query.subject_id != 0) search.add("a.subject_id =", query.subject_id);
    if (query.about) search.add("a.about =", query.about.value);
    if (query.actor) search.add("a.party =", query.actor.value);
    if (query.before != 0) search.add("a.id <", query.before);
    search.values.emplace_back(std::int64_t{bounded(query.limit)});
    search.sql += " ORDER BY a.id DESC LIMIT ?" + std::to_string(search.values.size());
    return search;
}

}  // namespace

void audit(storage::Writer& db, const Act& act, const AuditNote& note)
{
    const auto id = act.ids.next();
    const auto agency = note.agency ? note.agency : act.actor.agency;
    db.execute(
        R"sql(
        INSERT INTO audit (id, at, account, party, post, agency, for_post, channel, what, subject, subject_id, about,
                           reason, detail)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14))sql",
        id,
        act.now,
        act.actor.account,
        act.actor.party,
        act.actor.post,
        agency,
        act.actor.for_post,
        act.actor.channel,
        note.what,
        note.subject,
        note.subject_id,
        note.about ? std::optional(note.about) : std::nullopt,
        note.reason,
        json::canonical(note.detail)
    );
    db.execute("INSERT INTO audit_unsealed (audit) VALUES (?1)", id);
}

std::vector<AuditRow> search_audit(
    storage::Reader& db, const Actor& actor, Day today, const AuditQuery& query
)
{
    // A citizen has his own log (access_log), not this one.
    if (!actor.post) return {};
    const auto rights =
        visible(db, actor, read_permission, today, 1, {.agency = "a.agency", .owner = "", .sealed = ""});
    const auto search = search_for(rights, query);
    return all(db.query_all(search.sql, search.values));
}

std::vector<AuditRow> access_log(storage::Reader& db, PartyId about, std::int64_t before, int limit)
{
    static const std::string sql = std::string(shown_columns) + R"sql(
        WHERE a.about = ?1 AND a.party <> ?1 AND a.id < ?2      -- index audit_about
        ORDER BY a.id DESC
        LIMIT ?3)sql";
    const auto newest = std::numeric_limits<std::int64_t>::max();
    return all(db.query(sql, about, before == 0 ? newest : before, bounded(limit)));
}

std::vector<AuditRow> audit_of(
    storage::Reader& db, std::string_view subject, std::int64_t subject_id, int limit
)
{
    static const std::string sql = std::string(shown_columns) + R"sql(
        WHERE a.subject = ?1 AND a.subject_id = ?2              -- index audit_subject
        ORDER BY a.id
        LIMIT ?3)sql";
    return all(db.query(sql, subject, subject_id, bounded(limit)));
}

}  // namespace thien_an::identity

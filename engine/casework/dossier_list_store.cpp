#include "engine/casework/dossier_list_store.h"

#include <charconv>
#include <limits>
#include <map>
#include <memory>
#include <span>

#include "engine/identity/permissions.h"
#include "engine/storage/id_list.h"
#include "engine/storage/text_index.h"

namespace thien_an::casework {
namespace {

/// A statement put together from fixed texts, with its values.
class Statement {
public:
    std::string sql;

    std::string place(std::int64_t v)
    {
        values_.emplace_back(v);
        return "?" + std::to_string(values_.size());
    }
    std::string place(std::string text)
    {
        // Owned here, because a Value only looks at its text.
        texts_.push_back(std::make_unique<std::string>(std::move(text)));
        values_.emplace_back(std::string_view(*texts_.back()));
        return "?" + std::to_string(values_.size());
    }
    int next() const { return int(values_.size()) + 1; }
    storage::Rows run(storage::Reader& db) const { return db.query_all(sql, values_); }

private:
    std::vector<storage::Value> values_;
    std::vector<std::unique_ptr<std::string>> texts_;
};

void add_words(Statement& s, storage::Engine engine, std::string_view words)
{
    if (words.empty()) return;
    const auto match = storage::text_match_any(engine, dossiers_by_words, words);
    s.sql += match.empty() ? " AND 1 = 0"
                           : " AND d.id IN (SELECT hit.rowid FROM text_hits(" + s.place(match) + ") AS hit)";
}

constexpr std::int64_t no_deadline = std::numeric_limits<std::int64_t>::max();

/// What runs out next (next_deadline of dossier.h), the last of all moments where nothing does. The indexes
/// dossier_open_until and dossier_open_until_anywhere are over this very expression.
constexpr std::string_view until =
    "coalesce(CASE WHEN d.state = 1 THEN d.answer_by ELSE d.due END, 9223372036854775807)";
static_assert(std::int64_t(DossierState::filed) == 1 && std::int64_t(DossierState::awaiting_supplement) == 3);

void add_lane(Statement& s, const ListQuery& query)
{
    if (query.lane.empty()) return;
    if (query.lane == "waiting") {
        s.sql += " AND d.state = 3";
        return;
    }
    const auto tomorrow = column(at(day_of(query.now) + std::chrono::days{1}, Minutes{0}));
    const auto between = [&](std::int64_t from, std::int64_t to) {
        s.sql += " AND d.state <> 3 AND " + std::string(until) + " >= " + s.place(from) + " AND " +
                 std::string(until) + " <= " + s.place(to);
    };
    if (query.lane == "late") between(0, column(query.now) - 1);
    if (query.lane == "today") between(column(query.now), tomorrow - 1);
    if (query.lane == "later") between(tomorrow, no_deadline);
}

/// The rights of `actor` as a condition on a column that holds an agency.
std::string by_right(
    Statement& s, storage::Reader& db, const Actor& actor, Day today, std::string_view agency_column
)
{
    const auto visible = identity::visible(
        db, actor, "dossiers.read", today, s.next(), {.agency = agency_column, .owner = "", .sealed = ""}
    );
    for (const auto v : visible.values) s.place(v);
    return visible.sql;
}

/// FROM and WHERE: the rights first, then what was asked.
void add_conditions(Statement& s, storage::Reader& db, const Actor& actor, Day today, const ListQuery& query)
{
    s.sql += " FROM dossier d WHERE ";
    if (query.applicant) {
        s.sql += "d.applicant = " + s.place(query.applicant.value);
    } else {
        s.sql += by_right(s, db, actor, today, "d.agency");
    }
    if (query.open_only) s.sql += " AND d.is_open = 1";
    if (!query.procedure.empty()) s.sql += " AND d.procedure = " + s.place(query.procedure);
    if (query.state) s.sql += " AND d.state = " + s.place(std::int64_t(*query.state));
    add_lane(s, query);
    add_words(s, db.engine(), query.words);
}

std::optional<std::pair<std::int64_t, std::int64_t>> cursor_from(std::string_view text)
{
    std::int64_t key = 0;
    std::int64_t id = 0;
    const auto* end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, key);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, end, id);
    if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
    return std::pair{key, id};
}

}  // namespace

namespace {

/// Ids and sort keys, one more than a page.
Statement list_of(storage::Reader& db, const Actor& actor, Day today, const ListQuery& query)
{
    Statement s;
    const auto key = query.applicant ? std::string("-d.id") : std::string(until);
    s.sql = "SELECT d.id, " + key;
    add_conditions(s, db, actor, today, query);
    if (const auto after = cursor_from(query.cursor)) {
        const auto k = s.place(after->first);
        s.sql += " AND " + key + " >= " + k + " AND (" + key + " > " + k + " OR d.id > " +
                 s.place(after->second) + ")";
    }
    s.sql += " ORDER BY " + key + ", d.id LIMIT " + s.place(std::int64_t(query.limit) + 1);
    return s;
}

/// An id and what it is sorted by.
using Place = std::pair<DossierId, std::int64_t>;

/// The dossiers of a page; `places` has one more when there is a next page.
DossierList page_from(storage::Reader& db, std::vector<Place> places, int limit)
{
    DossierList list;
    if (int(places.size()) > limit) {
        places.resize(std::size_t(limit));
        list.next = std::to_string(places.back().second) + "." + std::to_string(places.back().first.value);
    }
    std::vector<DossierId> ids;
    for (const auto& [id, key] : places) ids.push_back(id);
    list.dossiers = find_dossiers(db, ids);
    return list;
}

}  // namespace

std::string plan_of_list(storage::Reader& db, const Actor& actor, Day today, const ListQuery& query)
{
    const bool sqlite = db.engine() == storage::Engine::sqlite;
    auto s = list_of(db, actor, today, query);
    s.sql = (sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + s.sql;
    std::string plan;
    auto rows = s.run(db);
    while (rows.next()) plan += rows.text(sqlite ? 3 : 0) + "\n";
    return plan;
}

DossierList list_dossiers(storage::Reader& db, const Actor& actor, Day today, const ListQuery& query)
{
    std::vector<Place> places;
    {
        auto rows = list_of(db, actor, today, query).run(db);
        while (rows.next()) places.emplace_back(rows.id<DossierId>(0), rows.integer(1));
    }
    return page_from(db, std::move(places), query.limit);
}

namespace {

/// Hits of `matches[which]` that no match before it has, the latest first, those after `before` only.
void add_hits(
    storage::Reader& db,
    const Actor& actor,
    Day today,
    std::span<const std::string> matches,
    std::int64_t which,
    std::int64_t before,
    std::size_t wanted,
    std::vector<Place>& places
)
{
    Statement s;
    s.sql = "SELECT d.id FROM text_hits(" + s.place(matches[std::size_t(which)]) +
            ") AS hit JOIN dossier AS d ON d.id = hit.rowid WHERE hit.rowid < " + s.place(before) + " AND ";
    s.sql += by_right(s, db, actor, today, "d.agency");
    for (std::int64_t earlier = 0; earlier < which; ++earlier)
        s.sql += " AND NOT EXISTS (SELECT 1 FROM text_hits(" + s.place(matches[std::size_t(earlier)]) +
                 ") AS better WHERE better.rowid = d.id)";
    s.sql += " ORDER BY hit.rowid DESC LIMIT " + s.place(std::int64_t(wanted - places.size()));
    auto rows = s.run(db);
    while (rows.next()) places.emplace_back(rows.id<DossierId>(0), which);
}

}  // namespace

DossierList find_by_words(
    storage::Reader& db,
    const Actor& actor,
    Day today,
    std::string_view words,
    std::string_view cursor,
    int limit
)
{
    const auto matches = storage::text_matches(db.engine(), dossiers_by_words, words);
    const auto after = cursor_from(cursor);
    const auto first = after ? std::max<std::int64_t>(after->first, 0) : 0;
    const auto wanted = std::size_t(limit) + 1;
    std::vector<Place> places;
    for (auto which = first; which < std::int64_t(matches.size()) && places.size() < wanted; ++which) {
        const auto before = after && which == first ? after->second : no_deadline;
        add_hits(db, actor, today, matches, which, before, wanted, places);
    }
    return page_from(db, std::move(places), limit);
}

namespace {

/// Open dossiers by the day they are counted under: folded and pending.
std::map<std::int64_t, std::int64_t> open_by_day(storage::Reader& db, const Actor& actor, Day today)
{
    Statement s;
    const auto right = by_right(s, db, actor, today, "agency");
    s.sql =
        "SELECT until_day, CAST(sum(amount) AS BIGINT) FROM (SELECT until_day, amount FROM "
        "dossier_open_count WHERE " +
        right + " UNION ALL SELECT until_day, amount FROM dossier_open_delta WHERE " + right +
        ") both_parts GROUP BY until_day LIMIT 100000";
    std::map<std::int64_t, std::int64_t> days;
    auto rows = s.run(db);
    while (rows.next()) days[rows.integer(0)] = rows.integer(1);
    return days;
}

/// Of those due today, how many are late by now.
std::int64_t late_today(storage::Reader& db, const Actor& actor, Instant now)
{
    Statement s;
    const auto today = day_of(now);
    s.sql = "SELECT count(*) FROM dossier d WHERE d.is_open = 1 AND d.state <> 3 AND " +
            by_right(s, db, actor, today, "d.agency");
    s.sql += " AND " + std::string(until) + " >= " + s.place(column(at(today, Minutes{0}))) + " AND " +
             std::string(until) + " < " + s.place(column(now));
    auto rows = s.run(db);
    return rows.next() ? rows.integer(0) : 0;
}

}  // namespace

std::int64_t count_open(storage::Reader& db, const Actor& actor, Day today)
{
    std::int64_t all = 0;
    for (const auto& [day, amount] : open_by_day(db, actor, today)) all += amount;
    return all;
}

OpenCounts count_open_lanes(storage::Reader& db, const Actor& actor, Instant now)
{
    OpenCounts counts;
    const auto today = day_of(now);
    for (const auto& [day, amount] : open_by_day(db, actor, today)) {
        counts.all += amount;
        if (day == until_waiting)
            counts.waiting += amount;
        else if (day < column(today))
            counts.late += amount;
        else if (day == column(today))
            counts.due_today += amount;
        else
            counts.later += amount;
    }
    if (counts.due_today == 0) return counts;
    const auto late = late_today(db, actor, now);
    counts.late += late;
    counts.due_today -= late;
    return counts;
}

OpenCounts count_lanes_of(storage::Reader& db, std::span<const std::int64_t> ids, Instant now)
{
    struct Lane {
        DossierState state;
        std::int64_t until;
    };
    static const auto select =
        "SELECT d.id, d.state, " + std::string(until) + " FROM dossier d WHERE d.is_open = 1 AND d.id IN ";
    std::map<std::int64_t, Lane> lanes;
    OpenCounts counts;
    if (ids.empty()) return counts;
    {
        const auto sql = select + std::string(storage::listed_first(db.engine()));
        auto rows = db.query(sql, storage::id_list(ids));
        while (rows.next()) lanes[rows.integer(0)] = {DossierState(rows.integer(1)), rows.integer(2)};
    }
    const auto tomorrow = column(at(day_of(now) + std::chrono::days{1}, Minutes{0}));
    for (const auto id : ids) {
        const auto found = lanes.find(id);
        if (found == lanes.end()) continue;
        const auto& lane = found->second;
        ++counts.all;
        if (lane.state == DossierState::awaiting_supplement)
            ++counts.waiting;
        else if (lane.until < column(now))
            ++counts.late;
        else if (lane.until < tomorrow)
            ++counts.due_today;
        else
            ++counts.later;
    }
    return counts;
}

Counters read_counters(storage::Reader& db, identity::AgencyId agency, Day from, Day to)
{
    Counters out;
    const std::map<std::string_view, std::int64_t*> into{
        {"filed", &out.filed},
        {"received", &out.received},
        {"finished", &out.finished},
        {"on_time", &out.on_time},
        {"late", &out.late},
        {"refused", &out.refused},
        {"withdrawn", &out.withdrawn}};
    auto rows = db.query(
        R"sql(
        SELECT what, CAST(sum(amount) AS BIGINT) FROM (
            SELECT what, amount FROM dossier_count WHERE agency = ?1 AND day >= ?2 AND day < ?3
            UNION ALL
            SELECT what, amount FROM dossier_count_delta WHERE agency = ?1 AND day >= ?2 AND day < ?3) both_parts
         GROUP BY what
         LIMIT 100)sql",
        agency,
        from,
        to
    );
    while (rows.next())
        if (const auto found = into.find(rows.text(0)); found != into.end()) *found->second = rows.integer(1);
    auto open = db.query(
        R"sql(
        SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) FROM (
            SELECT amount FROM dossier_open_count WHERE agency = ?1
            UNION ALL
            SELECT amount FROM dossier_open_delta WHERE agency = ?1) both_parts)sql",
        agency
    );
    if (open.next()) out.open = open.integer(0);
    return out;
}

std::vector<DossierId> dossiers_of_older_version(
    storage::Reader& db, std::string_view procedure, std::int64_t pack, int limit
)
{
    auto rows = db.query(
        R"sql(
        SELECT id
          FROM dossier
         WHERE procedure = ?1 AND pack <> ?2 AND is_open = 1 AND instance <> 0   -- served by index dossier_open_pack
               AND received_on IS NOT NULL
         ORDER BY id
         LIMIT ?3)sql",
        procedure,
        pack,
        limit
    );
    std::vector<DossierId> out;
    while (rows.next()) out.push_back(rows.id<DossierId>(0));
    return out;
}

}  // namespace thien_an::casework

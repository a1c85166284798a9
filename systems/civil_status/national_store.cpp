#include "systems/civil_status/national_store.h"

#include <algorithm>

namespace thien_an::civil_status {
namespace {

using registers::SeriesId;

constexpr std::string_view event_columns =
    "e.id, e.series, e.link, e.agency, e.entry, e.note, e.kind, e.happened_at, e.state, e.attempt, e.outbox, "
    "e.national_id, e.reason_code, e.reason, e.answered_at, s.register, COALESCE(o.reason, '')";
constexpr std::string_view event_tables =
    " FROM national_event e JOIN national_series s ON s.series = e.series LEFT JOIN outbox o ON o.id = "
    "e.outbox ";

NationalEvent event_from(const storage::Rows& rows)
{
    return {
        rows.integer(0),
        rows.id<SeriesId>(1),
        rows.integer(2),
        rows.id<identity::AgencyId>(3),
        rows.id<registers::EntryId>(4),
        rows.integer(5),
        rows.text(6),
        rows.instant(7),
        NationalState(rows.integer(8)),
        rows.integer(9),
        rows.id<storage::OutboxId>(10),
        rows.text(11),
        rows.text(12),
        rows.text(13),
        rows.instant_or_null(14),
        rows.text(15),
        rows.text(16)};
}

std::vector<NationalEvent> events_from(storage::Rows rows)
{
    std::vector<NationalEvent> found;
    while (rows.next()) found.push_back(event_from(rows));
    return found;
}

std::vector<SeriesId> series_from(storage::Rows rows)
{
    std::vector<SeriesId> found;
    while (rows.next()) found.push_back(rows.id<SeriesId>(0));
    return found;
}

/// What a state adds to the counts of its series.
struct Counted {
    std::int64_t not_sent = 0, kept = 0, accepted = 0, refused = 0;
};
Counted counted(NationalState state)
{
    switch (state) {
    case NationalState::kept: return {.kept = 1};
    case NationalState::on_its_way: return {};
    case NationalState::accepted: return {.accepted = 1};
    case NationalState::refused: return {.refused = 1};
    case NationalState::nothing: return {.not_sent = 1};
    }
    throw std::logic_error("NationalState outside its enumerators");
}

}  // namespace

std::int64_t national_gathered(storage::Reader& db, SeriesId series)
{
    auto rows = db.query("SELECT gathered FROM national_series WHERE series = ?1", series);
    return rows.next() ? rows.integer(0) : 0;
}

void insert_national_event(storage::Writer& db, const NationalEvent& event)
{
    db.execute(
        R"sql(
        INSERT INTO national_event (id, series, link, agency, entry, note, kind, happened_at, state, attempt,
                                    outbox, national_id, reason_code, reason, answered_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, '', '', '', NULL))sql",
        event.id,
        event.series,
        event.link,
        event.agency,
        event.entry,
        event.note,
        event.kind,
        event.happened_at,
        event.state,
        event.attempt,
        event.outbox
    );
}

void move_national_series(storage::Writer& db, const registers::SeriesShown& series, const NationalStep& by)
{
    db.execute(
        R"sql(
        INSERT INTO national_series (series, register, agency, year, gathered, not_sent, kept, accepted, refused)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0)
            ON CONFLICT (series) DO UPDATE
           SET gathered = national_series.gathered + excluded.gathered,
               not_sent = national_series.not_sent + excluded.not_sent,
               kept = national_series.kept + excluded.kept)sql",
        series.id,
        series.register_id,
        series.agency,
        series.year,
        by.links,
        by.not_sent,
        by.kept
    );
}

void update_national_event(storage::Writer& db, const NationalEvent& event, NationalState before)
{
    db.execute(
        R"sql(
        UPDATE national_event
           SET state = ?2, attempt = ?3, outbox = ?4, national_id = ?5, reason_code = ?6, reason = ?7, answered_at = ?8
         WHERE id = ?1)sql",
        event.id,
        event.state,
        event.attempt,
        event.outbox,
        event.national_id,
        event.reason_code,
        event.reason,
        event.answered_at
    );
    const auto was = counted(before);
    const auto is = counted(event.state);
    db.execute(
        R"sql(
        UPDATE national_series
           SET not_sent = not_sent + ?2, kept = kept + ?3, accepted = accepted + ?4, refused = refused + ?5
         WHERE series = ?1)sql",
        event.series,
        is.not_sent - was.not_sent,
        is.kept - was.kept,
        is.accepted - was.accepted,
        is.refused - was.refused
    );
}

std::optional<NationalEvent> national_event(storage::Reader& db, std::int64_t id)
{
    static const auto sql =
        "SELECT " + std::string(event_columns) + std::string(event_tables) + "WHERE e.id = ?1";
    auto found = events_from(db.query(sql, id));
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<NationalEvent> national_events_of(storage::Reader& db, registers::EntryId entry)
{
    // Served by national_event_entry.
    static const auto sql = "SELECT " + std::string(event_columns) + std::string(event_tables) +
                            "WHERE e.entry = ?1 ORDER BY e.link LIMIT 1000";
    return events_from(db.query(sql, entry));
}

std::vector<NationalEvent> national_kept(storage::Reader& db, SeriesId series, int limit)
{
    // Served by national_event_once.
    static const auto sql = "SELECT " + std::string(event_columns) + std::string(event_tables) +
                            "WHERE e.series = ?1 AND e.state = 1 ORDER BY e.link LIMIT ?2";
    return events_from(db.query(sql, series, std::int64_t(limit)));
}

std::vector<SeriesId> national_behind(
    storage::Reader& db, const std::vector<std::string>& registers, int limit
)
{
    std::vector<SeriesId> found;
    for (const auto& name : registers) {
        // Some tens of series a register and year: their rows are few and small.
        auto some = series_from(db.query(
            R"sql(
            SELECT r.id
              FROM register_series r
              LEFT JOIN national_series n ON n.series = r.id
             WHERE r.register = ?1 AND r.length > COALESCE(n.gathered, 0)   -- served by register_series_once
             ORDER BY r.id
             LIMIT ?2)sql",
            name,
            std::int64_t(limit)
        ));
        found.insert(found.end(), some.begin(), some.end());
    }
    return found;
}

std::vector<SeriesId> national_with_kept(storage::Reader& db, int limit)
{
    return series_from(db.query(
        "SELECT series FROM national_series WHERE kept > 0 ORDER BY series LIMIT ?1", std::int64_t(limit)
    ));
}

std::vector<NationalCount> national_counts(storage::Reader& db, const identity::Actor& actor, Day today)
{
    const auto visible = identity::visible(
        db, actor, "registers.read", today, 1, {.agency = "agency", .owner = "", .sealed = ""}
    );
    std::vector<storage::Value> values;
    for (const auto v : visible.values) values.emplace_back(v);
    auto rows = db.query_all(
        "SELECT register, SUM(not_sent), SUM(kept), SUM(accepted), SUM(refused), SUM(gathered) FROM "
        "national_series WHERE " +
            visible.sql + " GROUP BY register ORDER BY register LIMIT 100",
        values
    );
    std::vector<NationalCount> counts;
    while (rows.next()) {
        NationalCount one{
            .register_id = rows.text(0),
            .not_sent = rows.integer(1),
            .kept = rows.integer(2),
            .accepted = rows.integer(3),
            .refused = rows.integer(4)};
        one.on_its_way = rows.integer(5) - one.not_sent - one.kept - one.accepted - one.refused;
        counts.push_back(std::move(one));
    }
    return counts;
}

std::vector<NationalEvent> national_events_in(
    storage::Reader& db,
    const identity::Actor& actor,
    Day today,
    NationalState state,
    std::int64_t before,
    int limit
)
{
    const auto visible = identity::visible(
        db, actor, "registers.read", today, 4, {.agency = "e.agency", .owner = "", .sealed = ""}
    );
    std::vector<storage::Value> values{
        std::int64_t(state), before == 0 ? INT64_MAX : before, std::int64_t(limit)};
    for (const auto v : visible.values) values.emplace_back(v);
    // Served by national_event_open; the state is said twice so that the partial index is known to fit.
    const auto sql = "SELECT " + std::string(event_columns) + std::string(event_tables) +
                     "WHERE e.state = ?1 AND e.state IN (1, 2, 4) AND e.id < ?2 AND " + visible.sql +
                     " ORDER BY e.id DESC LIMIT ?3";
    return events_from(db.query_all(sql, values));
}

std::vector<SeriesId> national_miscounted(storage::Reader& db, int limit)
{
    return series_from(db.query(
        R"sql(
        SELECT s.series
          FROM national_series s
          LEFT JOIN (SELECT series,
                            SUM(CASE WHEN state = 1 THEN 1 ELSE 0 END) AS kept,
                            SUM(CASE WHEN state = 3 THEN 1 ELSE 0 END) AS accepted,
                            SUM(CASE WHEN state = 4 THEN 1 ELSE 0 END) AS refused,
                            SUM(CASE WHEN state = 5 THEN 1 ELSE 0 END) AS untold,
                            COUNT(*) AS told
                       FROM national_event
                      GROUP BY series) e ON e.series = s.series
         WHERE s.kept <> COALESCE(e.kept, 0)
            OR s.accepted <> COALESCE(e.accepted, 0)
            OR s.refused <> COALESCE(e.refused, 0)
            OR s.gathered - s.not_sent <> COALESCE(e.told - e.untold, 0)
         ORDER BY s.series
         LIMIT ?1)sql",
        std::int64_t(limit)
    ));
}

}  // namespace thien_an::civil_status

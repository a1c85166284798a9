#include "engine/workflow/hold_store.h"

namespace thien_an::workflow {
namespace {

constexpr std::string_view columns = "SELECT id, kind, what, since, reason, party, post FROM process_hold ";

Hold hold_from(storage::Rows& rows)
{
    return {
        .id = rows.integer(0),
        .of = HoldOf(rows.integer(1)),
        .what = rows.integer(2),
        .since = rows.instant(3),
        .reason = rows.text(4),
        .by = rows.id<identity::PartyId>(5),
        .as = rows.id<PostId>(6)};
}

}  // namespace

std::optional<Hold> open_hold(storage::Reader& db, HoldOf of, std::int64_t what)
{
    auto rows =
        db.query(std::string(columns) + "WHERE kind = ?1 AND what = ?2 AND ended IS NULL LIMIT 1", of, what);
    if (!rows.next()) return std::nullopt;
    return hold_from(rows);
}

void insert_hold(storage::Writer& db, const Hold& s)
{
    db.execute(
        R"sql(
        INSERT INTO process_hold (id, kind, what, since, reason, party, post, ended, ended_by)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, 0))sql",
        s.id,
        s.of,
        s.what,
        s.since,
        s.reason,
        s.by,
        s.as
    );
}

void end_hold(storage::Writer& db, std::int64_t id, Instant at, identity::PartyId by)
{
    db.execute("UPDATE process_hold SET ended = ?2, ended_by = ?3 WHERE id = ?1", id, at, by);
}

std::optional<Hold> hold_of(storage::Reader& db, const Instance& instance)
{
    auto rows = db.query(
        std::string(columns) + R"sql(
         WHERE ended IS NULL                      -- served by index process_hold_open
           AND (kind = 1 AND what = ?1 OR kind = 2 AND what = ?2 OR kind = 3 AND what = ?3)
         ORDER BY kind
         LIMIT 1)sql",
        instance.id,
        instance.definition,
        instance.agency
    );
    if (!rows.next()) return std::nullopt;
    return hold_from(rows);
}

std::vector<Hold> holds(storage::Reader& db, int limit)
{
    auto rows = db.query(std::string(columns) + "WHERE ended IS NULL ORDER BY since, id LIMIT ?1", limit);
    std::vector<Hold> out;
    while (rows.next()) out.push_back(hold_from(rows));
    return out;
}

std::optional<ScheduleRow> find_schedule(storage::Reader& db, std::int64_t id)
{
    auto rows = db.query(
        "SELECT id, definition, node, agency, next_at, repeats FROM process_schedule WHERE id = ?1 LIMIT 1",
        id
    );
    if (!rows.next()) return std::nullopt;
    return ScheduleRow{
        .id = rows.integer(0),
        .definition = rows.integer(1),
        .node = rows.text(2),
        .agency = rows.id<AgencyId>(3),
        .next = rows.instant(4),
        .repeats = rows.integer(5)};
}

void insert_schedule(storage::Writer& db, const ScheduleRow& row)
{
    db.execute(
        R"sql(
        INSERT INTO process_schedule (id, definition, node, agency, next_at, repeats)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6))sql",
        row.id,
        row.definition,
        row.node,
        row.agency,
        row.next,
        row.repeats
    );
}

void move_schedule(storage::Writer& db, const ScheduleRow& row)
{
    db.execute(
        "UPDATE process_schedule SET next_at = ?2, repeats = ?3 WHERE id = ?1", row.id, row.next, row.repeats
    );
}

void delete_schedule(storage::Writer& db, std::int64_t id)
{
    db.execute("DELETE FROM process_schedule WHERE id = ?1", id);
}

void delete_schedules(storage::Writer& db, std::int64_t definition, AgencyId agency)
{
    db.execute(
        "DELETE FROM process_schedule WHERE definition = ?1 AND (?2 = 0 OR agency = ?2)", definition, agency
    );
}

std::vector<std::int64_t> Engine::due_starts(storage::Reader& db, Instant now, int limit)
{
    auto rows = db.query(
        R"sql(
        SELECT s.id
          FROM process_schedule s
         WHERE s.next_at <= ?1                     -- served by index process_schedule_next
           AND NOT EXISTS (SELECT 1
                             FROM process_hold h
                            WHERE h.ended IS NULL
                              AND (h.kind = 2 AND h.what = s.definition OR h.kind = 3 AND h.what = s.agency))
         ORDER BY s.next_at, s.id
         LIMIT ?2)sql",
        now,
        limit
    );
    std::vector<std::int64_t> out;
    while (rows.next()) out.push_back(rows.integer(0));
    return out;
}

}  // namespace thien_an::workflow

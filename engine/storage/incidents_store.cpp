#include "engine/storage/incidents.h"
#include "engine/storage/outbox_store.h"

namespace thien_an::storage {
namespace {

constexpr std::int64_t newest = std::int64_t{1} << 62;

Incident incident_of(const Rows& row)
{
    return {
        .id = row.id<IncidentId>(0),
        .report =
            {
                .kind = row.text(1),
                .aggregate_kind = row.text(2),
                .aggregate_id = row.integer(3),
                .reason = row.text(4),
                .outbox = row.id<OutboxId>(5),
            },
        .opened_at = row.instant(6),
        .closed_at = row.instant_or_null(7),
        .closed_by = row.integer(8),
        .note = row.text(9),
    };
}

Problem no_such_incident() { return {.code = "storage.no_such_incident", .field = "", .law = ""}; }

}  // namespace

IncidentId incident_open(Writer& db, IdSource& ids, Instant now, const IncidentReport& report)
{
    const auto id = ids.next_as<struct IncidentTag>();
    db.execute(
        R"sql(
        INSERT INTO incident (id, kind, aggregate_kind, aggregate_id, reason, outbox, opened_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))sql",
        id,
        report.kind,
        report.aggregate_kind,
        report.aggregate_id,
        report.reason,
        report.outbox,
        now
    );
    return id;
}

std::vector<Incident> incidents(Reader& db, IncidentFilter filter, IncidentId before, int limit)
{
    constexpr std::string_view open = R"sql(
        SELECT id, kind, aggregate_kind, aggregate_id, reason, outbox, opened_at, closed_at, closed_by, note
          FROM incident
         WHERE id < ?1 AND closed_at IS NULL     -- served by index incident_open
         ORDER BY id DESC
         LIMIT ?2)sql";
    constexpr std::string_view all = R"sql(
        SELECT id, kind, aggregate_kind, aggregate_id, reason, outbox, opened_at, closed_at, closed_by, note
          FROM incident
         WHERE id < ?1
         ORDER BY id DESC
         LIMIT ?2)sql";
    auto rows = db.query(filter == IncidentFilter::open ? open : all, before ? before.value : newest, limit);
    std::vector<Incident> found;
    while (rows.next()) found.push_back(incident_of(rows));
    return found;
}

Result<Incident> find_incident(Reader& db, IncidentId id)
{
    auto rows = db.query(
        R"sql(
        SELECT id, kind, aggregate_kind, aggregate_id, reason, outbox, opened_at, closed_at, closed_by, note
          FROM incident WHERE id = ?1)sql",
        id
    );
    if (!rows.next()) return no_such_incident();
    return incident_of(rows);
}

Result<Done> incident_close(Writer& db, IncidentId id, std::int64_t by, Instant now, std::string_view note)
{
    const auto incident = TRY(find_incident(db, id));
    if (incident.closed_at) return Problem{.code = "storage.incident_closed", .field = "", .law = ""};
    db.execute(
        "UPDATE incident SET closed_at = ?2, closed_by = ?3, note = ?4 WHERE id = ?1 AND closed_at IS NULL",
        id,
        now,
        by,
        note
    );
    return Done{};
}

Result<Done> incident_resend(Writer& db, IncidentId id, std::int64_t by, Instant now, std::string_view note)
{
    const auto incident = TRY(find_incident(db, id));
    TRY(incident_close(db, id, by, now, note));
    const bool revived = incident.report.outbox && outbox_revive(db, incident.report.outbox, now);
    if (!revived) return Problem{.code = "storage.nothing_to_send", .field = "", .law = ""};
    return Done{};
}

}  // namespace thien_an::storage

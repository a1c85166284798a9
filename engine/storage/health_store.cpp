#include "engine/storage/health.h"

namespace thien_an::storage {
namespace {

/// Counting stops here: a gauge that says "ten thousand" says enough.
constexpr int counted_max = 10'000;

}  // namespace

Health health(Reader& db, Instant now)
{
    Health it;
    // Served by index outbox_next.
    auto waiting = db.query(
        R"sql(
        SELECT count(*), min(due) FROM (
            SELECT due FROM outbox WHERE next_try_at IS NOT NULL AND next_try_at <= ?1 LIMIT ?2) AS due_now)sql",
        now,
        counted_max
    );
    waiting.next();
    it.outbox_waiting = waiting.integer(0);
    if (!waiting.null(1)) it.outbox_oldest = now - waiting.instant(1);
    // Served by index incident_open.
    auto open = db.query(
        "SELECT count(*) FROM (SELECT id FROM incident WHERE closed_at IS NULL LIMIT ?1) AS open_now",
        counted_max
    );
    open.next();
    it.incidents_open = open.integer(0);
    return it;
}

}  // namespace thien_an::storage

#include "engine/storage/health.h"

#include "engine/storage/incidents.h"
#include "engine/storage/outbox.h"
#include "engine/storage/test_databases.h"

using namespace thien_an;
using namespace thien_an::storage;

TEST_DATABASES("health counts what is due and not what waits for later, and incidents until they are closed")
{
    const auto database = databases.open({});
    IdSource ids{1};
    const Instant now = Clock{}.now();
    const auto look = [&] { return database->read([&](Reader& db) { return health(db, now); }); };
    CHECK(look().outbox_waiting == 0);
    CHECK(look().incidents_open == 0);
    IncidentId incident;
    REQUIRE(database->write({}, [&](Writer& db) -> Result<Done> {
        const std::chrono::minutes ago{3};
        outbox_add(
            db,
            ids,
            {.kind = "mail", .aggregate_kind = "x", .payload = "{}", .idempotency_key = "a", .due = now - ago}
        );
        outbox_add(
            db,
            ids,
            {.kind = "mail", .aggregate_kind = "x", .payload = "{}", .idempotency_key = "b", .due = now + ago}
        );
        incident = incident_open(db, ids, now, {.kind = "mail", .aggregate_kind = "x", .reason = "lost"});
        return Done{};
    }));
    CHECK(look().outbox_waiting == 1);
    CHECK(look().outbox_oldest == std::chrono::minutes{3});
    CHECK(look().incidents_open == 1);
    REQUIRE(database->write({}, [&](Writer& db) {
        return incident_close(db, incident, 1, now, "sent by hand");
    }));
    CHECK(look().incidents_open == 0);
}

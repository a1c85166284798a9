#include "engine/storage/tidy.h"

#include <doctest/doctest.h>

#include "engine/storage/outbox.h"
#include "engine/storage/test_databases.h"

using namespace thien_an;
using namespace thien_an::storage;
using namespace std::chrono_literals;

TEST_DATABASES("what has had its time goes, what has not stays")
{
    const auto database = databases.open({});
    FileStore files(databases.folder());
    IdSource ids(1);
    const Instant morning = at(std::chrono::sys_days{std::chrono::year{2016} / 7 / 1}, 480min);
    OutboxHandler handler;
    handler.step = [](Writer&, const OutboxItem&) -> Result<Step> { return Step{}; };
    constexpr int rows = 600;  // More than are deleted at once.
    REQUIRE(database->write({}, [&](Writer& db) -> Result<Done> {
        for (int i = 0; i < rows; ++i)
            outbox_add(
                db, ids, {.kind = "timer", .aggregate_kind = "", .payload = "", .idempotency_key = ""}
            );
        return Done{};
    }));
    REQUIRE(outbox_run_due(*database, ids, {{"timer", handler}}, morning) == rows);
    CHECK(tidy(*database, files, morning + 30 * 24h).messages == 0);
    CHECK(tidy(*database, files, morning + 30 * 24h + 1s).messages == rows);
    static_cast<void>(files.keep(bytes_of("young"), FileKind::text));
    CHECK(tidy(*database, files, morning).contents == 0);
}

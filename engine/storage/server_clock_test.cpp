#include "engine/storage/server_clock.h"

#include "engine/storage/test_databases.h"

using namespace thien_an;
using namespace thien_an::storage;

TEST_DATABASES("a node whose clock agrees with the database's is fit to serve")
{
    const auto database = databases.open({});
    CHECK(fit_to_serve(*database, Clock()));
}

TEST_POSTGRES("a node whose clock is off by more than two seconds, either way, is not")
{
    const auto database = databases.open({});
    const auto now = Clock().now();
    CHECK_FALSE(fit_to_serve(*database, Clock(now + std::chrono::milliseconds{2500})));
    CHECK_FALSE(fit_to_serve(*database, Clock(now - std::chrono::milliseconds{2500})));
    CHECK(fit_to_serve(*database, Clock(now + std::chrono::milliseconds{1000})));
    CHECK(*clock_difference(*database, Clock(now + std::chrono::hours{1})) > std::chrono::minutes{59});
}

TEST_POSTGRES("a node without its database is not fit to serve")
{
    const auto database = databases.open({});
    // As after a restore of another database under the running server.
    static_cast<void>(database->write({}, [](Writer& db) -> Result<Done> {
        db.execute("DROP TABLE outbox CASCADE");
        return Done{};
    }));
    CHECK_FALSE(fit_to_serve(*database, Clock()));
}

#include "engine/storage/idempotency.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "engine/storage/outbox.h"
#include "engine/storage/test_databases.h"

using namespace thien_an;
using namespace thien_an::storage;
using namespace std::chrono_literals;

namespace {

const Instant morning = at(std::chrono::sys_days{std::chrono::year{2016} / 7 / 1}, 480min);

IdempotencyKey key(std::string name, std::uint8_t body = 1)
{
    return {
        .client = "account:1", .route = "POST /api/v1/dossiers", .key = std::move(name), .body_hash = {body}};
}

/// A command whose effect can be counted: a row in the outbox.
struct Filing {
    explicit Filing(TestDatabases& databases) : database(databases.open({})) {}

    Result<KeptAnswer> file(const IdempotencyKey& by)
    {
        return once(*database, {}, by, morning, [&](Writer& db) -> Result<KeptAnswer> {
            const auto id = outbox_add(
                db, ids, {.kind = "letter", .aggregate_kind = "", .payload = "", .idempotency_key = ""}
            );
            return KeptAnswer{201, text_of(id), "/api/v1/dossiers/1"};
        });
    }
    std::int64_t effects()
    {
        return database->read([](Reader& db) { return outbox_state(db).waiting; });
    }

    std::unique_ptr<Database> database;
    IdSource ids{1};
};

}  // namespace

TEST_DATABASES("the answer of the first time can be asked for before anything is prepared")
{
    Filing filing(databases);
    CHECK(!answered(*filing.database, key("a")).value());
    CHECK(!answered_form(*filing.database, "account:1", "POST /api/v1/dossiers", "a"));
    const auto first = filing.file(key("a")).value();
    CHECK(answered(*filing.database, key("a")).value()->answer == first.answer);
    CHECK(answered(*filing.database, key("a", 2)).problem().code == "storage.idempotency_conflict");
    CHECK(answered(*filing.database, key("")).problem().code == "storage.idempotency_key_bad");
    CHECK(answered_form(*filing.database, "account:1", "POST /api/v1/dossiers", "a")->answer == first.answer);
    CHECK(!answered_form(*filing.database, "account:2", "POST /api/v1/dossiers", "a"));
    CHECK(!answered_form(*filing.database, "account:1", "POST /api/v1/dossiers", ""));
}

TEST_DATABASES("the same request twice happens once and gets the same answer")
{
    Filing filing(databases);
    const auto first = filing.file(key("a"));
    const auto second = filing.file(key("a"));
    REQUIRE(first);
    REQUIRE(second);
    CHECK(second.value().status == 201);
    CHECK(second.value().answer == first.value().answer);
    CHECK(second.value().location == "/api/v1/dossiers/1");
    CHECK(filing.effects() == 1);
}

TEST_DATABASES("the same key with another body is refused, another client's same key is not")
{
    Filing filing(databases);
    REQUIRE(filing.file(key("a")));
    const auto other = filing.file(key("a", 2));
    REQUIRE(!other);
    CHECK(other.problem().code == "storage.idempotency_conflict");
    auto stranger = key("a", 2);
    stranger.client = "account:2";
    CHECK(filing.file(stranger));
    CHECK(filing.effects() == 2);
}

TEST_DATABASES("a request that met a Problem may be tried again")
{
    Filing filing(databases);
    const auto refused = once(*filing.database, {}, key("a"), morning, [](Writer&) -> Result<KeptAnswer> {
        return Problem{.code = "probe.no", .field = "", .law = ""};
    });
    CHECK(!refused);
    CHECK(filing.file(key("a")));
}

TEST_DATABASES("sixteen twins at once: one effect, one answer")
{
    Filing filing(databases);
    std::array<std::string, 16> answers;
    {
        std::vector<std::jthread> twins;
        for (auto& answer : answers)
            twins.emplace_back([&] { answer = filing.file(key("a")).value().answer; });
    }
    CHECK(filing.effects() == 1);
    for (const auto& answer : answers) CHECK(answer == answers[0]);
}

TEST_DATABASES("keys are forgotten after seven days, not before")
{
    Filing filing(databases);
    REQUIRE(filing.file(key("a")));
    const auto forget = [&](Instant now) {
        return filing.database
            ->write({}, [&](Writer& db) -> Result<std::int64_t> { return idempotency_forget(db, now); })
            .value();
    };
    CHECK(forget(morning + 7 * 24h) == 0);
    CHECK(forget(morning + 7 * 24h + 1us) == 1);
    REQUIRE(filing.file(key("a", 2)));
}

#include "engine/registers/leases.h"

#include <doctest/doctest.h>

#include "engine/storage/test_databases.h"

namespace thien_an::identity {
std::span<const storage::Migration> migrations();
}
namespace thien_an::registers {
std::span<const storage::Migration> migrations();

namespace {

using namespace std::chrono_literals;
using storage::TestDatabases;

struct Centre {
    explicit Centre(TestDatabases& databases)
    {
        std::vector<storage::Migration> all(identity::migrations().begin(), identity::migrations().end());
        all.insert(all.end(), migrations().begin(), migrations().end());
        database = databases.open(all);
    }
    identity::Act act()
    {
        return {
            .actor =
                {.account = {}, .party = {3}, .post = {4}, .agency = {1}, .for_post = {}, .channel = "desk"},
            .now = now,
            .ids = ids};
    }
    Result<Lease> grant(AgencyId agency, Instant until)
    {
        return database->write({}, [&](storage::Writer& db) {
            return grant_lease(db, act(), {agency, "máy 2", Bytes(32, 1), until});
        });
    }
    Result<Done> end(LeaseId id, LeaseEnd how, std::string_view decision = "")
    {
        return database->write({}, [&](storage::Writer& db) {
            return end_lease(db, act(), id, how, decision);
        });
    }
    /// "" when the agency's books may be written.
    std::string refused(AgencyId agency)
    {
        const auto may = database->read([&](storage::Reader& db) { return may_write(db, agency); });
        return may ? "" : may.problem().code;
    }

    Instant now = at(Day{2016y / 7 / 4}, 8h);
    IdSource ids{1};
    std::unique_ptr<storage::Database> database;
};

constexpr AgencyId commune{10};
constexpr AgencyId other{11};

}  // namespace

TEST_DATABASES("books of one agency are with one node at a time, each time under a higher number")
{
    Centre centre(databases);
    CHECK(centre.refused(commune).empty());
    CHECK(centre.grant(commune, centre.now).problem().code == "registers.lease_too_short");
    const auto first = centre.grant(commune, centre.now + 72h).value();
    CHECK(first.epoch == 1);
    const auto second = centre.grant(commune, centre.now + 72h);
    CHECK(second.problem().code == "registers.book_leased");
    CHECK(second.problem().words.front().second == "máy 2");
    CHECK(centre.refused(commune) == "registers.book_leased");
    CHECK(centre.refused(other).empty());
    CHECK(centre.database->read([](storage::Reader& db) {
        return agencies_elsewhere(db);
    }) == std::vector{commune});
    CHECK(centre.end(first.id, LeaseEnd::taken_back).problem().code == "registers.decision_missing");
    REQUIRE(centre.end(first.id, LeaseEnd::taken_back, "12/QĐ"));
    CHECK(centre.end(first.id, LeaseEnd::returned).problem().code == "registers.lease_ended");
    CHECK(centre.refused(commune).empty());
    CHECK(centre.grant(commune, centre.now + 1h).value().epoch == 2);
    const auto kept =
        centre.database->read([&](storage::Reader& db) { return find_lease(db, first.id); }).value();
    CHECK(kept.ended_how == "taken_back");
    CHECK(kept.decision == "12/QĐ");
}

TEST_DATABASES(
    "books away are written only by the command that carries the lease, and by nothing after it ended"
)
{
    Centre centre(databases);
    const auto lease = centre.grant(commune, centre.now + 72h).value();
    const auto carried = centre.database->write({}, [&](storage::Writer& db) -> Result<Done> {
        TRY(carry_lease(db, lease.id, centre.now));
        TRY(may_write(db, commune));
        lay_down_lease(db, lease.id);
        CHECK(may_write(db, commune).problem().code == "registers.book_leased");
        return Done{};
    });
    CHECK(carried);
    // A command that fails carries nothing on.
    static_cast<void>(centre.database->write({}, [&](storage::Writer& db) -> Result<Done> {
        TRY(carry_lease(db, lease.id, centre.now));
        return Problem{.code = "x", .field = "", .law = ""};
    }));
    CHECK(centre.refused(commune) == "registers.book_leased");
    REQUIRE(centre.end(lease.id, LeaseEnd::forked));
    const auto late = centre.database->write({}, [&](storage::Writer& db) {
        return carry_lease(db, lease.id, centre.now);
    });
    CHECK(late.problem().code == "registers.lease_ended");
}

TEST_DATABASES(
    "in the node's own database only the leased agency is written, by carried commands, until the time is up"
)
{
    Centre centre(databases);
    const auto lease = centre.grant(commune, centre.now + 72h).value();
    REQUIRE(centre.database->write({}, [&](storage::Writer& db) -> Result<Done> {
        hold_lease(db, lease);
        return Done{};
    }));
    CHECK(centre.refused(commune) == "registers.not_offline");
    CHECK(centre.refused(other) == "registers.no_lease");
    CHECK(centre.database->read([](storage::Reader& db) { return agencies_elsewhere(db); }).empty());
    const auto carry = [&](Instant now) {
        return centre.database->write({}, [&](storage::Writer& db) -> Result<Done> {
            TRY(carry_lease(db, lease.id, now));
            TRY(may_write(db, commune));
            lay_down_lease(db, lease.id);
            return Done{};
        });
    };
    CHECK(carry(centre.now + 72h - 1us));
    CHECK(carry(centre.now + 72h).problem().code == "registers.lease_over");
    REQUIRE(centre.end(lease.id, LeaseEnd::returned));
    CHECK(centre.refused(commune) == "registers.lease_ended");
    CHECK(carry(centre.now).problem().code == "registers.lease_ended");
}

}  // namespace thien_an::registers

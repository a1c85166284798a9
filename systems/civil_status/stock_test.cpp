#include <doctest/doctest.h>

#include <thread>

#include "engine/documents/form_stock.h"
#include "engine/identity/posts.h"

#include "systems/civil_status/commune_for_tests.h"

// Pre-printed forms across the levels of the real province: down, up, on the way, and what both sides say of it.
namespace thien_an::civil_status {
namespace {

using documents::Blank;
using documents::BlankRange;
using documents::HandOverId;
using identity::AgencyId;

constexpr const char* kind = "birth_certificate_form";

struct Levels : Commune {
    explicit Levels(storage::TestDatabases& databases, const char* day = "2016-08-12T09:00")
        : Commune(databases)
    {
        walk(filed);
        walk(std::string("given now is ") + day + "\n");
        clerk = world.actor("clerk");
        commune = clerk.agency;
        province = agency("so-tp");
        if (auto found = key("ubnd-522")) district = found->id;
    }
    std::optional<identity::Agency> key(const char* name)
    {
        return read([&](storage::Reader& db) -> std::optional<identity::Agency> {
            auto found = identity::agency_by_key(db, name, today());
            return found ? std::optional(std::move(found).value()) : std::nullopt;
        });
    }
    AgencyId agency(const char* name) { return key(name).value().id; }
    Day today() { return day_of(office().clock.now()); }
    identity::Act by() { return {clerk, office().clock.now(), office().ids}; }
    template <typename Command>
    auto write(std::vector<AgencyId> sides, Command command)
    {
        storage::Locks locks;
        for (const auto side : sides) locks.push_back(documents::lock_of_blanks(side));
        return office().database.write(locks, command);
    }
    Result<Done> receive(AgencyId at, std::int64_t first, std::int64_t last)
    {
        return write({at}, [&](storage::Writer& db) {
            return documents::receive_blanks(db, by(), at, {kind, "KS", first, last}, "Biên bản 01");
        });
    }
    Result<HandOverId> send(AgencyId from, AgencyId to, std::int64_t first, std::int64_t last)
    {
        return write({from}, [&](storage::Writer& db) {
            return documents::hand_over(db, by(), from, to, {kind, "KS", first, last}, "BBBG 02");
        });
    }
    Result<Done> count(AgencyId at, HandOverId id, std::int64_t counted, const std::string& missing = "")
    {
        return write({at}, [&](storage::Writer& db) {
            return documents::receive_hand_over(
                db, by(), at, id, counted, documents::parse_ranges(kind, missing).value(), "BBNK 03"
            );
        });
    }
    Result<Done> back(AgencyId at, HandOverId id)
    {
        return write({at}, [&](storage::Writer& db) {
            return documents::take_back(db, by(), at, id, "Tìm thấy tại kho");
        });
    }
    Result<Done> issue(AgencyId at, std::int64_t serial)
    {
        return write({at}, [&](storage::Writer& db) {
            return documents::issue_blank(
                db, by(), at, {kind, "KS", serial}, {{}, "Giấy khai sinh " + std::to_string(serial) + "/2016"}
            );
        });
    }
    documents::AgencyStock stock(AgencyId at)
    {
        const auto all = read([&](storage::Reader& db) {
            return documents::stock_of_all(db, kind, office().clock.now());
        });
        for (const auto& one : all)
            if (one.agency == at) return one;
        return {};
    }
    std::int64_t left(AgencyId at) { return stock(at).balance.in_stock(); }
    std::vector<Problem> faults()
    {
        auto all = read([](storage::Reader& db) { return documents::check_stock(db); });
        for (auto& one : read([](storage::Reader& db) { return documents::check_blanks(db); }))
            all.push_back(std::move(one));
        for (const auto& one : all) MESSAGE(one.code << " " << one.field);
        return all;
    }
    /// Everything received is somewhere: in a stock, on the way, or used.
    void balances(std::int64_t received)
    {
        std::int64_t sum = 0;
        const auto all = read([&](storage::Reader& db) {
            return documents::stock_of_all(db, kind, office().clock.now());
        });
        for (const auto& one : all) {
            CHECK(one.counted == one.balance.in_stock());
            sum += one.counted + one.on_the_way + one.balance.issued + one.balance.spoiled +
                   one.balance.destroyed + one.balance.lost;
        }
        CHECK(sum == received);
        CHECK(faults().empty());
    }

    identity::Actor clerk;
    AgencyId province;
    AgencyId district;
    AgencyId commune;
};

}  // namespace

TEST_DATABASES("forms go down a level at a time and are in one stock or on the way, never both")
{
    Levels house(databases);
    REQUIRE(house.receive(house.province, 1, 1000));
    CHECK(house.send(house.province, house.commune, 1, 10).problem().code == "documents.not_next_level");
    const auto down = house.send(house.province, house.district, 101, 300).value();
    CHECK(house.left(house.province) == 800);
    CHECK(house.left(house.district) == 0);
    CHECK(house.stock(house.province).on_the_way == 200);
    CHECK(
        house.send(house.district, house.commune, 101, 110).problem().code == "documents.range_not_in_stock"
    );
    CHECK(
        house.send(house.province, house.district, 300, 301).problem().code == "documents.range_not_in_stock"
    );
    CHECK(house.count(house.commune, down, 200).problem().code == "documents.no_such_hand_over");
    REQUIRE(house.count(house.district, down, 200));
    CHECK(house.count(house.district, down, 200).problem().code == "documents.nothing_on_the_way");
    const auto on = house.send(house.district, house.commune, 101, 150).value();
    REQUIRE(house.count(house.commune, on, 50));
    CHECK(house.left(house.district) == 150);
    CHECK(house.left(house.commune) == 50);
    const auto next =
        house.read([&](storage::Reader& db) { return documents::next_blank(db, house.commune, kind); });
    REQUIRE(next);
    CHECK(next->serial == 101);
    REQUIRE(house.issue(house.commune, 101));
    CHECK_FALSE(house.issue(house.district, 102));
    CHECK(
        house.send(house.commune, house.district, 101, 102).problem().code == "documents.range_not_in_stock"
    );
    const auto up = house.send(house.commune, house.district, 141, 150).value();
    REQUIRE(house.count(house.district, up, 10));
    CHECK(house.left(house.commune) == 39);
    house.balances(1000);
}

TEST_DATABASES("what the receiver misses stays on the way until it is found or taken back and told lost")
{
    Levels house(databases);
    REQUIRE(house.receive(house.province, 1, 100));
    const auto down = house.send(house.province, house.district, 1, 50).value();
    CHECK(house.count(house.district, down, 47).problem().code == "documents.count_differs");
    CHECK(house.count(house.district, down, 49, "KS 0000077").problem().code == "documents.not_on_the_way");
    REQUIRE(house.count(house.district, down, 47, "KS 0000005, KS 0000010-0000011"));
    CHECK(house.left(house.district) == 47);
    CHECK(house.stock(house.province).on_the_way == 3);
    CHECK_FALSE(house.issue(house.district, 5));
    CHECK_FALSE(house.issue(house.province, 5));
    const auto it =
        house.read([&](storage::Reader& db) { return documents::find_hand_over(db, down); }).value();
    CHECK(it.arrived == 47);
    CHECK(it.on_the_way() == 3);
    REQUIRE(house.count(house.district, down, 1, "KS 0000010-0000011"));  // One was found after all.
    CHECK(house.back(house.district, down).problem().code == "documents.no_such_hand_over");
    REQUIRE(house.back(house.province, down));
    CHECK(house.left(house.province) == 52);
    REQUIRE(house.write({house.province}, [&](storage::Writer& db) {
        return documents::lose_blank(db, house.by(), house.province, {kind, "KS", 10}, "BB 09");
    }));
    CHECK(house.stock(house.province).balance.lost == 1);
    CHECK_FALSE(house.issue(house.province, 10));
    house.balances(100);
}

TEST_DATABASES("of two clerks who hand over ranges that overlap one is refused")
{
    Levels house(databases);
    REQUIRE(house.receive(house.province, 1, 100));
    std::atomic<int> sent{0};
    std::atomic<int> refused{0};
    const auto hand = [&](std::int64_t first) {
        const auto done = house.send(house.province, house.district, first, first + 39);
        if (done)
            ++sent;
        else if (done.problem().code == "documents.range_not_in_stock")
            ++refused;
    };
    std::thread one(hand, 1);
    std::thread other(hand, 30);
    one.join();
    other.join();
    CHECK(sent == 1);
    CHECK(refused == 1);
    CHECK(house.stock(house.province).on_the_way == 40);
    house.balances(100);
}

TEST_DATABASES("a form's whole path is told, to the certificate it became")
{
    Levels house(databases);
    REQUIRE(house.receive(house.province, 1, 100));
    const auto down = house.send(house.province, house.district, 1, 50).value();
    REQUIRE(house.count(house.district, down, 50));
    const auto on = house.send(house.district, house.commune, 1, 20).value();
    REQUIRE(house.count(house.commune, on, 20));
    REQUIRE(house.issue(house.commune, 7));
    const auto path = house.read([&](storage::Reader& db) {
        return documents::path_of(db, {kind, "KS", 7});
    });
    using What = documents::BlankStep::What;
    std::vector<What> steps;
    for (const auto& step : path) steps.push_back(step.what);
    CHECK(
        steps ==
        std::vector{What::received, What::sent, What::arrived, What::sent, What::arrived, What::issued}
    );
    CHECK(path[1].to == house.district);
    CHECK(path.back().agency == house.commune);
    CHECK(path.back().words == "Giấy khai sinh 7/2016");
    CHECK(house.stock(house.commune).per_week == doctest::Approx(1.0 / 8));
    CHECK(house.read([&](storage::Reader& db) { return documents::path_of(db, {kind, "KS", 500}); }).empty());
}

TEST_DATABASES(
    "from July 2025 the province hands to the commune itself, and a commune takes over from its forerunner"
)
{
    Levels house(databases, "2025-07-02T09:00");
    CHECK_FALSE(house.key("ubnd-522"));
    REQUIRE(house.receive(house.province, 1, 100));
    const auto down = house.send(house.province, house.commune, 1, 50).value();
    REQUIRE(house.count(house.commune, down, 50));
    CHECK(house.left(house.commune) == 50);
    const auto other = house.agency("ubnd-21211");
    CHECK(house.send(house.commune, other, 1, 10).problem().code == "documents.not_next_level");
    const auto all = house.read([&](storage::Reader& db) {
        return documents::receivers_of(db, house.province, house.today());
    });
    CHECK(all.size() > 50);
    house.balances(100);
}

TEST_CASE("serials that are missing are read one by one or as ranges")
{
    const auto two = documents::parse_ranges(kind, "KS 0000005, ks 10-0000011;");
    REQUIRE(two);
    REQUIRE(two->size() == 2);
    CHECK((*two)[1].last == 11);
    CHECK(documents::parse_ranges(kind, "")->empty());
    for (const auto* wrong : {"KS", "KS 5-3", "KS 5-AB 7", "năm"})
        CHECK_MESSAGE(!documents::parse_ranges(kind, wrong), wrong);
}

}  // namespace thien_an::civil_status

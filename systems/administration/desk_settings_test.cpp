#include "systems/administration/desk_settings.h"

#include <doctest/doctest.h>

#include "engine/identity/test_house.h"
#include "engine/workflow/calendar.h"

namespace thien_an::administration {
std::span<const storage::Migration> migrations();

namespace {

struct Shipped final : casework::Settings {
    json::value days = 30;
    const json::value* setting(std::string_view key, Day) const override
    {
        return key == "one_stop.rating_open_days" || key == "province.unit" ? &days : nullptr;
    }
    std::map<std::string, std::int64_t> fees(Day) const override { return {}; }
    const workflow::Calendar& calendar(std::string_view, std::string_view) const override
    {
        throw std::logic_error("no clock is asked here");
    }
};

struct Desk {
    explicit Desk(storage::TestDatabases& databases) : house(databases, migrations()) {}

    identity::TestHouse house;
    Shipped shipped;
    DeskSettings settings{shipped, house.database()};
    identity::PartyId admin = house.person("Quản Trị");
    identity::Actor actor = house.as(admin, house.post("ubnd-901", "agency_administrator", admin));
    identity::Act act{actor, house.now, house.ids()};
    Day today = day_of(house.now);
};

constexpr std::string_view key = "one_stop.rating_open_days";

}  // namespace

TEST_DATABASES("a setting is the province's until the desk changes it, from that day on")
{
    Desk desk(databases);
    CHECK(*desk.settings.setting(key, desk.today) == 30);
    REQUIRE(desk.settings.change(key, 10, "Theo chỉ đạo", desk.act));
    CHECK(*desk.settings.setting(key, desk.today) == 10);
    CHECK(*desk.settings.setting(key, desk.today - std::chrono::days{1}) == 30);
    REQUIRE(desk.settings.change(key, 20, "Nhầm", desk.act));
    CHECK(*desk.settings.setting(key, desk.today) == 20);
    CHECK(desk.settings.changed(key, desk.today)->reason == "Nhầm");
    CHECK(!desk.settings.changed(key, desk.today - std::chrono::days{1}));
}

TEST_DATABASES("what another node changed is seen by one that starts later")
{
    Desk desk(databases);
    REQUIRE(desk.settings.change(key, 10, "Theo chỉ đạo", desk.act));
    const DeskSettings other(desk.shipped, desk.house.database());
    CHECK(*other.setting(key, desk.today) == 10);
}

TEST_DATABASES("a value out of bounds, a law's own setting and a change without a reason are refused")
{
    Desk desk(databases);
    for (const json::value& bad : {json::value(0), json::value(366), json::value("10"), json::value(true)})
        CHECK(desk.settings.change(key, bad, "x", desk.act).problem().code == "administration.bad_setting");
    CHECK(
        desk.settings.change("province.unit", 1, "x", desk.act).problem().code ==
        "administration.not_changeable"
    );
    CHECK(desk.settings.change(key, 10, "", desk.act).problem().code == "administration.setting_reason");
    CHECK(*desk.settings.setting(key, desk.today) == 30);
}

}  // namespace thien_an::administration

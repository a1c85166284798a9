#include "systems/civil_status/abroad_rules.h"

#include <doctest/doctest.h>

namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;

constexpr Day today{2024y / 6 / 1};

TEST_CASE("a foreign paper is not older than its event nor newer than today")
{
    CHECK(event_abroad_allowed({Day{2024y / 5 / 1}, Day{2024y / 5 / 1}}, today));
    CHECK(event_abroad_allowed({Day{2024y / 5 / 1}, today}, today));
    for (const EventAbroad& event :
         {EventAbroad{Day{2024y / 5 / 2}, Day{2024y / 5 / 1}},
          EventAbroad{Day{2024y / 5 / 2}, today + std::chrono::days{1}}})
        CHECK(event_abroad_allowed(event, today).problem().code == "civil_status.event_abroad_out_of_order");
}

TEST_CASE("a marriage abroad keeps the ages of the law here, or what broke them is past")
{
    constexpr Day married{2020y / 1 / 15};
    constexpr Day man{2000y / 1 / 15};
    constexpr Day woman{2002y / 1 / 15};
    CHECK(marriage_abroad_allowed(married, man, woman, false));
    const auto young = marriage_abroad_allowed(married, man + std::chrono::days{1}, woman, false).problem();
    CHECK(young.code == "civil_status.married_too_young");
    CHECK(young.field == "/husband/born_on");
    CHECK(
        marriage_abroad_allowed(married, man, woman + std::chrono::days{1}, false).problem().field ==
        "/wife/born_on"
    );
    CHECK(marriage_abroad_allowed(married, man + std::chrono::days{1}, woman, true));
}

TEST_CASE("a judgment is noted from the day it is in force")
{
    CHECK(judgment_allowed({Day{2024y / 4 / 1}, today}, today));
    CHECK(
        judgment_allowed({Day{2024y / 4 / 1}, today + std::chrono::days{1}}, today).problem().code ==
        "civil_status.judgment_not_in_force"
    );
    CHECK(
        judgment_allowed({Day{2024y / 4 / 2}, Day{2024y / 4 / 1}}, today).problem().code ==
        "civil_status.judgment_out_of_order"
    );
}

}  // namespace
}  // namespace thien_an::civil_status

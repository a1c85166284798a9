#include "systems/civil_status/again_rules.h"

#include <doctest/doctest.h>

namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;

TEST_CASE("what was registered before 2016 is registered again, later entries are kept and have extracts")
{
    CHECK(again_allowed(2015));
    CHECK(again_allowed(1965));
    CHECK(again_allowed(2016).problem().code == "civil_status.again_from_2016");
    CHECK(again_allowed(2016).problem().law == "nd-123-2015/art-24");
}

TEST_CASE("an abandoned child is registered from the day after the seventh day of the notice")
{
    const Finding finding{Day{2024y / 3 / 1}, Day{2024y / 3 / 1}, Day{2024y / 3 / 2}};
    CHECK(abandoned_child_free(finding, Day{2024y / 3 / 9}));
    const auto early = abandoned_child_free(finding, Day{2024y / 3 / 8}).problem();
    CHECK(early.code == "civil_status.notice_not_over");
    CHECK(early.words.front().second == "9/3/2024");
}

TEST_CASE("minutes are not older than the finding, nor the notice than the minutes")
{
    constexpr Day later{2024y / 4 / 1};
    const Finding before{Day{2024y / 3 / 2}, Day{2024y / 3 / 1}, Day{2024y / 3 / 3}};
    CHECK(abandoned_child_free(before, later).problem().code == "civil_status.finding_out_of_order");
    const Finding posted{Day{2024y / 3 / 1}, Day{2024y / 3 / 3}, Day{2024y / 3 / 2}};
    CHECK(abandoned_child_free(posted, later).problem().code == "civil_status.finding_out_of_order");
}

}  // namespace
}  // namespace thien_an::civil_status

#include "systems/civil_status/family_rules.h"

#include <doctest/doctest.h>

namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;

constexpr Day today{2016y / 3 / 22};
constexpr Day grown{1980y / 1 / 1};

TEST_CASE("a guardian is eighteen on the day of registration")
{
    CHECK(guardianship_possible(Day{1998y / 3 / 22}, Day{2010y / 1 / 1}, true, today));
    const auto problem =
        guardianship_possible(Day{1998y / 3 / 23}, Day{2010y / 1 / 1}, true, today).problem();
    CHECK(problem.code == "civil_status.guardian_not_of_age");
    CHECK(problem.field == "/guardian/born_on");
}

TEST_CASE("a minor has a guardian to the eve of the eighteenth birthday, a grown ward at any age")
{
    CHECK(guardianship_possible(grown, Day{1998y / 3 / 23}, true, today));
    CHECK(
        guardianship_possible(grown, Day{1998y / 3 / 22}, true, today).problem().code ==
        "civil_status.ward_of_age"
    );
    CHECK(guardianship_possible(grown, Day{1950y / 1 / 1}, false, today));
}

}  // namespace
}  // namespace thien_an::civil_status

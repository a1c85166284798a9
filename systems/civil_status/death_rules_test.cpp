#include "systems/civil_status/death_rules.h"

#include <doctest/doctest.h>

namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;

constexpr Day died{2016y / 3 / 1};

TEST_CASE("a death declared on the fifteenth day is in time, on the sixteenth it is late")
{
    CHECK(death_timeliness(died, died).value() == DeathTimeliness::in_time);
    CHECK(death_timeliness(died, died + std::chrono::days{15}).value() == DeathTimeliness::in_time);
    CHECK(death_timeliness(died, died + std::chrono::days{16}).value() == DeathTimeliness::late);
}

TEST_CASE("a death after its declaration is refused and names the field and the article")
{
    const auto problem = death_timeliness(died, died - std::chrono::days{1}).problem();
    CHECK(problem.code == "civil_status.death_in_future");
    CHECK(problem.field == "/death/died_on");
    CHECK(problem.law == "law-60-2014/art-33");
}

}  // namespace
}  // namespace thien_an::civil_status

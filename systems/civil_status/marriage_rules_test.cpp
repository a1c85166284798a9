#include "systems/civil_status/marriage_rules.h"

#include <doctest/doctest.h>

namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;

constexpr Day wedding{2016y / 3 / 22};
constexpr Day long_ago{1980y / 1 / 1};

TEST_CASE("a man marries from his twentieth birthday on, not on its eve")
{
    CHECK(old_enough_to_marry(Day{1996y / 3 / 22}, long_ago, wedding));
    const auto problem = old_enough_to_marry(Day{1996y / 3 / 23}, long_ago, wedding).problem();
    CHECK(problem.code == "civil_status.husband_too_young");
    CHECK(problem.field == "/husband/born_on");
    CHECK(problem.words.at(0).second == "23/3/2016");
}

TEST_CASE("a woman marries from her eighteenth birthday on, not on its eve")
{
    CHECK(old_enough_to_marry(long_ago, Day{1998y / 3 / 22}, wedding));
    const auto problem = old_enough_to_marry(long_ago, Day{1998y / 3 / 23}, wedding).problem();
    CHECK(problem.code == "civil_status.wife_too_young");
    CHECK(problem.field == "/wife/born_on");
}

TEST_CASE("a certificate of marital status counts six months, to the same day of the sixth")
{
    CHECK(marital_paper_counts_to(Day{2015y / 9 / 22}) == Day{2016y / 3 / 22});
    CHECK(marital_paper_counts_to(Day{2015y / 8 / 31}) == Day{2016y / 2 / 29});
}

}  // namespace
}  // namespace thien_an::civil_status

#include "engine/base/day.h"

#include <doctest/doctest.h>

namespace thien_an {
namespace {

using namespace std::chrono_literals;

TEST_CASE("midnight in Vietnam is seventeen hundred UTC of the day before")
{
    CHECK(iso(at(2016y / 7 / 1, 0min)) == "2016-07-01T00:00:00+07:00");
    CHECK(day_of(parse_instant("2016-06-30T17:00:00Z").value()) == Day{2016y / 7 / 1});
    CHECK(day_of(parse_instant("2016-06-30T16:59:59Z").value()) == Day{2016y / 6 / 30});
}

TEST_CASE("the twenty-ninth of February exists only in leap years")
{
    CHECK(parse_day("2016-02-29"));
    CHECK_FALSE(parse_day("2015-02-29"));
    CHECK_FALSE(parse_day("2016-2-9"));
    CHECK_FALSE(parse_day("2016-02-30"));
}

TEST_CASE("an instant without zone is Vietnamese time")
{
    CHECK(parse_instant("2016-07-01T08:00").value() == at(2016y / 7 / 1, 480min));
    CHECK(parse_instant("2016-07-01T08:00:00+07:00").value() == at(2016y / 7 / 1, 480min));
    CHECK_FALSE(parse_instant("2016-07-01T24:00"));
    CHECK_FALSE(parse_instant("2016-07-01T08:00 hours"));
}

TEST_CASE("days and hours are shown as Vietnamese pages write them")
{
    CHECK(shown(Day{2016y / 3 / 22}) == "22/3/2016");
    CHECK(shown(at(2016y / 3 / 22, 8h + 5min)) == "08:05 22/3/2016");
}

TEST_CASE("a clock started elsewhere ticks from there")
{
    const Clock clock{at(2016y / 7 / 1, 480min)};
    const auto first = clock.now();
    CHECK(first - at(2016y / 7 / 1, 480min) < 1s);
    CHECK(clock.now() >= first);
}

}  // namespace
TEST_CASE("a stopped clock shows what it was set to")
{
    using namespace std::chrono_literals;
    Clock clock = Clock::stopped(at(2016y / 7 / 1, 480min));
    CHECK(clock.now() == at(2016y / 7 / 1, 480min));
    clock.set(at(2016y / 7 / 2, 0min));
    CHECK(clock.now() == at(2016y / 7 / 2, 0min));
    const Clock copy = clock;
    CHECK(copy.now() == at(2016y / 7 / 2, 0min));
}

}  // namespace thien_an

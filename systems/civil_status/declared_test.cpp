#include "systems/civil_status/declared.h"

#include <doctest/doctest.h>

namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;

TEST_CASE("someone is a year older on the birthday, not on its eve")
{
    constexpr Day born{1996y / 3 / 22};
    CHECK(age_on(born, Day{2016y / 3 / 21}) == 19);
    CHECK(age_on(born, Day{2016y / 3 / 22}) == 20);
    CHECK(age_on(born, Day{1996y / 3 / 21}) == -1);
}

TEST_CASE("born on 29 February one is of age on 1 March of a common year, on 29 February of a leap year")
{
    constexpr Day born{2000y / 2 / 29};
    CHECK(birthday(born, 18) == Day{2018y / 3 / 1});
    CHECK(birthday(born, 20) == Day{2020y / 2 / 29});
    CHECK(age_on(born, Day{2018y / 2 / 28}) == 17);
    CHECK(age_on(born, Day{2018y / 3 / 1}) == 18);
}

TEST_CASE("months end on the same day or on the last of a shorter month")
{
    CHECK(months_after(Day{2016y / 3 / 22}, 6) == Day{2016y / 9 / 22});
    CHECK(months_after(Day{2016y / 8 / 31}, 6) == Day{2017y / 2 / 28});
    CHECK(months_after(Day{2015y / 8 / 31}, 6) == Day{2016y / 2 / 29});
}

TEST_CASE("an answer that is absent or no text is empty, one that is no day is none")
{
    const json::value form = {{"a", 1}, {"b", "2016-02-30"}, {"c", "2016-02-29"}};
    CHECK(answer(form, "/a").empty());
    CHECK(answer(form, "/x/y").empty());
    CHECK_FALSE(day_answer(form, "/b"));
    CHECK(day_answer(form, "/c") == Day{2016y / 2 / 29});
}

}  // namespace
}  // namespace thien_an::civil_status

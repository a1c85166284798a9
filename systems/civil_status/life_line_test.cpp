#include "systems/civil_status/life_line.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;

LifeEvent event(std::string kind, Day on, std::int64_t entry, std::string with = "")
{
    return {
        .kind = kind,
        .role = kind == "child_born" ? "father" : "husband",
        .subject = kind != "child_born" && kind != "spouse_death",
        .on = on,
        .person = {{entry}, "husband"},
        .printed = std::to_string(entry) + "/2016",
        .with = std::move(with)};
}

std::vector<std::string> codes(const std::vector<LifeEvent>& events)
{
    std::vector<std::string> out;
    for (const auto& one : contradictions(events)) out.push_back(one.code);
    std::sort(out.begin(), out.end());
    return out;
}

using Codes = std::vector<std::string>;
constexpr std::chrono::days one_day{1};
constexpr Day born{1970y / 5 / 1};
constexpr Day wed{2000y / 1 / 10};

TEST_CASE("a life in order has no contradiction")
{
    CHECK(codes({}).empty());
    CHECK(codes({event("birth", born, 1),
                 event("marriage", wed, 2, "A"),
                 event("child_born", wed + one_day * 400, 3),
                 event("divorce", Day{2005y / 1 / 1}, 4, "A"),
                 event("marriage", Day{2005y / 1 / 1}, 5, "B"),
                 event("spouse_death", Day{2010y / 1 / 1}, 6, "B"),
                 event("marriage", Day{2011y / 1 / 1}, 7, "C"),
                 event("death", Day{2016y / 1 / 1}, 8)})
              .empty());
}

TEST_CASE("two births, two deaths, and a marriage while another lasts are told with their entries")
{
    CHECK(codes({event("birth", born, 1), event("birth", born, 2)}) == Codes{"two_births"});
    CHECK(codes({event("death", wed, 1), event("death", wed, 2)}) == Codes{"two_deaths"});
    const auto twice =
        contradictions({event("marriage", wed, 2, "A"), event("marriage", wed + one_day * 1000, 5, "B")});
    REQUIRE(twice.size() == 1);
    CHECK(twice.front().code == "married_twice");
    CHECK(twice.front().entries.size() == 2);
    CHECK(twice.front().words.at("first").as_string() == "10/1/2000");
    // The death of somebody else's spouse, or of one married before, ends no marriage.
    CHECK(
        codes(
            {event("marriage", wed, 2, "A"),
             event("spouse_death", wed + one_day * 10, 3, "X"),
             event("marriage", wed + one_day * 1000, 5, "B")}
        ) == Codes{"married_twice"}
    );
}

TEST_CASE("an annulled entry contradicts nothing")
{
    auto annulled = event("marriage", wed, 2, "A");
    annulled.in_force = false;
    CHECK(codes({annulled, event("marriage", wed + one_day * 10, 3, "B")}).empty());
    CHECK(marital_state({annulled}, wed + one_day).state == Marital::single);
}

TEST_CASE(
    "a child may be born 300 days after its father's death, and not a day later; the dead do nothing else"
)
{
    const auto died = event("death", wed, 1);
    CHECK(codes({died, event("child_born", wed + one_day * 300, 2)}).empty());
    CHECK(codes({died, event("child_born", wed + one_day * 301, 2)}) == Codes{"child_after_father"});
    auto mother = event("child_born", wed + one_day, 2);
    mother.role = "mother";
    CHECK(codes({died, mother}) == Codes{"after_death"});
    CHECK(codes({died, event("marriage", wed, 3)}).empty());
    CHECK(codes({died, event("marriage", wed + one_day, 3)}) == Codes{"after_death"});
}

TEST_CASE("a parent under twelve, another sex and another birth day are told")
{
    auto birth = event("birth", born, 1);
    birth.born_on = born;
    birth.sex = "male";
    CHECK(codes({birth, event("child_born", Day{1982y / 1 / 1}, 2)}).empty());
    CHECK(codes({birth, event("child_born", Day{1981y / 12 / 31}, 2)}) == Codes{"parent_under_12"});
    auto marriage = event("marriage", wed, 2);
    marriage.born_on = born + one_day;
    marriage.sex = "female";
    CHECK(codes({birth, marriage}) == Codes{"born_on_differs", "sex_differs"});
    auto father = event("child_born", wed, 3);
    father.born_year = 1971;
    CHECK(codes({birth, father}) == Codes{"born_on_differs"});
    father.born_year = 1970;
    CHECK(codes({birth, father}).empty());
}

TEST_CASE("a personal number tells place, year and sex, and what does not fit it is told")
{
    const auto read = read_personal_number("051316000123");
    REQUIRE(read);
    CHECK(read->place == "051");
    CHECK(read->year == 2016);
    CHECK(read->sex == "female");
    CHECK(read_personal_number("051099000123")->year == 1999);
    CHECK(read_personal_number("051099000123")->sex == "male");
    CHECK(read_personal_number("051916000123")->year == 2316);
    for (const auto* bad : {"", "05131600012", "0513160001234", "05131600012x"})
        CHECK_FALSE(read_personal_number(bad));
    CHECK(number_faults("051316000123", 2016, "female").empty());
    CHECK(number_faults("051316000123", 0, "").empty());
    CHECK(number_faults("051316000123", 1916, "male") == Codes{"number_year", "number_sex"});
    CHECK(number_faults("12345", 2016, "male") == Codes{"number_form"});
    auto one = event("birth", born, 1);
    one.number = "051070000001";
    one.born_on = born;
    auto two = event("marriage", wed, 2);
    two.number = "051070000002";
    CHECK(codes({one}).empty());
    CHECK(codes({one, two}) == Codes{"number_differs"});
}

TEST_CASE("who is married on a day follows the events up to that day")
{
    const std::vector<LifeEvent> life{
        event("birth", born, 1),
        event("marriage", wed, 2, "A"),
        event("divorce", Day{2005y / 1 / 1}, 3, "A"),
        event("marriage", Day{2006y / 1 / 1}, 4, "B"),
        event("spouse_death", Day{2010y / 1 / 1}, 5, "B"),
        event("death", Day{2016y / 1 / 1}, 6)};
    CHECK(marital_state(life, wed - one_day).state == Marital::single);
    const auto married = marital_state(life, wed);
    CHECK(married.state == Marital::married);
    CHECK(married.spouse == "A");
    CHECK(married.since == wed);
    CHECK(married.printed == "2/2016");
    CHECK(marital_state(life, Day{2005y / 1 / 1}).state == Marital::divorced);
    CHECK(marital_state(life, Day{2006y / 1 / 1}).spouse == "B");
    const auto widowed = marital_state(life, Day{2015y / 1 / 1});
    CHECK(widowed.state == Marital::widowed);
    CHECK(widowed.rests_on.size() == 4);
    CHECK_FALSE(widowed.dead);
    CHECK(marital_state(life, Day{2016y / 1 / 1}).dead);
    auto noted = event("marriage", wed, 2, "A");
    noted.ended_on = wed + one_day * 100;
    CHECK(marital_state({noted}, wed + one_day * 99).state == Marital::married);
    CHECK(marital_state({noted}, wed + one_day * 100).state == Marital::divorced);
}

/// Marriages, divorces and deaths of spouses at random.
std::vector<LifeEvent> any_life(std::mt19937_64& random)
{
    const auto between = [&](int least, int most) {
        return std::uniform_int_distribution<int>(least, most)(random);
    };
    std::vector<LifeEvent> life;
    const int count = between(0, 9);
    for (int i = 0; i < count; ++i) {
        const char* kinds[] = {
            "marriage", "marriage", "divorce", "spouse_death", "death", "child_born", "birth"};
        auto one = event(
            kinds[between(0, 6)],
            wed + std::chrono::days{between(0, 40)},
            i + 1,
            std::string(1, char('A' + between(0, 2)))
        );
        one.in_force = between(0, 9) > 0;
        life.push_back(std::move(one));
    }
    return life;
}

TEST_CASE(
    "invariants of 20,000 lives: order of entries does not matter, a clean line never marries the married"
)
{
    std::mt19937_64 random(7);
    int married_twice = 0;
    int clean = 0;
    for (int i = 0; i < 20'000; ++i) {
        auto life = any_life(random);
        const auto found = codes(life);
        auto shuffled = life;
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        REQUIRE(codes(shuffled) == found);
        const bool twice = std::find(found.begin(), found.end(), "married_twice") != found.end();
        married_twice += int(twice);
        clean += int(found.empty());
        for (int d = -1; d <= 41; ++d) {
            const auto day = wed + std::chrono::days{d};
            const auto state = marital_state(life, day);
            // The state of a day rests on events up to that day alone.
            std::vector<LifeEvent> until;
            for (const auto& one : life)
                if (*one.on <= day) until.push_back(one);
            REQUIRE(marital_state(until, day).state == state.state);
            REQUIRE(marital_state(until, day).dead == state.dead);
            if (state.state != Marital::single) REQUIRE_FALSE(state.rests_on.empty());
        }
        if (twice) continue;
        // Without a contradiction, on the day before each marriage but the same day's nobody is married.
        auto sorted = life;
        sort_events(sorted);
        const LifeEvent* before = nullptr;
        for (const auto& one : sorted) {
            if (one.kind != "marriage" || !one.in_force) continue;
            if (before != nullptr && *before->on < *one.on) {
                bool ended = false;
                for (const auto& end : sorted)
                    ended = ended || (end.in_force && (end.kind == "divorce" || end.kind == "spouse_death") &&
                                      *end.on >= *before->on && *end.on <= *one.on);
                REQUIRE(ended);
            }
            before = &one;
        }
    }
    CHECK(married_twice > 1000);  // The lives are wild enough to test something,
    CHECK(clean > 1000);          // and tame enough.
}

}  // namespace
}  // namespace thien_an::civil_status

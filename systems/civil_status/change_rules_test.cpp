#include "systems/civil_status/change_rules.h"

#include <doctest/doctest.h>

namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;

constexpr Day born{2010y / 5 / 20};

TEST_CASE("on the eve of the fourteenth birthday the commune corrects, from the birthday the district")
{
    const auto level = [](Day day) { return change_level(ChangeKind::correction, born, day); };
    CHECK(level(Day{2024y / 5 / 19}) == DecidingLevel::commune);
    CHECK(level(Day{2024y / 5 / 20}) == DecidingLevel::district);
    CHECK(level(Day{2025y / 6 / 30}) == DecidingLevel::district);
    CHECK(level(Day{2025y / 7 / 1}) == DecidingLevel::commune);
}

TEST_CASE("additions are the commune's at any age, ethnic groups the district's until districts ended")
{
    constexpr Day grown{1980y / 1 / 1};
    CHECK(change_level(ChangeKind::supplement, grown, Day{2020y / 1 / 1}) == DecidingLevel::commune);
    CHECK(change_level(ChangeKind::ethnicity, born, Day{2020y / 1 / 1}) == DecidingLevel::district);
    CHECK(change_level(ChangeKind::ethnicity, born, Day{2025y / 7 / 1}) == DecidingLevel::commune);
}

TEST_CASE("a child's new name needs the parents, from nine the child too, an adult's nobody else")
{
    constexpr Day nine{2019y / 5 / 20};
    CHECK(name_change_agreed(born, nine - std::chrono::days{1}, {.parents = true}));
    CHECK(
        name_change_agreed(born, nine, {.parents = true}).problem().code == "civil_status.person_must_agree"
    );
    CHECK(
        name_change_agreed(born, nine, {.person = true}).problem().code == "civil_status.parents_must_agree"
    );
    CHECK(name_change_agreed(born, Day{2028y / 5 / 20}, {}));
    CHECK(name_change_agreed(born, Day{2028y / 5 / 19}, {}).problem().law == "nd-123-2015/art-7");
}

TEST_CASE("the ethnic group is one of the parents' and another than before")
{
    constexpr Day grown{1990y / 1 / 1};
    constexpr Day today{2024y / 5 / 20};
    const auto asked = [](std::string to) {
        return EthnicityAsked{.from = "01", .to = std::move(to), .mother = "19", .father = "01"};
    };
    CHECK(ethnicity_allowed(asked("19"), grown, today, {}));
    CHECK(ethnicity_allowed(asked("01"), grown, today, {}).problem().code == "civil_status.same_ethnicity");
    CHECK(
        ethnicity_allowed(asked("12"), grown, today, {}).problem().code ==
        "civil_status.ethnicity_of_neither_parent"
    );
    CHECK(ethnicity_allowed(asked("19"), born, today, {.parents = true}));
    constexpr Day fifteen{2025y / 5 / 20};
    CHECK(
        ethnicity_allowed(asked("19"), born, fifteen, {.parents = true}).problem().code ==
        "civil_status.person_must_agree"
    );
}

TEST_CASE("the value asked for is the one answered, whatever its kind")
{
    const auto value = [](json::object change) {
        change["field"] = "any";
        const auto asked = particulars_of({{"change", change}});
        REQUIRE(asked.size() == 1);
        return asked.front().value;
    };
    CHECK(value({{"value", "Nguyễn An"}}) == "Nguyễn An");
    CHECK(value({{"day", "2010-05-20"}}) == "2010-05-20");
    CHECK(value({{"year", 1991}}) == "1991");
    CHECK(value({}).empty());
}

TEST_CASE("up to three particulars are asked for in one declaration, each with its place")
{
    CHECK(particulars_of(json::value{json::object{}}).empty());
    const auto asked = particulars_of(
        {{"change", {{"field", "mother_full_name"}, {"value", "Phạm Thị Vy"}, {"old_value", "Phạm Thị Vi"}}},
         {"second", {{"field", "mother_birth_year"}, {"year", 1991}}},
         {"third", {{"field", "child_sex"}, {"sex", "female"}}}}
    );
    REQUIRE(asked.size() == 3);
    CHECK(asked[0].old_value == "Phạm Thị Vi");
    CHECK(asked[1].group == "/second");
    CHECK(asked[1].value == "1991");
    CHECK(asked[2].field == "child_sex");
    // The ethnic group determined again names no field.
    CHECK(particulars_of({{"change", {{"ethnicity", "19"}}}}).front().field == "child_ethnicity");
}

}  // namespace
}  // namespace thien_an::civil_status

#include "systems/justice/nationality_rules.h"

#include <doctest/doctest.h>

namespace thien_an::justice {
namespace {

Day d(int y, unsigned m, unsigned day)
{
    return Day{std::chrono::year{y} / std::chrono::month{m} / std::chrono::day{day}};
}
std::string code(const Result<Done>& result) { return result ? "" : result.problem().code; }

Naturalisation ordinary()
{
    return {
        .born_on = d(1990, 5, 5),
        .knows_vietnamese = true,
        .resident_since = d(2011, 7, 1),
        .has_livelihood = true,
        .tie = "none"};
}

TEST_CASE("naturalisation without a tie needs five years of residence, to the day")
{
    auto n = ordinary();
    CHECK(code(may_naturalise(n, d(2016, 6, 30))) == "justice.five_years_needed");
    CHECK(code(may_naturalise(n, d(2016, 7, 1))).empty());
    n.resident_since.reset();
    CHECK(code(may_naturalise(n, d(2016, 7, 1))) == "justice.five_years_needed");
}

TEST_CASE("language and livelihood are asked for unless there is a tie")
{
    auto n = ordinary();
    n.knows_vietnamese = false;
    CHECK(code(may_naturalise(n, d(2020, 1, 1))) == "justice.vietnamese_needed");
    n = ordinary();
    n.has_livelihood = false;
    CHECK(code(may_naturalise(n, d(2020, 1, 1))) == "justice.livelihood_needed");
    n.tie = "family";
    CHECK(code(may_naturalise(n, d(2020, 1, 1))).empty());
}

TEST_CASE("grandparents count as a tie from 1 July 2025")
{
    auto n = ordinary();
    n.knows_vietnamese = false;
    n.tie = "grandparent";
    CHECK(code(may_naturalise(n, d(2025, 6, 30))) == "justice.vietnamese_needed");
    CHECK(code(may_naturalise(n, d(2025, 7, 1))).empty());
}

TEST_CASE("a minor applies with a parent, and since 2025 with a Vietnamese one")
{
    auto n = ordinary();
    n.born_on = d(2010, 1, 1);
    CHECK(code(may_naturalise(n, d(2024, 1, 1))) == "justice.not_of_age");
    n.tie = "family";
    CHECK(code(may_naturalise(n, d(2025, 6, 30))) == "justice.not_of_age");
    CHECK(code(may_naturalise(n, d(2025, 7, 1))).empty());
    n.tie = "none";
    n.with_parent = true;
    CHECK(code(may_naturalise(n, d(2024, 1, 1))).empty());
}

TEST_CASE("the other nationality is kept only by those with a tie whose state allows it")
{
    auto n = ordinary();
    n.keeps_foreign = true;
    n.keeping_allowed = true;
    CHECK(code(may_naturalise(n, d(2026, 1, 1))) == "justice.foreign_nationality_kept");
    n.tie = "merit";
    CHECK(code(may_naturalise(n, d(2026, 1, 1))).empty());
    n.keeping_allowed = false;
    CHECK(code(may_naturalise(n, d(2026, 1, 1))) == "justice.foreign_nationality_kept");
}

TEST_CASE("each ground against a renunciation is named")
{
    CHECK(code(may_renounce({})).empty());
    const std::pair<Renunciation, std::string> grounds[] = {
        {{.owes_tax = true}, "owes_tax"},
        {{.prosecuted = true}, "prosecuted"},
        {{.serves_sentence = true}, "serves_sentence"},
        {{.judgment_open = true}, "judgment_open"},
        {{.measure_open = true}, "measure_open"},
        {{.in_office = true}, "in_office"}};
    for (const auto& [r, ground] : grounds) {
        const auto answer = may_renounce(r);
        REQUIRE(!answer);
        CHECK(answer.problem().code == "justice.renunciation_refused");
        CHECK(answer.problem().field == "/application/" + ground);
    }
}

TEST_CASE("until 2025 resuming needs a ground; five years after being deprived")
{
    CHECK(code(may_resume({"other", {}}, d(2025, 6, 30))) == "justice.resumption_needs_ground");
    CHECK(code(may_resume({"other", {}}, d(2025, 7, 1))).empty());
    CHECK(code(may_resume({"return_home", {}}, d(2016, 1, 1))).empty());
    CHECK(code(may_resume({"return_home", d(2011, 3, 1)}, d(2016, 2, 29))) == "justice.resumption_too_early");
    CHECK(code(may_resume({"return_home", d(2011, 3, 1)}, d(2016, 3, 1))).empty());
}

}  // namespace
}  // namespace thien_an::justice

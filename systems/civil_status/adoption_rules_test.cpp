#include "systems/civil_status/adoption_rules.h"

#include <doctest/doctest.h>

namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;

constexpr Day child{2010y / 5 / 20};

Adoption adoption(Kinship kinship = Kinship::none)
{
    return {
        .child_born = child,
        .adopters_born = {Day{1990y / 5 / 20}},
        .kinship = kinship,
        .consented_on = child + std::chrono::days{15},
        .child_agrees = true};
}

TEST_CASE(
    "a child is adopted until the eve of sixteen, by a step-parent, aunt or uncle until the eve of eighteen"
)
{
    CHECK(adoption_allowed(adoption(), Day{2026y / 5 / 19}));
    CHECK(adoption_allowed(adoption(), Day{2026y / 5 / 20}).problem().code == "civil_status.adoptee_too_old");
    CHECK(adoption_allowed(adoption(Kinship::aunt_or_uncle), Day{2028y / 5 / 19}));
    CHECK_FALSE(adoption_allowed(adoption(Kinship::step_parent), Day{2028y / 5 / 20}));
}

TEST_CASE("the adopter is twenty years older, kin need not be")
{
    auto young = adoption();
    young.adopters_born.push_back(Day{1990y / 5 / 21});
    CHECK(adoption_allowed(young, Day{2015y / 1 / 1}).problem().code == "civil_status.adopter_too_young");
    young.kinship = Kinship::aunt_or_uncle;
    CHECK(adoption_allowed(young, Day{2015y / 1 / 1}));
}

TEST_CASE("parents agree when the child is fifteen days old, the child itself from nine years")
{
    auto early = adoption();
    early.consented_on = child + std::chrono::days{14};
    CHECK(adoption_allowed(early, Day{2015y / 1 / 1}).problem().code == "civil_status.consent_too_early");
    auto silent = adoption();
    silent.child_agrees = false;
    CHECK(adoption_allowed(silent, Day{2019y / 5 / 19}));
    CHECK(adoption_allowed(silent, Day{2019y / 5 / 20}).problem().code == "civil_status.child_must_agree");
}

}  // namespace
}  // namespace thien_an::civil_status

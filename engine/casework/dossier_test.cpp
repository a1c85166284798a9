#include "engine/casework/dossier.h"

#include <doctest/doctest.h>

namespace thien_an::casework {
namespace {

using namespace std::chrono_literals;

constexpr std::array all_states{
    DossierState::filed,
    DossierState::received,
    DossierState::awaiting_supplement,
    DossierState::in_progress,
    DossierState::awaiting_signature,
    DossierState::result_ready,
    DossierState::handed_over,
    DossierState::refused,
    DossierState::withdrawn};

DossierEvent event(std::int64_t number, json::object set)
{
    return {
        .dossier = {7},
        .number = number,
        .at = {},
        .kind = "x",
        .actor = {},
        .body = {{"set", std::move(set)}}};
}

TEST_CASE("every state has a name that finds it again")
{
    for (const auto state : all_states) CHECK(dossier_state_named(name_of(state)) == state);
    CHECK_FALSE(dossier_state_named("done").has_value());
}

TEST_CASE("nothing follows a closed state and everything open can be withdrawn")
{
    for (const auto before : all_states) {
        CHECK(may_follow(before, DossierState::withdrawn) == !is_closed(before));
        for (const auto after : all_states)
            if (is_closed(before)) CHECK_FALSE(may_follow(before, after));
    }
    CHECK(is_closed(DossierState::handed_over));
    CHECK_FALSE(is_closed(DossierState::result_ready));
}

TEST_CASE("no state follows itself and none returns to filed")
{
    for (const auto state : all_states) {
        CHECK_FALSE(may_follow(state, state));
        CHECK_FALSE(may_follow(state, DossierState::filed));
    }
}

TEST_CASE("events set what they name and count themselves")
{
    auto dossier = applied({}, event(1, {{"code", "A-1"}, {"state", "filed"}, {"agency", 5}}));
    dossier = applied(dossier, event(2, {{"state", "received"}, {"due", 1'000'000}}));
    CHECK(dossier.code == "A-1");
    CHECK(dossier.agency.value == 5);
    CHECK(dossier.state == DossierState::received);
    CHECK(dossier.due == instant_from(1'000'000));
    CHECK(dossier.number_of_events == 2);
    dossier = applied(dossier, event(3, {{"due", nullptr}}));
    CHECK_FALSE(dossier.due.has_value());
}

TEST_CASE("an event out of order or setting an unknown thing is a fault")
{
    CHECK_THROWS_AS(applied({}, event(2, {})), std::logic_error);
    CHECK_THROWS_AS(applied({}, event(1, {{"colour", "red"}})), std::logic_error);
    CHECK_THROWS_AS(applied({}, event(1, {{"state", "lost"}})), std::logic_error);
}

TEST_CASE("a dossier code has agency, day and at least four digits")
{
    CHECK(dossier_code("000.17.27.H48", Day{2016y / 3 / 22}, 12) == "000.17.27.H48-160322-0012");
    CHECK(dossier_code("21172", Day{2025y / 7 / 1}, 12345) == "21172-250701-12345");
}

}  // namespace
}  // namespace thien_an::casework

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

/// What a state allows when nothing else is in the way: Withdraw, answer a Supplement, Rate, Apologise, Confirm the entry.
std::string_view acts_of_state(DossierState state)
{
    switch (state) {
    case DossierState::filed: return "WAC";
    case DossierState::received: return "WAC";
    case DossierState::awaiting_supplement: return "WSAC";
    case DossierState::in_progress: return "WAC";
    case DossierState::awaiting_signature: return "WAC";
    case DossierState::result_ready: return "WAC";
    case DossierState::handed_over: return "R";
    case DossierState::refused: return "";
    case DossierState::withdrawn: return "";
    }
    throw std::logic_error("DossierState outside its enumerators");
}

std::string acts_allowed(const Dossier& dossier, Day today)
{
    const auto allowed = allowed_acts(dossier, today);
    std::string letters;
    if (allowed.withdraw) letters += 'W';
    if (allowed.answer_supplement) letters += 'S';
    if (allowed.rate) letters += 'R';
    if (allowed.apologise) letters += 'A';
    if (allowed.confirm_entry) letters += 'C';
    return letters;
}

TEST_CASE("CR03: every pair of state and flags allows the acts of the table and no other")
{
    constexpr Day today{2016y / 3 / 22};
    constexpr std::chrono::days day{1};
    int pairs = 0;
    for (const auto state : all_states)
        for (const bool rated : {false, true})
            for (const bool entered : {false, true})
                for (const int days_left : {-1, 0, 1, 2, 99}) {  // 99: no day is promised.
                    Dossier dossier{.state = state, .entry = entered ? 1 : 0, .rating = rated ? 5 : 0};
                    if (days_left != 99) dossier.due = at(today + day * days_left, Minutes{600});
                    std::string expected;
                    for (const char act : acts_of_state(state)) {
                        const bool hindered = (act == 'R' && rated) || (act == 'C' && !entered) ||
                                              (act == 'A' && days_left > 1);
                        if (!hindered) expected += act;
                    }
                    CHECK_MESSAGE(acts_allowed(dossier, today) == expected, name_of(state), " ", days_left);
                    ++pairs;
                }
    CHECK(pairs == 180);
}

TEST_CASE("CR03: every pair of states is a transition of the table or is refused")
{
    // Rows: from; columns: to, in the order of the enumerators. 1: allowed.
    constexpr std::array<std::string_view, dossier_state_count> table{
        "010000011",   // filed
        "001111111",   // received
        "010100011",   // awaiting_supplement
        "011011111",   // in_progress
        "000101011",   // awaiting_signature
        "000000101",   // result_ready
        "000000000",   // handed_over
        "000000000",   // refused
        "000000000"};  // withdrawn
    for (std::size_t from = 0; from < all_states.size(); ++from)
        for (std::size_t to = 0; to < all_states.size(); ++to)
            CHECK_MESSAGE(
                may_follow(all_states.at(from), all_states.at(to)) == (table.at(from).at(to) == '1'),
                name_of(all_states.at(from)),
                " ",
                name_of(all_states.at(to))
            );
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

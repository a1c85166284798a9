#include "engine/workflow/clock.h"

#include <doctest/doctest.h>

#include <fstream>
#include <random>
#include <sstream>

using namespace thien_an;
using namespace thien_an::workflow;

namespace {

const json::value& province()
{
    static const json::value document = [] {
        std::ifstream in(THIENAN_SOURCE_DIR "/province/calendars.json");
        std::stringstream text;
        text << in.rdbuf();
        return json::parse(text.str()).value();
    }();
    return document;
}

const Calendar& counted()
{
    static const Calendar calendar = calendar_from(province(), "counted").value();
    return calendar;
}

Instant t(const char* text) { return parse_instant(text).value(); }
Budget b(const char* text) { return parse_budget(text).value(); }

std::string due_text(const char* from, const char* budget, Receipt receipt = {})
{
    return iso(due(counted(), t(from), b(budget), receipt)).substr(0, 16);
}

Ledger ledger(const char* budget, const char* from)
{
    Ledger out;
    out.budget = b(budget);
    out.started = t(from);
    return out;
}

std::string due_text(const Ledger& l)
{
    const auto end = due(l, counted());
    return end ? iso(*end).substr(0, 16) : "open";
}

}  // namespace

TEST_CASE("the day of receipt does not count and a day limit ends with working time")
{
    CHECK(due_text("2016-03-21T08:00", "P3WD") == "2016-03-24T16:30");
    CHECK(due_text("2016-03-24T14:00", "P1WD") == "2016-03-25T16:30");
    CHECK(due_text("2016-03-25T14:00", "P1WD") == "2016-03-28T16:30");
}

TEST_CASE("holidays and their compensation days do not count")
{
    // 30/4 and 1/5 fall on a weekend; Monday and Tuesday are off instead.
    CHECK(due_text("2016-04-28T14:00", "P3WD") == "2016-05-05T16:30");
    CHECK(due_text("2016-02-05T09:00", "P1WD") == "2016-02-15T16:30");
    CHECK(due_text("2026-02-13T09:00", "P2WD") == "2026-02-24T16:30");
}

TEST_CASE("a swapped Saturday works and its Monday does not")
{
    CHECK(due_text("2026-08-21T09:00", "P1WD") == "2026-08-22T16:30");
    CHECK(due_text("2026-08-28T09:00", "P1WD") == "2026-09-03T16:30");
}

TEST_CASE("before 15:00 the same day, from 15:00 on the next working day")
{
    const Receipt receipt{.cutoff = Minutes(15 * 60)};
    CHECK(due_text("2016-07-01T14:59", "P0WD", receipt) == "2016-07-01T16:30");
    CHECK(due_text("2016-07-01T15:00", "P0WD", receipt) == "2016-07-04T16:30");
    CHECK(due_text("2016-07-02T09:00", "P0WD", receipt) == "2016-07-04T16:30");
    CHECK(due_text("2016-07-01T15:00", "P1WD", receipt) == "2016-07-05T16:30");
}

TEST_CASE("hours count to the minute and only while the office works")
{
    CHECK(due_text("2016-07-01T08:00", "PT8WH") == "2016-07-04T08:00");
    CHECK(due_text("2016-07-01T11:00", "PT1WH") == "2016-07-01T13:30");
    CHECK(due_text("2016-07-01T16:00", "PT30WM") == "2016-07-01T16:30");
    CHECK(due_text("2016-07-01T20:00", "PT1WH") == "2016-07-04T08:00");
}

TEST_CASE("half days end at noon, and a short day is half a day")
{
    CHECK(due_text("2016-07-04T08:00", "P0.5WD") == "2016-07-05T11:30");
    CHECK(due_text("2016-07-04T08:00", "P1.5WD") == "2016-07-06T11:30");
    Calendar saturday = calendar_from(province(), "reception_saturday").value();
    CHECK(iso(due(saturday, t("2016-07-01T08:00"), b("P1WD"))).substr(0, 16) == "2016-07-04T11:30");
}

TEST_CASE("a calendar limit that ends on a day off ends on the next working day")
{
    CHECK(due_text("2016-07-01T08:00", "P10D") == "2016-07-11T16:30");
    CHECK(due_text("2016-07-01T08:00", "P8D") == "2016-07-11T16:30");
}

TEST_CASE("while suspended there is no due moment; resumed, the time lost is given back")
{
    auto l = ledger("P3WD", "2016-07-04T08:00");
    CHECK(due_text(l) == "2016-07-07T16:30");
    l = suspend(l, t("2016-07-05T10:00"), "supplement", "12/YC").value();
    CHECK(due_text(l) == "open");
    CHECK(resume(l, t("2016-07-05T11:00"), "other").problem().code == "workflow.not_suspended");
    CHECK(due_text(resume(l, t("2016-07-05T11:00"), "supplement").value()) == "2016-07-07T16:30");
    CHECK(due_text(resume(l, t("2016-07-07T09:00"), "supplement").value()) == "2016-07-11T16:30");
    auto hours = ledger("PT8WH", "2016-07-04T08:00");
    hours = suspend(hours, t("2016-07-04T09:00"), "supplement", "").value();
    CHECK(due_text(resume(hours, t("2016-07-05T09:00"), "supplement").value()) == "2016-07-06T08:00");
}

TEST_CASE("restart begins the limit anew, extend adds to it, stop ends it")
{
    auto l = suspend(ledger("P3WD", "2016-07-04T08:00"), t("2016-07-05T10:00"), "supplement", "").value();
    l = restart(l, t("2016-07-08T09:00")).value();
    CHECK(due_text(l) == "2016-07-13T16:30");
    CHECK(due_text(extend(l, b("P5WD")).value()) == "2016-07-20T16:30");
    l = stop(l, t("2016-07-11T09:00"));
    CHECK(suspend(l, t("2016-07-11T10:00"), "x", "").problem().code == "workflow.clock_stopped");
    CHECK_FALSE(next_rung(l, counted(), parse_rungs("100%").value()));
}

TEST_CASE("a same-day limit extended for verification ends five working days later")
{
    auto l = ledger("P0WD", "2016-07-01T09:00");
    l.receipt.cutoff = Minutes(15 * 60);
    CHECK(due_text(l) == "2016-07-01T16:30");
    CHECK(due_text(extend(l, b("P5WD")).value()) == "2016-07-08T16:30");
}

TEST_CASE("rungs come in order, each once, and every working day after the end")
{
    const auto ladder = parse_rungs("50% 80% 100% +1WD").value();
    auto l = ledger("PT8WH", "2016-07-04T07:00");
    std::vector<std::string> told;
    for (int i = 0; i < 5; ++i) {
        const auto rung = next_rung(l, counted(), ladder);
        REQUIRE(rung);
        told.push_back(rung->key + " " + iso(rung->at).substr(0, 16));
        l = fired(l, *rung);
    }
    CHECK(
        told ==
        std::vector<std::string>{
            "r0:50% 2016-07-04T11:00",
            "r0:80% 2016-07-04T14:54",
            "r0:100% 2016-07-04T16:30",
            "r0:+1WD 2016-07-05T07:00",
            "r0:+2WD 2016-07-06T07:00"}
    );
    CHECK(next_rung(restart(l, t("2016-07-11T07:00")).value(), counted(), ladder)->key == "r1:50%");
}

TEST_CASE("a changed calendar moves the due moment of a running ledger")
{
    const auto l = ledger("P3WD", "2016-07-04T08:00");
    Calendar changed = counted();
    changed.exceptions[parse_day("2016-07-06").value()] = {};
    CHECK(iso(*due(l, changed)).substr(0, 16) == "2016-07-08T16:30");
}

TEST_CASE("the ledger goes to JSON and comes back")
{
    auto l = ledger("P2.5WD", "2016-07-04T08:00");
    l.receipt.cutoff = Minutes(900);
    l = extend(suspend(l, t("2016-07-05T10:00"), "supplement", "12/YC").value(), b("PT2WH")).value();
    CHECK(json::text_of(to_json(ledger_from(to_json(l)))) == json::text_of(to_json(l)));
}

TEST_CASE("property: later receipt is never due earlier, and more budget never earlier")
{
    std::mt19937_64 random(1);
    for (int i = 0; i < 3000; ++i) {
        const Instant from = t("2016-01-04T00:00") + std::chrono::minutes(random() % (3 * 365 * 24 * 60));
        const Instant later = from + std::chrono::minutes(random() % 5000);
        const Budget small{
            random() % 2 == 0 ? Unit::working_minutes : Unit::working_days, std::int64_t(random() % 40)};
        Budget more = small;
        more.amount += std::int64_t(random() % 20);
        CHECK(due(counted(), from, small) <= due(counted(), later, small));
        // Half a day after a receipt in the evening ends at noon, the same day's limit that evening: the
        // end of the next day.
        if (small.amount > 0 || more.amount != 1)
            CHECK(due(counted(), from, small) <= due(counted(), from, more));
    }
}

TEST_CASE("property: a budget split in two ends where the whole does")
{
    std::mt19937_64 random(2);
    for (int i = 0; i < 3000; ++i) {
        const Instant from = t("2016-01-04T00:00") + std::chrono::minutes(random() % (3 * 365 * 24 * 60));
        const auto first = std::int64_t(random() % 1000 + 1);
        const auto second = std::int64_t(random() % 1000 + 1);
        const Instant middle = due(counted(), from, {Unit::working_minutes, first});
        CHECK(
            due(counted(), middle, {Unit::working_minutes, second}) ==
            due(counted(), from, {Unit::working_minutes, first + second})
        );
        const auto days = std::int64_t(random() % 8 + 1) * 2;
        const auto more = std::int64_t(random() % 8 + 1) * 2;
        const Instant end = due(counted(), from, {Unit::working_days, days});
        CHECK(
            due(counted(), end, {Unit::working_days, more}) ==
            due(counted(), from, {Unit::working_days, days + more})
        );
    }
}

TEST_CASE("property: equivalent suspensions give the same due moment")
{
    std::mt19937_64 random(3);
    for (int i = 0; i < 2000; ++i) {
        auto l = ledger(i % 2 == 0 ? "P7WD" : "PT30WH", "2016-07-04T08:00");
        const Instant from = l.started + std::chrono::minutes(random() % 6000);
        const Instant to = from + std::chrono::minutes(random() % 6000 + 1);
        const Instant cut = from + (to - from) / 2;
        auto whole = l;
        whole.suspensions = {{from, to, "a", ""}};
        auto split = l;
        split.suspensions = {{from, cut, "a", ""}, {cut, to, "b", ""}};
        auto overlapping = l;
        overlapping.suspensions = {{from, to, "a", ""}, {from, cut, "b", ""}, {cut, to, "c", ""}};
        CHECK(due_text(whole) == due_text(split));
        CHECK(due_text(whole) == due_text(overlapping));
        CHECK(*due(l, counted()) <= *due(whole, counted()));
    }
}

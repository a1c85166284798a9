#include "systems/justice/criminal_records.h"

#include <doctest/doctest.h>

namespace thien_an::justice {
namespace {

Day d(int y, unsigned m, unsigned day)
{
    return Day{std::chrono::year{y} / std::chrono::month{m} / std::chrono::day{day}};
}

Conviction theft(int months, Day served)
{
    return {
        .judgment = "Bản án 12/2010/HSST",
        .court = "TAND huyện Tư Nghĩa",
        .judged_on = d(2010, 3, 1),
        .offence = "Trộm cắp tài sản",
        .penalty = Penalty::prison,
        .months = months,
        .served_on = served,
        .decisions_done_on = served};
}

TEST_CASE("under the code of 1999 three years of prison are erased after three years, to the day")
{
    const auto c = theft(36, d(2013, 3, 1));
    CHECK(!erased_since(c, d(2016, 2, 29)));
    CHECK(erased_since(c, d(2016, 3, 1)) == d(2016, 3, 1));
}

TEST_CASE("a month more than three years takes five under the code of 1999")
{
    const auto c = theft(37, d(2012, 6, 1));
    CHECK(!erased_since(c, d(2017, 5, 31)));
    CHECK(erased_since(c, d(2017, 6, 1)) == d(2017, 6, 1));
}

TEST_CASE("the code of 2015 counts from its first day for older judgments too")
{
    const auto c = theft(48, d(2014, 6, 1));
    CHECK(!erased_since(c, d(2017, 12, 31)));                // Five years under the old code.
    CHECK(erased_since(c, d(2018, 1, 1)) == d(2016, 6, 1));  // Two under the new one.
}

TEST_CASE("the code of 2015 has two, three and five years for prison")
{
    const auto after = [](int months) { return erased_since(theft(months, d(2019, 1, 1)), d(2030, 1, 1)); };
    CHECK(after(60) == d(2021, 1, 1));
    CHECK(after(61) == d(2022, 1, 1));
    CHECK(after(180) == d(2022, 1, 1));
    CHECK(after(181) == d(2024, 1, 1));
}

TEST_CASE("a fine and a suspended sentence are erased after a year")
{
    auto c = theft(12, d(2019, 2, 28));
    c.penalty = Penalty::suspended_prison;
    CHECK(!erased_since(c, d(2020, 2, 27)));
    CHECK(erased_since(c, d(2020, 2, 28)));
    c.penalty = Penalty::fine;
    CHECK(erased_since(c, d(2020, 2, 28)));
}

TEST_CASE("nothing is erased while something the judgment orders is not done")
{
    auto c = theft(12, d(2013, 3, 1));
    c.decisions_done_on.reset();
    CHECK(!erased_since(c, d(2026, 1, 1)));
    c.decisions_done_on = d(2025, 5, 5);
    CHECK(erased_since(c, d(2026, 1, 1)) == d(2025, 5, 5));
}

TEST_CASE("an additional penalty that runs longer carries the conviction to its end")
{
    auto c = theft(12, d(2019, 1, 1));
    c.additional_until = d(2024, 1, 1);
    CHECK(!erased_since(c, d(2023, 12, 31)));
    CHECK(erased_since(c, d(2024, 1, 1)));
}

TEST_CASE("a new crime within the period stops the erasure")
{
    auto c = theft(12, d(2019, 1, 1));
    c.new_offence_on = d(2020, 12, 31);
    CHECK(!erased_since(c, d(2026, 1, 1)));
    c.new_offence_on = d(2021, 1, 1);
    CHECK(erased_since(c, d(2026, 1, 1)));
}

TEST_CASE("where a court must decide, only its decision erases")
{
    auto c = theft(12, d(2010, 1, 1));
    c.by_court_only = true;
    CHECK(!erased_since(c, d(2026, 1, 1)));
    c.erased_by_court_on = d(2020, 5, 1);
    CHECK(!erased_since(c, d(2020, 4, 30)));
    CHECK(erased_since(c, d(2020, 5, 1)));
}

TEST_CASE("form 1 shows only what is not erased, form 2 everything")
{
    const Record record{.convictions = {theft(36, d(2013, 3, 1)), theft(36, d(2015, 3, 1))}, .bans = {}};
    const auto day = d(2016, 6, 1);
    CHECK(shown_on(Form::one, record, day, false).convictions.size() == 1);
    const auto two = shown_on(Form::two, record, day, false);
    REQUIRE(two.convictions.size() == 2);
    CHECK(two.convictions[0].erased);
    CHECK(!two.convictions[1].erased);
}

TEST_CASE("form 1 shows bans only on request, and only those that still run")
{
    const Record record{
        .convictions = {},
        .bans = {
            {"Cấm quản lý doanh nghiệp", "QĐ 01/2015", d(2015, 1, 1), d(2018, 1, 1)},
            {"Cấm đảm nhiệm chức vụ", "", d(2010, 1, 1), d(2012, 1, 1)}}};
    CHECK(shown_on(Form::one, record, d(2016, 1, 1), false).bans.empty());
    CHECK(shown_on(Form::one, record, d(2016, 1, 1), true).bans.size() == 1);
    CHECK(shown_on(Form::one, record, d(2018, 1, 1), true).bans.size() == 1);
    CHECK(shown_on(Form::one, record, d(2018, 1, 2), true).bans.empty());
    CHECK(shown_on(Form::two, record, d(2018, 1, 2), false).bans.size() == 2);
}

TEST_CASE("who may ask for which form")
{
    const auto adult = d(1990, 1, 1);
    const auto day = d(2016, 6, 1);
    const auto code = [&](Form form, Requester who, Day born) {
        const auto may = may_request(form, who, born, day);
        return may ? std::string() : may.problem().code;
    };
    for (const auto who :
         {Requester::self, Requester::parent, Requester::spouse, Requester::child, Requester::proxy})
        CHECK(code(Form::one, who, adult).empty());
    CHECK(code(Form::two, Requester::self, adult).empty());
    for (const auto who : {Requester::parent, Requester::spouse, Requester::child, Requester::proxy})
        CHECK(code(Form::two, who, adult) == "justice.form_2_by_proxy");
    CHECK(code(Form::two, Requester::parent, d(1998, 6, 2)).empty());
    CHECK(code(Form::two, Requester::parent, d(1998, 6, 1)) == "justice.form_2_by_proxy");
    CHECK(code(Form::two, Requester::guardian, d(2000, 1, 1)).empty());
    CHECK(code(Form::one, Requester::guardian, adult) == "justice.guardian_of_adult");
    CHECK(code(Form::two, Requester::agency, adult) == "justice.agency_form_1_only");
    CHECK(code(Form::one, Requester::proceedings_agency, adult) == "justice.proceedings_agency_form_2_only");
    CHECK(needs_mandate(Form::one, Requester::proxy));
    CHECK(!needs_mandate(Form::one, Requester::spouse));
}

TEST_CASE("a record goes through JSON and back")
{
    const Record record{
        .convictions = {theft(36, d(2013, 3, 1))}, .bans = {{"Cấm", "", d(2015, 1, 1), std::nullopt}}};
    const auto back = record_from(to_json(record));
    REQUIRE(back);
    CHECK(to_json(back.value()) == to_json(record));
    CHECK(!record_from(json::parse(R"({"convictions": [{"judgment": "x"}]})").value()));
}

}  // namespace
}  // namespace thien_an::justice

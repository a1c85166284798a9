#include <doctest/doctest.h>

#include "systems/justice/secured_for_tests.h"

namespace thien_an::justice {
namespace {

std::string code(const Result<std::string>& result)
{
    return result ? result.value() : result.problem().code;
}

TEST_CASE("parties are known by a number of the right form")
{
    CHECK(code(party_number(PartyKind::individual, "051 088 000 222")) == "051088000222");
    CHECK(code(party_number(PartyKind::individual, "212000111")) == "212000111");
    CHECK(code(party_number(PartyKind::individual, "2120001112")) == "justice.bad_identity_number");
    CHECK(code(party_number(PartyKind::organisation, "0100000001-002")) == "0100000001002");
    CHECK(code(party_number(PartyKind::organisation, "01000000A1")) == "justice.bad_tax_code");
    CHECK(code(party_number(PartyKind::foreign, "n 1234567")) == "N1234567");
    CHECK(code(party_number(PartyKind::foreign, "12345")) == "justice.bad_passport");
}

TEST_CASE("vehicles are read one a line")
{
    const auto two = vehicles_from("RLH-JC4321; jc43e 1234; 76C-123.45\n\n; ; 76c12346 \r\n").value();
    REQUIRE(two.size() == 2);
    CHECK(two[0] == Vehicle{"RLHJC4321", "JC43E1234", "76C12345"});
    CHECK(two[1] == Vehicle{"", "", "76C12346"});
    CHECK(vehicles_from("").value().empty());
    for (const auto* bad : {"a;b;c;d", ";;", "ABC", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}) {
        CAPTURE(bad);
        CHECK(!vehicles_from(bad));
    }
    CHECK(vehicles_from("76C12345\nxx").problem().words.at(0).second == "2");
    std::string many;
    for (int i = 0; i < 201; ++i) many += "76C12345\n";
    CHECK(vehicles_from(many).problem().code == "justice.too_many_vehicles");
}

TEST_CASE("a notice comes back from its JSON as it was")
{
    auto notice = a_registration().notice;
    notice.agents = {another_bank};
    notice.contract = "12/HĐ";
    notice.reason = "Đổi";
    notice.released = "Máy";
    notice.released_vehicles = {a_truck};
    notice.registration = 7;
    CHECK(notice_from(json::parse(json::text_of(json_of(notice))).value()).value() == notice);
    for (const auto* bad :
         {"{}",
          R"({"kind":"other"})",
          R"({"kind":"change","grantors":[{"kind":"x"}]})",
          R"({"kind":"change","vehicles":[{}]})"}) {
        CAPTURE(bad);
        CHECK(!notice_from(json::parse(bad).value()));
    }
}

FiledNotice filed(std::int64_t number, std::int64_t registration, std::string_view at, Notice notice)
{
    return {number, registration, moment(at), std::move(notice)};
}

TEST_CASE("who is first is decided to the second, and within the second by the number")
{
    const auto registration = a_registration().notice;
    auto added = Notice{.kind = NoticeKind::change, .registration = 1};
    added.vehicles = {{"", "", "76C55555"}};
    auto second = registration;
    second.vehicles = {{"", "", "76C55555"}};
    const auto one =
        fold({filed(1, 1, "2026-07-01T08:00:00", registration), filed(4, 1, "2026-07-01T08:00:02", added)});
    const auto two = fold({filed(2, 2, "2026-07-01T08:00:01", second)});
    const auto three = fold({filed(3, 3, "2026-07-01T08:00:02", second)});
    const auto over_car =
        priority({one, three, two}, {.serial = "76C55555"}, day_of(moment("2026-07-02T00:00")));
    REQUIRE(over_car.order.size() == 3);
    CHECK(over_car.order[0].registration == 2);
    CHECK(over_car.order[1].registration == 3);  // The same second as the change, the lower number.
    CHECK(over_car.order[2].registration == 1);  // The car came in later than the registration.
    CHECK(over_car.law == "law-91-2015/art-308");
    const auto over_all =
        priority({three, one, two}, {.grantor_number = an_owner.number}, day_of(moment("2016-12-31T00:00")));
    CHECK(over_all.order[0].registration == 1);
    CHECK(over_all.law == "law-33-2005/art-325");
}

TEST_CASE("a grantor who stays keeps the rank, one who comes in has that of the change")
{
    auto change = Notice{.kind = NoticeKind::change, .registration = 1};
    const SecuredParty heir{PartyKind::individual, "Nguyễn Trà Giang", "051316000123"};
    change.grantors = {an_owner, heir};
    const auto state = fold(
        {filed(1, 1, "2026-07-01T08:00:00", a_registration().notice),
         filed(2, 1, "2026-07-03T08:00:00", change)}
    );
    REQUIRE(state.grantors.size() == 2);
    CHECK(state.grantors[0].since.number == 1);
    CHECK(state.grantors[1].since.number == 2);
}

}  // namespace
}  // namespace thien_an::justice

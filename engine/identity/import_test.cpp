#include "engine/identity/import.h"

#include "engine/identity/parties.h"
#include "engine/identity/test_house.h"

namespace thien_an::identity {
namespace {

struct Desk {
    TestHouse& house;
    PartyId admin = house.person("Quản Trị");
    Actor actor = house.as(admin, house.post("ubnd-901", "agency_administrator", admin));

    ImportReport import(const std::vector<ImportRow>& rows, ImportMode mode)
    {
        return import_people(house.means(), actor, rows, mode).value();
    }
    std::size_t parties()
    {
        return house.database().read([](storage::Reader& db) {
            auto rows = db.query("SELECT COUNT(*) FROM party");
            rows.next();
            return std::size_t(rows.integer(0));
        });
    }
};

ImportRow row(int line, std::string name, std::string agency, std::string post, std::string login)
{
    return {
        line,
        {{"ho va ten", name},
         {"ma co quan", agency},
         {"vi tri", post},
         {"ten dang nhap", login},
         {"tu ngay", "1/7/2016"}}};
}

TEST_DATABASES(
    "a dry run writes nothing and says what would be; the confirmed one makes people who can sign in"
)
{
    TestHouse house(databases);
    Desk desk{house};
    auto by_phone = row(3, "Võ Thị Bình", "90102", "one_stop_officer", "");
    by_phone.cells["dien thoai"] = "0905 111 222";
    const std::vector rows{
        row(2, "  nguyễn văn AN", "90101", "cong chuc tu phap - ho tich", "an.tuphap"), by_phone};
    const auto before = desk.parties();
    const auto dry = desk.import(rows, ImportMode::dry_run);
    CHECK(dry.errors.empty());
    CHECK_FALSE(dry.done);
    CHECK(desk.parties() == before);
    const auto real = desk.import(rows, ImportMode::confirm);
    REQUIRE(real.done);
    CHECK(desk.parties() == before + 2);
    CHECK(real.people[0].name == "Nguyễn Văn An");
    const auto in = sign_in(house.means(), {.login = "an.tuphap", .password = real.people[0].password});
    REQUIRE(in);
    CHECK(in.value().must_change_password);
    CHECK(in.value().session.agency == house.agency("ubnd-90101"));
    CHECK(real.people[1].password.empty());  // She sets her own by a code to the phone.
    const auto ticket =
        request_code(house.means(), {.purpose = CodePurpose::reset, .contact = "0905111222", .address = "x"})
            .value();
    REQUIRE(reset_password(house.means(), ticket.id, house.sent().back().code, "thuyền thúng ra khơi"));
    CHECK(sign_in(house.means(), {.login = "0905111222", .password = "thuyền thúng ra khơi"}));
}

TEST_DATABASES("each wrong row is named with its column, and one wrong row keeps all out")
{
    TestHouse house(databases);
    Desk desk{house};
    auto phone = row(7, "An", "90101", "one_stop_officer", "an.7");
    phone.cells["dien thoai"] = "12";
    auto day = row(8, "An", "90101", "one_stop_officer", "an.8");
    day.cells["tu ngay"] = "30/2/2016";
    const auto before = desk.parties();
    const auto report = desk.import(
        {row(2, "An", "90101", "one_stop_officer", "an.2"),
         row(3, "", "90101", "one_stop_officer", "an.3"),
         row(4, "An", "99999", "one_stop_officer", "an.4"),
         row(5, "An", "90101", "system_administrator", "an.5"),
         row(6, "An", "90101", "one_stop_officer", "an.2"),
         phone,
         day,
         row(9, "An", "9.S1", "one_stop_officer", "an.9")},
        ImportMode::confirm
    );
    CHECK_FALSE(report.done);
    CHECK(desk.parties() == before);
    std::vector<std::string> found;
    for (const auto& error : report.errors)
        found.push_back(std::to_string(error.line) + " " + error.column + " " + error.problem.code);
    CHECK(
        found ==
        std::vector<std::string>{
            "3 ho va ten identity.bad_name",
            "4 ma co quan identity.import_agency",
            "5 vi tri identity.post_kind_not_here",
            "6 ten dang nhap identity.import_twice",
            "7 dien thoai identity.bad_phone",
            "8 tu ngay base.bad_day",
            "9 ma co quan identity.not_permitted"}
    );
}

TEST_DATABASES("somebody known by the identity number gets the post and keeps the account")
{
    TestHouse house(databases);
    Desk desk{house};
    auto first = row(2, "Nguyễn Văn An", "90101", "justice_civil_status_officer", "an.tuphap");
    first.cells["so dinh danh"] = "051090000111";
    auto second = row(2, "Nguyễn Văn An", "90101", "one_stop_officer", "");
    second.cells["so dinh danh"] = "051090000111";
    REQUIRE(desk.import({first}, ImportMode::confirm).done);
    const auto before = desk.parties();
    REQUIRE(desk.import({second}, ImportMode::confirm).done);
    CHECK(desk.parties() == before);
    house.database().read([&](storage::Reader& db) {
        const auto an = party_by_identity_number(db, house.keys(), "051090000111").value();
        CHECK(posts_held(db, an, house.today()).size() == 2);
        CHECK(accounts_of(db, an).size() == 1);
    });
}

TEST_DATABASES("a table of more than two thousand rows is refused")
{
    TestHouse house(databases);
    Desk desk{house};
    const std::vector<ImportRow> rows(2001);
    CHECK(
        import_people(house.means(), desk.actor, rows, ImportMode::dry_run).problem().code ==
        "identity.import_too_many"
    );
}

}  // namespace
}  // namespace thien_an::identity

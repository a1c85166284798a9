#include "engine/identity/province.h"

#include <fstream>

#include "engine/identity/agencies.h"
#include "engine/identity/parties.h"
#include "engine/identity/permissions.h"
#include "engine/identity/posts.h"
#include "engine/identity/schema.h"
#include "engine/identity/test_house.h"

namespace thien_an::identity {
namespace {

constexpr Day day(int year, unsigned month, unsigned day_of_month)
{
    return std::chrono::year{year} / month / day_of_month;
}

template <typename Look>
auto in(TestHouse& house, Look look)
{
    return house.database().read(look);
}

TEST_DATABASES("a unit is found by its code on its days and not a day later")
{
    TestHouse house(databases);
    in(house, [](storage::Reader& db) {
        CHECK(unit_on(db, "90101", day(2020, 1, 31)).value().name_vi == "Xã Phổ An");
        CHECK(unit_on(db, "90101", day(2020, 2, 1)).problem().code == "identity.no_such_unit");
        CHECK(unit_on(db, "90199", day(2025, 6, 30)).problem().code == "identity.no_such_unit");
        CHECK(unit_on(db, "90199", day(2025, 7, 1)).value().parent == "9");
    });
}

TEST_DATABASES("the path of a commune names district and province, after the districts only the province")
{
    TestHouse house(databases);
    in(house, [](storage::Reader& db) {
        const auto before = unit_path(db, "90102", day(2016, 7, 1));
        REQUIRE(before.size() == 3);
        CHECK(before[1].name_vi == "Huyện Đức Thử");
        CHECK(before[2].level == UnitLevel::province);
        CHECK(unit_path(db, "90199", day(2026, 7, 1)).size() == 2);
        CHECK(unit_path(db, "nowhere", day(2026, 7, 1)).empty());
    });
}

TEST_DATABASES("successors are followed through two mergers to the unit of the day")
{
    TestHouse house(databases);
    in(house, [](storage::Reader& db) {
        CHECK(units_after(db, "90101", day(2016, 7, 1)) == std::vector<std::string>{"90101"});
        CHECK(units_after(db, "90101", day(2021, 1, 1)) == std::vector<std::string>{"90102"});
        CHECK(units_after(db, "90101", day(2026, 1, 1)) == std::vector<std::string>{"90199"});
    });
}

TEST_DATABASES("units are found without marks, the exact name first")
{
    TestHouse house(databases);
    in(house, [](storage::Reader& db) {
        const auto found = search_units(db, "pho", day(2016, 7, 1), 10);
        REQUIRE(found.size() == 2);
        CHECK(found[0].short_name == "Phổ An");
        CHECK(search_units(db, "PHỔ BÌNH", day(2016, 7, 1), 10).at(0).code == "90102");
        CHECK(search_units(db, "pho an binh", day(2016, 7, 1), 10).empty());
        CHECK(search_units(db, "duc thu", day(2016, 7, 1), 10).at(0).code == "901");
    });
}

TEST_DATABASES("an agency is found by key, by code, by its unit's code and under the agency above")
{
    TestHouse house(databases);
    in(house, [&](storage::Reader& db) {
        const auto today = day(2016, 7, 1);
        CHECK(agency_by_key(db, "ubnd-90101", today).value().desk_vi == "Bộ phận Một cửa xã Phổ An");
        CHECK(agency_by_code(db, "000.00.00.H99", today).value().key == "ubnd-tinh");
        CHECK(agency_by_code(db, "901", today).value().key == "ubnd-901");
        CHECK(agency_for_unit(db, "9", today).value().key == "ubnd-tinh");
        CHECK(agencies_below(db, house.agency("ubnd-tinh"), today).size() == 5);
        CHECK(agencies_below(db, house.agency("ubnd-901"), today).at(0).key == "ubnd-901");
        CHECK(is_below(db, house.agency("ubnd-90101"), house.agency("ubnd-tinh"), today));
        CHECK_FALSE(is_below(db, house.agency("ubnd-901"), house.agency("ubnd-90101"), today));
        CHECK_FALSE(is_below(db, house.agency("ubnd-90101"), house.agency("ubnd-tinh"), day(2026, 7, 1)));
        CHECK(
            agencies_after(db, house.agency("ubnd-90101"), day(2026, 1, 1)) ==
            std::vector{house.agency("ubnd-90199")}
        );
        CHECK(search_agencies(db, "so mot", today, 5).at(0).key == "so-1");
    });
}

TEST_DATABASES("the province's own files load with the counts of 2016 and of 2025, once")
{
    auto database = databases.open(migrations());
    IdSource ids{1};
    const std::filesystem::path root = THIENAN_SOURCE_DIR;
    const auto first = import_province(*database, ids, root / "province", root / "systems").value();
    CHECK(std::ranges::all_of(first, &ImportedFile::changed));
    const auto again = import_province(*database, ids, root / "province", root / "systems").value();
    CHECK(std::ranges::none_of(again, &ImportedFile::changed));
    database->read([](storage::Reader& db) {
        // The other province of the merger of 2025 is there too before that day.
        const auto of_51 = [&](Day on) {
            std::size_t communes = 0;
            for (const auto& district : units_below(db, "51", on))
                communes += units_below(db, district.code, on).size();
            return communes;
        };
        CHECK(units_below(db, "51", day(2016, 7, 1)).size() == 14);
        CHECK(of_51(day(2016, 7, 1)) == 184);
        CHECK(units_below(db, "51", day(2025, 7, 2)).size() == 96);
        for (const auto& unit : units_below(db, "51", day(2025, 7, 2))) {
            CAPTURE(unit.code);
            CHECK(agency_for_unit(db, unit.code, day(2026, 7, 1)));
        }
        CHECK(agency_for_unit(db, "51", day(2016, 7, 1)).value().key == "ubnd-tinh");
        CHECK(permissions(db).size() >= 5);
        CHECK(post_kinds(db, day(2016, 7, 1)).size() >= 10);
    });
}

/// A copy of the province's files that a test may spoil.
std::filesystem::path copied_province(const std::string& folder)
{
    std::filesystem::copy(
        std::filesystem::path(THIENAN_SOURCE_DIR) / "province",
        folder + "/province",
        std::filesystem::copy_options::recursive
    );
    return folder + "/province";
}

TEST_DATABASES("a file with a wrong row is refused with its row and the last good one stays in force")
{
    auto database = databases.open(migrations());
    IdSource ids{1};
    const auto folder = copied_province(databases.folder());
    REQUIRE(import_province(*database, ids, folder, folder / "none"));
    std::ofstream(folder / "units.json")
        << R"({"units": [{"code": "51", "level": "planet", "name": {"vi": "x"},
        "valid_from": "2016-01-01", "valid_to": null}]})";
    const auto refused = import_province(*database, ids, folder, folder / "none");
    REQUIRE_FALSE(refused);
    CHECK(refused.problem().code == "identity.bad_units");
    CHECK(
        refused.problem().words ==
        std::vector<std::pair<std::string, std::string>>{
            {"row", "1"}, {"reason", "level"}, {"file", "units.json"}}
    );
    database->read([](storage::Reader& db) { CHECK(units_below(db, "51", day(2016, 7, 1)).size() == 14); });
}

TEST_CASE("phones are written one way and anything else is refused")
{
    CHECK(tidy_phone("0905 123 456").value() == "+84905123456");
    CHECK(tidy_phone("84905123456").value() == "+84905123456");
    CHECK(tidy_phone("+84 905.123.456").value() == "+84905123456");
    CHECK(tidy_phone("01201234567").value() == "+841201234567");
    for (const auto* wrong :
         {"",
          "905123456",
          "0905 123 45",
          "0905 123 456 78",
          "0905 123 45a",
          "0005123456",
          "+1 905 123 4567"}) {
        CAPTURE(wrong);
        CHECK(tidy_phone(wrong).problem().code == "identity.bad_phone");
    }
}

TEST_CASE("e-mail addresses are lower case and have one @ and a dot after it")
{
    CHECK(tidy_email(" An.Nguyen@Example.VN ").value() == "an.nguyen@example.vn");
    for (const auto* wrong :
         {"", "an", "an@", "@vn", "an@vn", "an@@a.vn", "a n@a.vn", "an@a.vn.", "an@a.vn\r\nBcc: x@y.z"}) {
        CAPTURE(wrong);
        CHECK(tidy_email(wrong).problem().code == "identity.bad_email");
    }
}

TEST_CASE("masks hide all but the end, and of an address all but its first letter and domain")
{
    CHECK(masked("+84905123456") == "•••••••••456");
    CHECK(masked("an.nguyen@example.vn") == "a•••@example.vn");
    CHECK(masked("123") == "•••");
    CHECK(masked("Số nhà 51, phường Trương Quang Trọng") == "•••••••••ọng");
    CHECK(masked("").empty());
}

}  // namespace
}  // namespace thien_an::identity

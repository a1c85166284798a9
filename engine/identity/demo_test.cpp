#include "engine/identity/demo.h"

#include <fstream>
#include <set>

#include "engine/identity/province.h"
#include "engine/identity/test_house.h"

namespace thien_an::identity {
namespace {

const std::filesystem::path root = THIENAN_SOURCE_DIR;

json::value file(const std::string& name)
{
    std::ifstream in(root / "province" / name);
    return json::parse(std::string(std::istreambuf_iterator<char>(in), {})).value();
}

std::vector<DemoPerson> people_on(int year, std::uint32_t seed = 1)
{
    return demo_people(
               file("demo_staff.json"), file("demo_names.json"), std::chrono::year{year} / 7 / 1, seed
    )
        .value();
}

TEST_CASE("the same seed makes the same people, another seed others; no login, phone or number is shared")
{
    const auto people = people_on(2016);
    const auto again = people_on(2016);
    const auto others = people_on(2016, 2);
    std::set<std::string> logins;
    std::set<std::string> phones;
    std::set<std::string> numbers;
    for (std::size_t i = 0; i < people.size(); ++i) {
        CHECK(people[i].name == again[i].name);
        logins.insert(people[i].login);
        phones.insert(people[i].phone);
        numbers.insert(people[i].identity_number);
    }
    CHECK(logins.size() == people.size());
    CHECK(phones.size() == people.size());
    CHECK(numbers.size() == people.size());
    CHECK(std::ranges::any_of(people, [&](const DemoPerson& one) {
        return one.name != others[std::size_t(&one - people.data())].name;
    }));
}

TEST_CASE("in 2016 three communes, a district and four departments are staffed; in 2026 there is no district")
{
    const auto agencies = [](const std::vector<DemoPerson>& people, std::string_view start) {
        std::set<std::string> keys;
        for (const auto& person : people)
            if (person.agency.starts_with(start)) keys.insert(person.agency);
        return keys.size();
    };
    CHECK(agencies(people_on(2016), "ubnd-2") == 3);
    CHECK(agencies(people_on(2016), "ubnd-5") == 1);
    CHECK(agencies(people_on(2016), "so-") == 4);
    CHECK(agencies(people_on(2026), "ubnd-2") == 3);
    CHECK(agencies(people_on(2026), "ubnd-5") == 0);
    CHECK(agencies(people_on(2026), "so-") == 4);
}

TEST_DATABASES("a staffed demo lets everybody in with the password of the file, and is staffed once")
{
    for (const int year : {2016, 2026}) {
        CAPTURE(year);
        TestHouse house(databases);
        house.move_business_clock(at(Day{std::chrono::year{year} / 7 / 1}, Minutes{480}));
        REQUIRE(import_province(house.database(), house.ids(), root / "province", root / "systems"));
        auto people = people_on(year);
        // A few of each: hashing all passwords is slow on purpose.
        std::erase_if(people, [](const DemoPerson& person) {
            return !person.login.ends_with(".21028") && !person.login.ends_with("ubnd-tinh") &&
                   person.phone != "0900000050";
        });
        const auto accounts = staff_demo(house.means(), people).value();
        const auto path = std::filesystem::path(house.folder()) / "demo-accounts.tsv";
        write_demo_accounts(path, accounts);
        CHECK(
            (std::filesystem::status(path).permissions() & std::filesystem::perms::all) ==
            (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        );
        const auto lines = read_demo_accounts(path).value();
        REQUIRE(lines.size() == accounts.size());
        CHECK(lines.size() > people.size());  // Some hold two posts.
        std::set<std::string> passwords;
        for (const auto& line : lines) {
            CAPTURE(line.login);
            passwords.insert(line.password);
            const auto in = sign_in(house.means(), {.login = line.login, .password = line.password});
            REQUIRE(in);
            CHECK_FALSE(in.value().must_change_password);
            CHECK(bool(in.value().session.post) == !line.post.empty());
        }
        CHECK(passwords.size() == people.size());
        CHECK(staff_demo(house.means(), people).problem().code == "identity.demo_staffed");
    }
}

}  // namespace
}  // namespace thien_an::identity

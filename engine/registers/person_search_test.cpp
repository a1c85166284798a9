#include <doctest/doctest.h>

#include "engine/identity/test_house.h"
#include "engine/registers/person_index.h"

namespace thien_an::registers {
std::span<const storage::Migration> migrations();

namespace {

using namespace std::chrono_literals;

constexpr std::string_view register_text = R"json({
  "id": "births", "system": "civil_status", "name": {"vi": "Sổ"}, "life_event": "birth", "event_on": "born_on",
  "fields": [
    {"id": "child", "type": "name", "title": {"vi": "Tên"}, "required": true},
    {"id": "born_on", "type": "day", "title": {"vi": "Ngày sinh"}, "required": true},
    {"id": "mother", "type": "name", "title": {"vi": "Mẹ"}},
    {"id": "mother_year", "type": "integer", "title": {"vi": "Năm sinh"}},
    {"id": "number", "type": "text", "title": {"vi": "Số định danh"}, "sensitive": true}
  ],
  "persons": [
    {"role": "child", "subject": true, "name": "child", "born_on": "born_on", "number": "number", "mother": "mother"},
    {"role": "mother", "name": "mother", "born_year": "mother_year", "sex_is": "female"}
  ],
  "matching": {
    "name": {"most": 14, "rare_word": 0.0125, "words": {"nguyen": 0.31}, "unmarked": 0.5, "marks": 4, "sound": 2.5,
      "slip": 3.5, "light_middle": 1, "middle": 3, "end": 7, "order": 1.5, "different": -20},
    "parent": {"share": 0.6, "different": -7},
    "born_on": {"near_days": 3, "same": 9, "swapped": 6, "near": 5, "digit": 4, "year": 3, "next_year": -1,
      "same_year": -6, "different": -10},
    "sex": {"same": 1, "different": -6}, "number": {"same": 25, "different": -14}, "paper": {"same": 22, "different": -2},
    "mother_number": {"same": 5, "different": -8}, "possible": 12, "clear": 24
  },
  "masked_by_default": ["mother"]
})json";

/// Two communes of one province with a birth each, and people who may read registers at several levels.
struct Province {
    explicit Province(storage::TestDatabases& databases) : house(databases, migrations())
    {
        const auto done = house.database().write({}, [&](storage::Writer& db) -> Result<Done> {
            for (const auto& [kind, scope] : {std::pair{"chairman", 2}, std::pair{"vice_chairman", 1}})
                db.execute(
                    "INSERT INTO post_kind_grant (kind, permission, scope) VALUES (?1, 'registers.read', ?2)",
                    std::string_view(kind),
                    scope
                );
            return Done{};
        });
        REQUIRE(done);
        enter("ubnd-90101", "Nguyễn Trà Giang", "2016-03-12", "Phạm Thị Vy", "051316000123");
        enter("ubnd-90102", "Nguyễn Trà Giang", "2010-08-01", "Lê Thị Hoa", "");
    }
    void enter(
        std::string_view agency,
        std::string child,
        std::string born_on,
        std::string mother,
        std::string number
    )
    {
        const auto series = series_of(house.database(), house.ids(), "births", house.agency(agency), 2016);
        json::object fields{
            {"child", child}, {"born_on", born_on}, {"mother", mother}, {"mother_year", 1990}};
        if (!number.empty()) fields["number"] = number;
        const auto done = house.database().write({lock_of(series)}, [&](storage::Writer& db) {
            return registers::enter(
                db,
                house.act(),
                house.keys(),
                reg,
                {.series = series, .registered_on = house.today(), .fields = fields}
            );
        });
        REQUIRE(done);
    }
    Actor somebody(std::string_view agency, std::string_view kind)
    {
        const auto party = house.person("Trần " + std::string(agency) + std::string(kind));
        return house.as(party, house.post(agency, kind, party));
    }
    std::vector<PersonMatch> find(const Actor& actor, const PersonSearch& search)
    {
        return house.database().read([&](storage::Reader& db) {
            return search_persons(
                db, house.keys(), actor, house.today(), list, *reg.people.matching, search, 50
            );
        });
    }

    identity::TestHouse house;
    Register reg = load_register(json::parse(register_text).value()).value();
    const Register* list[1] = {&reg};
};

PersonSearch named(std::string name)
{
    PersonSearch search;
    search.who.name = std::move(name);
    return search;
}

TEST_DATABASES("a commune finds its own, a province all below it, and who has no right finds nobody")
{
    Province province(databases);
    const auto commune = province.somebody("ubnd-90101", "vice_chairman");
    const auto district = province.somebody("ubnd-901", "chairman");
    const auto top = province.somebody("ubnd-tinh", "chairman");
    const auto top_alone = province.somebody("ubnd-tinh", "vice_chairman");
    const auto name = named("giang nguyen tra");
    CHECK(province.find(commune, name).size() == 1);
    CHECK(province.find(district, name).size() == 2);
    CHECK(province.find(top, name).size() == 2);
    CHECK(province.find(top_alone, name).empty());
    CHECK(province.find({}, name).empty());
    auto other = name;
    other.agency = province.house.agency("ubnd-90102");
    CHECK(province.find(top, other).size() == 1);
    CHECK(province.find(commune, other).empty());
}

TEST_DATABASES("a search takes years, parents, a given name alone, a number, and asks nothing of a full page")
{
    Province province(databases);
    const auto top = province.somebody("ubnd-tinh", "chairman");
    auto search = named("Nguyễn Trà Giang");
    search.born_from = 2015;
    CHECK(province.find(top, search).size() == 1);
    search.born_from = 0;
    search.born_to = 2012;
    REQUIRE(province.find(top, search).size() == 1);
    CHECK(province.find(top, search).front().born_year == 2010);
    search = named("giang");
    search.who.mother = "hoa";
    CHECK(province.find(top, search).size() == 1);
    search.who.mother = "hoa binh";
    CHECK(province.find(top, search).empty());
    search = {};
    search.who.paper = "051316000123";
    REQUIRE(province.find(top, search).size() == 1);
    CHECK(province.find(top, search).front().same_number);
    CHECK(province.find(top, named("Trần Giang")).empty());
    CHECK(province.find(top, {}).empty());
}

TEST_DATABASES("parents are found when they are asked for, and a name the register masks is masked")
{
    Province province(databases);
    const auto top = province.somebody("ubnd-tinh", "chairman");
    auto search = named("Pham Thi Vy");
    CHECK(province.find(top, search).empty());
    search.subjects_only = false;
    const auto found = province.find(top, search);
    REQUIRE(found.size() == 1);
    CHECK(found.front().person.role == "mother");
    CHECK(found.front().name != "Phạm Thị Vy");
}

}  // namespace
}  // namespace thien_an::registers

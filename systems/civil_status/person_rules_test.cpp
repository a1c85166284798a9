#include "systems/civil_status/person_rules.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/crypto/key_ring.h"
#include "engine/storage/test_databases.h"

namespace thien_an::identity {
std::span<const storage::Migration> migrations();
}
namespace thien_an::registers {
std::span<const storage::Migration> migrations();
}

namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;
using registers::EntryId;
using registers::PersonRef;
using registers::Register;

/// The fields two spouses have in the register of marriages and in that of divorces; persons as register.json says them.
std::string couple_register(std::string_view id, std::string_view event)
{
    std::string fields;
    for (const auto* who : {"husband", "wife"})
        fields += fmt::format(
            R"json({{"id": "{0}_full_name", "type": "name", "title": {{"vi": "Tên"}}, "required": true}},
            {{"id": "{0}_born_on", "type": "day", "title": {{"vi": "Ngày sinh"}}}},
            {{"id": "{0}_identity_number", "type": "text", "title": {{"vi": "Giấy tờ"}}, "sensitive": true}},)json",
            who
        );
    return fmt::format(
        R"json({{"id": "{0}", "system": "civil_status", "name": {{"vi": "Sổ"}}, "life_event": "{1}", "event_on": "registered_on",
        "fields": [{2} {{"id": "registered_on", "type": "day", "title": {{"vi": "Ngày"}}, "required": true}}],
        "persons": [
          {{"role": "husband", "name": "husband_full_name", "born_on": "husband_born_on", "identity": "husband_identity_number", "subject": true}},
          {{"role": "wife", "name": "wife_full_name", "born_on": "wife_born_on", "identity": "wife_identity_number", "subject": true}}],
        "notes": {{"kinds": ["divorce", "annulment"]}}}})json",
        id,
        event,
        fields
    );
}

constexpr std::string_view deaths_text = R"json({
  "id": "deaths", "system": "civil_status", "name": {"vi": "Sổ"}, "life_event": "death", "event_on": "died_on",
  "fields": [
    {"id": "deceased_full_name", "type": "name", "title": {"vi": "Tên"}, "required": true},
    {"id": "deceased_sex", "type": "text", "title": {"vi": "Giới tính"}},
    {"id": "deceased_born_on", "type": "day", "title": {"vi": "Ngày sinh"}},
    {"id": "deceased_identity_number", "type": "text", "title": {"vi": "Giấy tờ"}, "sensitive": true},
    {"id": "died_on", "type": "day", "title": {"vi": "Ngày chết"}, "required": true}],
  "persons": [{"role": "deceased", "name": "deceased_full_name", "born_on": "deceased_born_on", "sex": "deceased_sex",
    "identity": "deceased_identity_number", "subject": true}]
})json";

std::shared_ptr<const Register> loaded(std::string_view text)
{
    return std::make_shared<const Register>(registers::load_register(json::parse(text).value()).value());
}

std::shared_ptr<const Register> births_register()
{
    std::ifstream in(
        std::string(THIENAN_SOURCE_DIR) + "/systems/civil_status/registers/births/register.json"
    );
    std::stringstream text;
    text << in.rdbuf();
    return loaded(text.str());
}

struct Office {
    explicit Office(storage::TestDatabases& databases)
        : folder(databases.folder()),
          keys(crypto::KeyRing::create({folder + "/keys", folder + "/data"}, now).value().ring),
          births(births_register()),
          marriages(loaded(couple_register("marriages", "marriage"))),
          divorces(loaded(couple_register("divorce_notes", "divorce"))),
          deaths(loaded(deaths_text)),
          all({births, marriages, divorces, deaths})
    {
        std::filesystem::create_directories(folder + "/data");
        std::vector<storage::Migration> schemas(identity::migrations().begin(), identity::migrations().end());
        schemas.insert(schemas.end(), registers::migrations().begin(), registers::migrations().end());
        database = databases.open(schemas);
    }
    identity::Act act() { return {{.party = {3}, .post = {4}, .agency = {10}, .channel = "desk"}, now, ids}; }
    EntryId enter(const Register& reg, const json::object& fields)
    {
        const auto series = registers::series_of(*database, ids, reg.id, {10}, 2016);
        return database
            ->write(
                {registers::lock_of(series)},
                [&](storage::Writer& db) {
                    return registers::enter(
                        db,
                        act(),
                        keys,
                        reg,
                        {.series = series, .registered_on = day_of(now), .fields = fields}
                    );
                }
            )
            .value()
            .id;
    }
    EntryId marry(std::string husband, std::string wife, std::string day, const Register* reg = nullptr)
    {
        return enter(
            reg == nullptr ? *marriages : *reg,
            {{"husband_full_name", "Trần Văn Bình"},
             {"husband_born_on", "1990-05-01"},
             {"husband_identity_number", husband},
             {"wife_full_name", "Nguyễn Trà Giang"},
             {"wife_born_on", "1992-03-12"},
             {"wife_identity_number", wife},
             {"registered_on", day}}
        );
    }
    EntryId die(std::string name, std::string number, std::string day)
    {
        return enter(
            *deaths,
            {{"deceased_full_name", name},
             {"deceased_sex", "male"},
             {"deceased_born_on", "1990-05-01"},
             {"deceased_identity_number", number},
             {"died_on", day}}
        );
    }
    Result<casework::RuleAnswer> both_unmarried_now(const json::value& form)
    {
        return database->read([&](storage::Reader& db) {
            return both_unmarried({db, keys, all, day_of(now)}, form);
        });
    }
    casework::RuleAnswer marital_now(const json::value& form)
    {
        return database->read([&](storage::Reader& db) {
            return marital_facts({db, keys, all, day_of(now)}, form);
        });
    }
    std::vector<LifeEvent> line(const PersonRef& person)
    {
        return database->read([&](storage::Reader& db) { return life_line(db, keys, all, person); });
    }

    std::string folder;
    Instant now = at(Day{2016y / 7 / 1}, 8h);
    IdSource ids{1};
    crypto::KeyRing keys;
    std::shared_ptr<const Register> births, marriages, divorces, deaths;
    LifeRegisters all;
    std::unique_ptr<storage::Database> database;
};

constexpr const char* binh = "051090000001";
constexpr const char* giang = "051192000002";
constexpr const char* lan = "051195000003";

json::value couple(std::string husband, std::string wife, std::string wife_name = "Lê Thị Lan")
{
    return {
        {"husband",
         {{"full_name", "Trần Văn Bình"}, {"born_on", "1990-05-01"}, {"identity_number", husband}}},
        {"wife", {{"full_name", wife_name}, {"born_on", "1995-01-01"}, {"identity_number", wife}}}};
}

TEST_DATABASES("who is married by his number cannot marry, and can after the divorce")
{
    Office office(databases);
    CHECK(office.both_unmarried_now(couple(binh, lan)));
    office.marry(binh, giang, "2015-02-01");
    const auto problem = office.both_unmarried_now(couple(binh, lan)).problem();
    CHECK(problem.code == "civil_status.married_already");
    CHECK(problem.field == "/husband/identity_number");
    CHECK(
        office.both_unmarried_now(couple("051090000009", giang)).problem().field == "/wife/identity_number"
    );
    office.marry(binh, giang, "2016-01-01", office.divorces.get());
    const auto now = office.both_unmarried_now(couple(binh, lan));
    REQUIRE(now);
    CHECK(now.value().warnings.empty());
}

TEST_DATABASES("nobody marries the dead, and who is left may marry again")
{
    Office office(databases);
    office.marry(binh, giang, "2015-02-01");
    office.die("Trần Văn Bình", binh, "2016-06-01");
    CHECK(office.both_unmarried_now(couple(binh, lan)).problem().code == "civil_status.person_is_dead");
    CHECK(office.both_unmarried_now(couple("051090000009", giang, "Nguyễn Trà Giang")));
    const auto facts =
        office.marital_now({{"requester", {{"full_name", "Nguyễn Trà Giang"}, {"identity_number", giang}}}});
    CHECK(facts.facts.at("marital_state").as_string() == "widowed");
    CHECK(facts.facts.at("marital_spouse").as_string() == "Trần Văn Bình");
    CHECK(facts.facts.at("marital_since").as_string() == "2016-06-01");
}

TEST_DATABASES("who is only described like a married or dead person is warned of, never refused")
{
    Office office(databases);
    office.marry(binh, giang, "2015-02-01");
    const auto alike = office.both_unmarried_now(couple("", lan));
    REQUIRE(alike);
    REQUIRE(alike.value().warnings.size() == 1);
    CHECK(alike.value().warnings.front().code == "civil_status.possibly_married");
    CHECK(alike.value().warnings.front().field == "/husband/full_name");
    office.die("Tran Van Binh", "", "2016-06-01");
    const auto dead = office.both_unmarried_now(couple("", lan));
    REQUIRE(dead);
    std::vector<std::string> codes;
    for (const auto& one : dead.value().warnings) codes.push_back(one.code);
    CHECK(std::find(codes.begin(), codes.end(), "civil_status.possibly_dead") != codes.end());
}

TEST_DATABASES("the marital state of one whom no entry surely names is unknown, with what may be his")
{
    Office office(databases);
    CHECK(
        office.marital_now({{"person", {{"full_name", "Trần Văn Bình"}, {"identity_number", binh}}}})
            .facts.at("marital_state")
            .as_string() == "unknown"
    );
    const auto entry = office.marry(binh, giang, "2015-02-01");
    const auto surely =
        office.marital_now({{"person", {{"full_name", "Trần Văn Bình"}, {"identity_number", binh}}}});
    CHECK(surely.facts.at("marital_state").as_string() == "married");
    CHECK(surely.facts.at("marital_entries").as_string() == "1/2016");
    const auto perhaps =
        office.marital_now({{"person", {{"full_name", "Tran Van Binh"}, {"born_on", "1990-05-01"}}}});
    CHECK(perhaps.facts.at("marital_state").as_string() == "unknown");
    REQUIRE(perhaps.warnings.size() == 1);
    CHECK(perhaps.warnings.front().code == "civil_status.marital_possibly");
    const auto series = registers::series_of(*office.database, office.ids, "marriages", {10}, 2016);
    const auto done = office.database->write({registers::lock_of(series)}, [&](storage::Writer& db) {
        return registers::add_note(
            db,
            office.act(),
            office.keys,
            *office.marriages,
            {.entry = entry,
             .kind = "divorce",
             .decision = "Bản án 1/2016",
             .content = "Ly hôn",
             .fields = {}}
        );
    });
    REQUIRE(done);
    const auto noted =
        office.marital_now({{"person", {{"full_name", "Trần Văn Bình"}, {"identity_number", binh}}}});
    CHECK(noted.facts.at("marital_state").as_string() == "divorced");
}

TEST_DATABASES(
    "one line holds birth, marriage, children and death; a link adds to it, and parents are on their "
    "children's"
)
{
    Office office(databases);
    json::object birth{
        {"child_full_name", "Nguyễn Trà Giang"},
        {"child_born_on", "1992-03-12"},
        {"child_sex", "female"},
        {"mother_full_name", "Phạm Thị Vy"},
        {"mother_birth_year", 1970},
        {"registered_on", "2016-07-01"},
        {"registration_kind", "late"},
        {"declarant_signed", "at_desk"}};
    for (const auto* text :
         {"child_ethnicity",
          "child_nationality",
          "child_birthplace",
          "child_hometown",
          "mother_ethnicity",
          "mother_nationality",
          "mother_residence",
          "declarant_full_name",
          "declarant_relation",
          "declarant_identity",
          "officer"})
        birth[text] = "x";
    const PersonRef born{office.enter(*office.births, birth), "child"};
    const PersonRef wed{office.marry(binh, giang, "2015-02-01"), "wife"};
    birth["child_full_name"] = "Trần Bảo An";
    birth["child_born_on"] = "2016-02-01";
    birth["mother_full_name"] = "Nguyễn Trà Giang";
    birth["mother_birth_year"] = 1992;
    birth["mother_identity_number"] = giang;
    const PersonRef mother{office.enter(*office.births, birth), "mother"};
    const auto kinds = [](const std::vector<LifeEvent>& line) {
        std::string out;
        for (const auto& event : line) out += event.kind + " ";
        return out;
    };
    CHECK(kinds(office.line(wed)) == "marriage child_born ");
    CHECK(kinds(office.line(mother)) == "marriage child_born ");
    CHECK(kinds(office.line(born)) == "birth ");
    CHECK(office.line(mother)[1].with == "Trần Bảo An");
    // Alike is not the same until somebody says so.
    const auto alike = office.database->read([&](storage::Reader& db) {
        return registers::persons_like(db, office.all.list(), *office.all.matching(), born, 10);
    });
    CHECK(std::any_of(alike.begin(), alike.end(), [&](const registers::PersonMatch& m) {
        return m.person == wed;
    }));
    const auto link = office.database->write({}, [&](storage::Writer& db) {
        return registers::link_persons(db, office.act(), office.all.list(), born, wed, "Đối chiếu căn cước");
    });
    REQUIRE(link);
    CHECK(kinds(office.line(born)) == "birth marriage child_born ");
    CHECK(kinds(office.line(mother)) == "birth marriage child_born ");
    CHECK(contradictions(office.line(born)).empty());
    office.die("Nguyễn Trà Giang", giang, "2016-01-15");
    const auto found = contradictions(office.line(born));
    REQUIRE(found.size() >= 1);
    CHECK(std::any_of(found.begin(), found.end(), [](const Contradiction& c) {
        return c.code == "after_death";
    }));
    CHECK(std::any_of(found.begin(), found.end(), [](const Contradiction& c) {
        return c.code == "sex_differs";
    }));
}

}  // namespace
}  // namespace thien_an::civil_status

#include "systems/civil_status/dci_search.h"

#include <doctest/doctest.h>

#include "engine/casework/case_world.h"
#include "engine/identity/audit.h"
#include "engine/storage/test_databases.h"

#include "systems/civil_status/births_for_tests.h"
#include "systems/civil_status/case_setup_for_tests.h"

namespace thien_an::civil_status {
namespace {

constexpr const char* cases = THIENAN_SOURCE_DIR "/systems/civil_status/procedures/birth_registration/cases";

json::value message(std::string_view event, std::string_view type, std::string_view value)
{
    return json::object{
        {"transaction_id", "t-1"},
        {"search_request",
         json::array{json::object{
             {"reference_id", "r-1"},
             {"search_criteria",
              json::object{
                  {"reg_event_type", event},
                  {"query_type", "idtype-value"},
                  {"query", json::object{{"type", type}, {"value", value}}}}}}}}};
}

}  // namespace

TEST_DATABASES(
    "a birth is found by number of the person or of the entry, by whoever may read it, masked and audited"
)
{
    PopulationSimulator population;
    const auto setup = birth_setup(databases, databases.folder(), population);
    casework::CaseTemplate from(setup);
    casework::CaseWorld world(from, cases);
    const auto file =
        casework::read_case("# search\ngiven now is 2022-03-02T08:00\nwhen now is 2022-03-02T08:01\n")
            .value();
    world.given(file.statements[0]);
    REQUIRE_FALSE(world.when(file.statements[1]));
    auto& office = world.office();
    const auto officer = world.actor("justice_civil_status_officer");
    const identity::Act act{officer, office.clock.now(), office.ids};
    const auto reg = office.packs.reg("births");
    const auto series = registers::series_of(office.database, office.ids, "births", officer.agency, 2022);
    const auto entered = office.database.write({registers::lock_of(series)}, [&](storage::Writer& db) {
        return registers::enter(
            db,
            act,
            office.keys,
            *reg,
            {.series = series,
             .registered_on = act.today(),
             .fields = birth_fields({.personal_number = "051316000777"}, act.today())}
        );
    });
    REQUIRE(entered);
    const auto asked = [&](const identity::Actor& who, const json::value& sent) {
        const auto answer = dci_search(office, {who, office.clock.now(), office.ids}, sent);
        return json::value(answer.value().at("search_response").as_array().at(0));
    };
    for (const auto& [type, value] : {std::pair("UIN", "051316000777"), std::pair("BRN", "1/2022")}) {
        CAPTURE(type);
        const auto answer = asked(officer, message("birth", type, value));
        CHECK(json::string_or(answer, "status") == "succ");
        const auto& records = json::find(answer, "/data/reg_records")->as_array();
        REQUIRE(records.size() == 1);
        CHECK(json::string_or(records[0], "registration_number") == "01/2022");
        CHECK(json::string_or(records[0], "child_full_name") == "Nguyễn Trà Giang");
        CHECK(json::string_or(records[0], "personal_number") != "051316000777");
    }
    const auto read = office.database.read([&](storage::Reader& db) {
        return identity::audit_of(db, "register_entry", entered.value().id.value, 10);
    });
    CHECK(std::count_if(read.begin(), read.end(), [](const auto& row) {
              return row.what == "register.read";
          }) == 2);

    const auto stranger = world.actor("mother");
    CHECK(json::find(asked(stranger, message("birth", "UIN", "051316000777")), "/data/reg_records")
              ->as_array()
              .empty());
    const auto why = [&](const json::value& sent) {
        return json::string_or(asked(officer, sent), "status_reason_code");
    };
    CHECK(why(message("wedding", "UIN", "1")) == "rjct.reg_event_type.not_supported");
    CHECK(why(message("birth", "NAME", "Giang")) == "rjct.search_criteria.invalid");
    CHECK(why(message("birth", "BRN", "Giang")) == "rjct.search_criteria.invalid");
    CHECK(why(message("birth", "UIN", "")) == "rjct.search_criteria.invalid");
    CHECK(dci_search(office, act, json::object{}).problem().field == "/message/transaction_id");
    CHECK(
        dci_search(office, act, json::object{{"transaction_id", "1"}, {"search_request", json::array{}}})
            .problem()
            .field == "/message/search_request"
    );
}

}  // namespace thien_an::civil_status

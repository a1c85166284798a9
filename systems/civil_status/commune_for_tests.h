#pragma once

#include <doctest/doctest.h>

#include "engine/casework/case_world.h"
#include "engine/storage/test_databases.h"

#include "systems/civil_status/case_setup_for_tests.h"

/// For the tests of this folder: one commune of the province with its officers, moved by the sentences of examples.
namespace thien_an::civil_status {

constexpr const char* birth_cases =
    THIENAN_SOURCE_DIR "/systems/civil_status/procedures/birth_registration/cases";

struct Commune {
    explicit Commune(storage::TestDatabases& databases, const char* cases = birth_cases)
        : setup(birth_setup(databases, databases.folder(), population)), from(setup), world(from, cases)
    {
    }
    void walk(std::string_view statements)
    {
        const auto file = casework::read_case("# a run\n" + std::string(statements)).value();
        for (const auto& statement : file.statements) {
            if (statement.kind == casework::CaseStatement::Kind::given) {
                world.given(statement);
                continue;
            }
            if (statement.kind == casework::CaseStatement::Kind::then) {
                CHECK(world.check(statement, std::nullopt) == "");
                continue;
            }
            const auto refused = world.when(statement);
            INFO("line ", statement.line, ": ", refused ? refused->code : "");
            REQUIRE_FALSE(refused);
        }
    }
    casework::Office& office() { return world.office(); }
    template <typename Ask>
    auto read(Ask ask)
    {
        return office().database.read(ask);
    }
    casework::Dossier dossier()
    {
        return read([&](storage::Reader& db) { return casework::find_dossier(db, world.dossier_id()); }
        ).value();
    }
    identity::Act act() { return {world.actor("chairman"), office().clock.now(), office().ids}; }
    std::vector<workflow::Task> tasks()
    {
        return read([&](storage::Reader& db) {
            return workflow::open_tasks(db, workflow::InstanceId{dossier().instance});
        });
    }
    Result<casework::Completed> complete(const char* outcome)
    {
        return casework::complete_task(
            office(), world.actor("one_stop_officer"), tasks().front().id, {.outcome = outcome}
        );
    }
    /// The procedure with `before` replaced in its process, in force.
    void publish(const std::vector<std::pair<std::string, std::string>>& replaced)
    {
        auto files = office().packs.procedure("birth_registration")->files();
        for (const auto& [before, after] : replaced) {
            auto& text = files["process.bpmn"];
            REQUIRE(text.find(before) != std::string::npos);
            for (auto at = text.find(before); at != std::string::npos;
                 at = text.find(before, at + after.size()))
                text.replace(at, before.size(), after);
        }
        std::vector<casework::PackFault> faults;
        const auto published = office().packs.publish("procedure", files, act(), faults);
        for (const auto& fault : faults)
            MESSAGE(fault.file << ":" << fault.line << " " << fault.problem.code);
        REQUIRE(published);
    }

    PopulationSimulator population;
    casework::CaseSetup setup;
    casework::CaseTemplate from;
    casework::CaseWorld world;
};

constexpr std::string_view filed = "given now is 2016-03-22T08:00\nwhen mother files\n";
inline const std::string received = std::string(filed) + "when one_stop_officer receives\n";

}  // namespace thien_an::civil_status

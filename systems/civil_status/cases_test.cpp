#include <doctest/doctest.h>

#include "engine/casework/case_runner.h"
#include "engine/casework/work.h"
#include "engine/crypto/key_ring.h"
#include "engine/documents/schema.h"
#include "engine/identity/schema.h"
#include "engine/storage/test_databases.h"

#include "systems/civil_status/birth_rules.h"
#include "systems/civil_status/population.h"

namespace thien_an::workflow {
std::span<const storage::Migration> migrations();
}
namespace thien_an::registers {
std::span<const storage::Migration> migrations();
}
namespace thien_an::casework {
std::span<const storage::Migration> migrations();
}

namespace thien_an::civil_status {
namespace {

std::vector<storage::Migration> all_migrations()
{
    std::vector<storage::Migration> all;
    for (const auto part :
         {identity::migrations(),
          documents::migrations(),
          workflow::migrations(),
          registers::migrations(),
          casework::migrations()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

TEST_CASE("every worked example of births holds")
{
    storage::TestDatabases databases(storage::Engine::sqlite);
    PopulationSimulator population;
    casework::CaseSetup setup;
    setup.root = THIENAN_SOURCE_DIR;
    setup.scratch = databases.folder();
    setup.migrations = all_migrations();
    setup.add_rules = add_birth_rules;
    setup.add_actions = add_population_action;
    setup.add_handlers = [&](casework::Office& office, storage::OutboxHandlers& handlers) {
        handlers.emplace(personal_number_kind, population_handler(office, population));
    };
    setup.services["population"] = {personal_number_kind, [&](const std::optional<std::string>& answer) {
                                        if (answer)
                                            population.answer_next(*answer);
                                        else
                                            population.fail_next(storage::Sent::Outcome::refused);
                                    }};
    const auto files = casework::case_files({THIENAN_SOURCE_DIR "/systems/civil_status/procedures"});
    const auto results = casework::run_cases(setup, files);
    int passed = 0;
    for (const auto& result : results) {
        passed += int(result.passed);
        INFO(result.file.filename().string(), ":", result.line, ": ", result.why);
        CHECK(result.passed);
    }
    MESSAGE(passed << " passed, " << int(results.size()) - passed << " failed");
    CHECK(results.size() > 40);
}

}  // namespace
}  // namespace thien_an::civil_status

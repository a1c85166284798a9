#pragma once

#include <filesystem>
#include <memory>

#include "engine/casework/case_databases_for_tests.h"
#include "engine/casework/work.h"
#include "engine/documents/schema.h"
#include "engine/identity/schema.h"
#include "engine/storage/test_databases.h"

#include "systems/civil_status/linked_parts.h"
#include "systems/civil_status/parts.h"
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
namespace thien_an::offline {
std::span<const storage::Migration> migrations();
}

namespace thien_an::civil_status {
std::span<const storage::Migration> migrations();
}

/// For the tests of this folder: birth registration with everything it needs, on the database under test.
namespace thien_an::civil_status {

inline std::vector<storage::Migration> case_migrations()
{
    std::vector<storage::Migration> all;
    for (const auto part :
         {identity::migrations(),
          documents::migrations(),
          workflow::migrations(),
          registers::migrations(),
          casework::migrations(),
          civil_status::migrations(),
          offline::migrations()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

/// `databases` and `population` outlive the setup; `scratch` is an empty folder.
inline casework::CaseSetup birth_setup(
    storage::TestDatabases& databases, const std::filesystem::path& scratch, PopulationSimulator& population
)
{
    const auto linked = std::make_shared<LinkedSimulator>();  // Shared by the handlers, which are made anew.
    casework::CaseSetup setup;
    setup.root = THIENAN_SOURCE_DIR;
    setup.scratch = scratch;
    setup.migrations = case_migrations();
    setup.add_rules = add_rules;
    setup.add_actions = add_actions;
    setup.add_handlers = [&population, linked](casework::Office& office, storage::OutboxHandlers& handlers) {
        handlers.emplace(personal_number_kind, population_handler(office, population));
        handlers.emplace(linked_part_kind, linked_handler(office, *linked));
    };
    setup.services["population"] = {personal_number_kind, [&](const std::optional<std::string>& answer) {
                                        if (answer)
                                            population.answer_next(*answer);
                                        else
                                            population.fail_next(storage::Sent::Outcome::refused);
                                    }};
    for (const std::string name : {"residence", "health_card"})
        setup.services[name] = {linked_part_kind, [linked, name](const std::optional<std::string>& answer) {
                                    answer_example(*linked, name, answer);
                                }};
    casework::run_examples_on(databases.engine(), setup);
    return setup;
}

}  // namespace thien_an::civil_status

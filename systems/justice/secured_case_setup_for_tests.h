#pragma once

#include <filesystem>
#include <memory>

#include "engine/casework/case_runner.h"
#include "engine/documents/schema.h"
#include "engine/identity/schema.h"
#include "engine/storage/postgres_database.h"
#include "engine/storage/test_databases.h"

#include "systems/justice/secured_case_services.h"
#include "systems/justice/secured_filing.h"
#include "systems/justice/secured_for_tests.h"
#include "systems/justice/secured_form.h"

namespace thien_an::workflow {
std::span<const storage::Migration> migrations();
}
namespace thien_an::registers {
std::span<const storage::Migration> migrations();
}
namespace thien_an::casework {
std::span<const storage::Migration> migrations();
}

/// For the worked examples of security over movables.
namespace thien_an::justice {

inline std::vector<storage::Migration> secured_case_migrations()
{
    std::vector<storage::Migration> all;
    for (const auto part :
         {identity::migrations(),
          documents::migrations(),
          workflow::migrations(),
          registers::migrations(),
          casework::migrations(),
          migrations()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

/// `databases` and `reg` outlive the setup; `scratch` is an empty folder.
inline casework::CaseSetup secured_setup(
    storage::TestDatabases& databases, const std::filesystem::path& scratch, CaseRegister& reg
)
{
    casework::CaseSetup setup;
    setup.root = THIENAN_SOURCE_DIR;
    setup.scratch = scratch;
    setup.migrations = secured_case_migrations();
    setup.add_rules = add_secured_rules;
    setup.add_actions = add_secured_actions;
    add_secured_services(setup, reg);
    if (databases.engine() == storage::Engine::postgres)
        setup.open_copy = [&databases](const std::filesystem::path& prepared) {
            const auto all = secured_case_migrations();
            storage::Settings settings;
            settings.address = databases.address();
            if (!storage::restore_into_postgres(prepared.string(), settings, all, std::nullopt))
                throw std::runtime_error("the prepared rows do not go into PostgreSQL");
            return storage::Database::open(settings, all);
        };
    return setup;
}

}  // namespace thien_an::justice

#pragma once

#include <filesystem>
#include <memory>

#include "engine/casework/case_databases_for_tests.h"
#include "engine/casework/work.h"
#include "engine/documents/schema.h"
#include "engine/identity/schema.h"
#include "engine/storage/test_databases.h"

#include "systems/justice/case_services.h"
#include "systems/justice/outside.h"
#include "systems/justice/parts.h"

namespace thien_an::workflow {
std::span<const storage::Migration> migrations();
}
namespace thien_an::registers {
std::span<const storage::Migration> migrations();
}
namespace thien_an::casework {
std::span<const storage::Migration> migrations();
}

/// For the tests of this folder: its procedures with everything they need, on the database under test.
namespace thien_an::justice {

std::span<const storage::Migration> migrations();

inline std::vector<storage::Migration> case_migrations()
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

/// `databases` and `outside` outlive the setup; `scratch` is an empty folder.
inline casework::CaseSetup justice_setup(
    storage::TestDatabases& databases, const std::filesystem::path& scratch, CorrespondentSimulator& outside
)
{
    casework::CaseSetup setup;
    setup.root = THIENAN_SOURCE_DIR;
    setup.scratch = scratch;
    setup.migrations = case_migrations();
    setup.add_rules = add_rules;
    setup.add_actions = add_actions;
    setup.add_handlers = [&](casework::Office& office, storage::OutboxHandlers& handlers) {
        add_handlers(office, outside, handlers);
    };
    add_services(setup, outside);
    casework::run_examples_on(databases.engine(), setup);
    return setup;
}

}  // namespace thien_an::justice

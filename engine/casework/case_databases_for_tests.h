#pragma once

#include <memory>
#include <optional>

#include "engine/casework/case_runner.h"
#include "engine/storage/fresh_databases.h"
#include "engine/storage/postgres_database.h"

/// Where the worked examples of a test run: on SQLite each has a file of its own, on PostgreSQL a copy of one database.
namespace thien_an::casework {

/// What all examples of a test program start from: read once, and on PostgreSQL filled once.
struct SharedExamples {
    storage::TestDatabases files{storage::Engine::sqlite};
    std::shared_ptr<CaseSetup::Prepared> prepared =
        std::make_shared<CaseSetup::Prepared>(CaseSetup::Prepared{.folder = files.folder(), .refused = {}});
    std::optional<storage::TestDatabases> postgres;
};
inline SharedExamples& shared_examples()
{
    static SharedExamples it;
    return it;
}

/// The setup's migrations, rules and actions are those of every setup of this program.
inline void run_examples_on(storage::Engine engine, CaseSetup& setup)
{
    auto& shared = shared_examples();
    setup.prepared = shared.prepared;
    if (engine != storage::Engine::postgres) return;
    if (!shared.postgres) shared.postgres.emplace(engine);
    setup.open_copy = [&shared, all = setup.migrations](const std::filesystem::path& prepared) {
        storage::Settings settings;
        settings.address = shared.postgres->copy_of_filled([&](const std::string& address) {
            storage::Settings empty;
            empty.address = address;
            if (!storage::restore_into_postgres(prepared.string(), empty, all, std::nullopt))
                throw std::runtime_error("the prepared rows do not go into PostgreSQL");
        });
        return storage::Database::open(settings, all);
    };
}

}  // namespace thien_an::casework

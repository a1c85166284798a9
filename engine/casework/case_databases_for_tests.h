#pragma once

#include "engine/casework/case_runner.h"
#include "engine/storage/fresh_databases.h"
#include "engine/storage/postgres_database.h"

/// Where the worked examples of a test run: on SQLite each has a file of its own, on PostgreSQL a copy of one database.
namespace thien_an::casework {

/// `databases` outlives the setup, whose migrations are set.
inline void run_examples_on(storage::TestDatabases& databases, CaseSetup& setup)
{
    if (databases.engine() != storage::Engine::postgres) return;
    setup.open_copy = [&databases, all = setup.migrations](const std::filesystem::path& prepared) {
        storage::Settings settings;
        settings.address = databases.copy_of_filled([&](const std::string& address) {
            storage::Settings empty;
            empty.address = address;
            if (!storage::restore_into_postgres(prepared.string(), empty, all, std::nullopt))
                throw std::runtime_error("the prepared rows do not go into PostgreSQL");
        });
        return storage::Database::open(settings, all);
    };
}

}  // namespace thien_an::casework

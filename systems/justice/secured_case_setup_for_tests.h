#pragma once

#include <filesystem>
#include <memory>

#include "engine/casework/case_runner.h"
#include "engine/documents/schema.h"
#include "engine/identity/schema.h"
#include "engine/storage/postgres_database.h"
#include "engine/storage/test_databases.h"

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

/// For the worked examples of security over movables: the procedures with a national register behind them
/// that already holds registration 0000000001 (secured_for_tests.h), filed on 4 January 2016.
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

/// The register of the example that runs.
struct CaseRegister {
    std::unique_ptr<SecuredSimulator> simulator;

    void open(casework::Office& office)
    {
        simulator = std::make_unique<SecuredSimulator>(office.database, office.keys, office.clock);
        const auto filed = office.database.write({lock_of_secured_register()}, [&](storage::Writer& db) {
            return file_notice(db, office.keys, a_registration("before"), moment("2016-01-04T08:00:00"));
        });
        if (!filed) throw std::runtime_error("the registration of before: " + filed.problem().code);
    }
    void answer_next(const std::optional<std::string>& answer)
    {
        using Failure = SecuredSimulator::Failure;
        if (!answer) return simulator->fail_next(Failure::line_down);
        if (*answer == "answer lost") simulator->fail_next(Failure::answer_lost);
        if (*answer == "request lost") simulator->fail_next(Failure::request_lost);
    }
};

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
    setup.add_handlers = [&](casework::Office& office, storage::OutboxHandlers& handlers) {
        reg.open(office);
        handlers.emplace(secured_request_kind, secured_handler(office, *reg.simulator));
    };
    setup.services["register"] = {
        secured_request_kind, [&](const std::optional<std::string>& answer) { reg.answer_next(answer); }};
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

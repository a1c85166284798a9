#include <doctest/doctest.h>

#include "systems/civil_status/case_setup_for_tests.h"

namespace thien_an::civil_status {
namespace {

TEST_DATABASES("every worked example of civil status holds")
{
    PopulationSimulator population;
    const auto setup = birth_setup(databases, databases.folder(), population);
    auto files = casework::case_files({THIENAN_SOURCE_DIR "/systems/civil_status/procedures"});
    const auto all = files.size();
    if (databases.engine() == storage::Engine::postgres) files = casework::every_fourth(std::move(files));
    if (files.size() < all)
        MESSAGE(
            "every fourth example, " << files.size() << " of " << all << "; THIENAN_ALL_CASES=1 runs them all"
        );
    const auto results = casework::run_cases(setup, files);
    int passed = 0;
    for (const auto& result : results) {
        passed += int(result.passed);
        INFO(result.file.filename().string(), ":", result.line, ": ", result.why);
        CHECK(result.passed);
    }
    MESSAGE(passed << " passed, " << int(results.size()) - passed << " failed");
    CHECK(all > 200);
}

}  // namespace
}  // namespace thien_an::civil_status

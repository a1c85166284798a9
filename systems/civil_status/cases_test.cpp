#include <doctest/doctest.h>

#include "systems/civil_status/case_setup_for_tests.h"

namespace thien_an::civil_status {
namespace {

TEST_DATABASES("every worked example of civil status holds")
{
    PopulationSimulator population;
    const auto setup = birth_setup(databases, databases.folder(), population);
    const auto files = casework::case_files({THIENAN_SOURCE_DIR "/systems/civil_status/procedures"});
    const auto results = casework::run_cases(setup, files);
    int passed = 0;
    for (const auto& result : results) {
        passed += int(result.passed);
        INFO(result.file.filename().string(), ":", result.line, ": ", result.why);
        CHECK(result.passed);
    }
    MESSAGE(passed << " passed, " << int(results.size()) - passed << " failed");
    CHECK(results.size() > 200);
}

}  // namespace
}  // namespace thien_an::civil_status

#include <doctest/doctest.h>

#include "systems/justice/case_setup_for_tests.h"
#include "systems/justice/secured_case_services.h"

namespace thien_an::justice {
namespace {

TEST_DATABASES("every worked example of justice holds")
{
    CorrespondentSimulator outside;
    CaseRegister secured;
    auto setup = justice_setup(databases, databases.folder(), outside);
    add_secured_services(setup, secured);
    const auto files = casework::case_files({THIENAN_SOURCE_DIR "/systems/justice/procedures"});
    const auto results = casework::run_cases(setup, files);
    int passed = 0;
    for (const auto& result : results) {
        passed += int(result.passed);
        INFO(result.file.string(), ":", result.line, ": ", result.why);
        CHECK(result.passed);
    }
    MESSAGE(passed << " passed, " << int(results.size()) - passed << " failed");
    CHECK(results.size() > 40);
}

}  // namespace
}  // namespace thien_an::justice

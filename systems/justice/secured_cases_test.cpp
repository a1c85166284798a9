#include <doctest/doctest.h>

#include "systems/justice/secured_case_setup_for_tests.h"

namespace thien_an::justice {
namespace {

TEST_DATABASES("every worked example of security over movables holds")
{
    CaseRegister reg;
    const auto setup = secured_setup(databases, databases.folder(), reg);
    std::vector<std::filesystem::path> folders;
    for (const auto* name :
         {"movables_registration",
          "movables_change",
          "movables_enforcement",
          "movables_deregistration",
          "movables_information"})
        folders.push_back(std::filesystem::path(THIENAN_SOURCE_DIR) / "systems/justice/procedures" / name);
    const auto results = casework::run_cases(setup, casework::case_files(folders));
    int passed = 0;
    for (const auto& result : results) {
        passed += int(result.passed);
        INFO(
            result.file.parent_path().parent_path().filename().string(),
            "/",
            result.file.filename().string(),
            ":",
            result.line,
            ": ",
            result.why
        );
        CHECK(result.passed);
    }
    MESSAGE(passed << " passed, " << int(results.size()) - passed << " failed");
    CHECK(results.size() >= 25);
}

}  // namespace
}  // namespace thien_an::justice

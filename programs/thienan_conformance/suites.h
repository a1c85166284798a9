#pragma once

#include <filesystem>

/// Public suites run on the engine; each prints a line a case and a last line "N passed, N failed".
namespace thien_an::conformance {

/// The DMN TCK's TestCases folder. Lines are the suite's own CSV: folder, test, case, SUCCESS or ERROR, remark.
/// Gives the number of failures.
int run_dmn(const std::filesystem::path& folder);
/// BPMN files that must be refused, but for those in folders called REF, which must load.
int run_bpmn_refuse(const std::filesystem::path& folder);

}  // namespace thien_an::conformance

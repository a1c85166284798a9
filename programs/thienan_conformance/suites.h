#pragma once

#include <filesystem>

/// Public suites run on the engine; each prints a line a case and a last line "N passed, N failed".
namespace thien_an::conformance {

/// The DMN TCK's TestCases folder. Lines are the suite's own CSV: folder, test, case, SUCCESS or ERROR, remark.
/// Gives the number of failures.
int run_dmn(const std::filesystem::path& folder);
/// The betsy suite's list of cases: models with inputs and the traces they must give. Lines: test, case, SUCCESS, ERROR or REFUSED,
/// remark; then how many models were right, refused and wrong. Gives the number of cases not right.
int run_bpmn(const std::filesystem::path& cases);
/// BPMN files that must be refused, but for those in folders called REF, which must load.
int run_bpmn_refuse(const std::filesystem::path& folder);

/// BPMN files that must be read, written and say the same when they are read again, with diagram and foreign extensions.
int run_bpmn_roundtrip(const std::filesystem::path& folder);

}  // namespace thien_an::conformance

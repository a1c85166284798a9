#pragma once

#include <string_view>
#include <vector>

#include "engine/workflow/model.h"

/// What the load proves beside soundness: that a choice has a way out, and that the steps fit the limit of the law.
namespace thien_an::workflow {

/// Exclusive and inclusive gateways without a default whose conditions leave a case open: a warning
/// "bpmn.missing_case" (words element, case) with one such case. Conditions are tried with every constant they compare
/// with, what lies between, and the outcomes of the steps before; those that ask more than comparisons are passed over.
std::vector<Finding> missing_cases(const Model& model, std::string_view file);

/// The longest way through the steps while the clock of `limit` runs, in working minutes, with the nodes on it. Every
/// node counts once; what is suspended does not count, and a restart begins anew.
struct LongestPath {
    std::int64_t minutes = 0;
    std::int64_t allowed = 0;  ///< The limit, with what is extended on the way.
    std::vector<int> nodes;    ///< Up to the last step that counts.
    bool whole = true;         ///< False: there are too many paths to walk them all.
};
LongestPath longest_path(const Model& model, const StepLimit& limit);

/// "bpmn.steps_exceed_limit" (words law, limit, hours, allowed) for each limit that the steps may exceed; a warning
/// "bpmn.limit_unknown" where there are too many paths to say.
std::vector<Finding> exceeded_limits(
    const Model& model, const std::vector<StepLimit>& limits, std::string_view file
);

/// Working minutes of a budget, the day having `day_minutes`. Calendar days count the fewest working days they can hold
/// without holidays.
std::int64_t working_minutes(const Budget& budget, std::int64_t day_minutes);

}  // namespace thien_an::workflow

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/dong.h"
#include "engine/casework/dossier.h"
#include "engine/casework/filing.h"
#include "engine/casework/work.h"

/// Why a fee is what it is, rule by rule, in words: from what was kept when it was decided, not computed again.
namespace thien_an::casework {

/// Keeps how the fee came about; what was asked may be personal, so it is sealed.
void remember_fee(Work& work, const FeeAnswer& fee, Instant now);

struct ExplainedInput {
    std::string label;  ///< Heading of the column: "Thời hạn đăng ký".
    Words value;
};

struct ExplainedRule {
    std::string description;
    bool matched = false;
    std::vector<Words> cells;  ///< One a column; "-" where any value will do.
};

struct FeeExplanation {
    Dong amount;
    Words reason;
    Instant at;
    std::string law;  ///< What the table says it follows.
    std::vector<ExplainedInput> inputs;
    std::vector<std::string> columns;  ///< Headings: inputs, then outputs.
    std::vector<ExplainedRule> rules;  ///< All, in the order of the table.
};

/// Nothing when no table decided it, or it was decided before such things were kept. The caller has checked the right to
/// see the dossier.
std::optional<FeeExplanation> explain_fee(Office& office, storage::Reader& db, const Dossier& dossier);

}  // namespace thien_an::casework

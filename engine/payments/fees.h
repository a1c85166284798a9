#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/dong.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

namespace thien_an::workflow {
class Decisions;
}

/// Fees: computed by a decision table, never in code, and explained by the rules that matched.
namespace thien_an::payments {

struct Fee {
    Dong amount;
    std::string reason;              ///< Of the table: "late", "exempt".
    json::value inputs;              ///< What the table was asked with.
    std::vector<std::string> rules;  ///< Ids of the rules that matched.
    json::value output;
};

/// `inputs` are the names the decision needs. Problems of the table; "payments.no_fee" when it gives no amount.
Result<Fee> compute_fee(
    const workflow::Decisions& decisions, std::string_view decision, const json::object& inputs, Instant now
);

}  // namespace thien_an::payments

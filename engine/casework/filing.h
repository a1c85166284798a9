#pragma once

#include "engine/casework/casework.h"
#include "engine/casework/held_results.h"
#include "engine/casework/packs.h"
#include "engine/casework/work.h"

/// What filing and reviewing have in common: everything decided before anything is written.
namespace thien_an::casework {

struct PreparedFiling {
    std::shared_ptr<const Procedure> procedure;  // Shared with other threads.
    PackId pack;
    identity::Agency decides;
    identity::Agency receives;
    json::value form;  ///< Tidied.
    json::object facts;
    std::vector<Warning> warnings;
    std::vector<HeldResult> held;  ///< Taken in place of papers that were not given.
    Dong fee;
    std::string fee_reason;
    FilingFaults faults;
};

/// The agency with this code, key, or unit of that day. Problem "identity.no_such_agency".
Result<identity::Agency> agency_named(storage::Reader& db, std::string_view code, Day day);

/// Problems that leave nothing to check: "casework.no_such_procedure", "casework.not_filed_here",
/// "casework.filing_closed", "identity.no_such_agency". All others are in `faults`.
Result<PreparedFiling> prepare_filing(Office& office, storage::Reader& db, const Filing& filing, Instant now);

FormContext form_context(
    const Office& office, const Procedure& procedure, Day day, std::string_view channel = {}
);

/// The rules of procedure.json with `when`, in their order: facts and warnings together, Problems in `problems`.
struct RulesAnswer {
    json::object facts;
    std::vector<Warning> warnings;
    std::vector<Problem> problems;
};
RulesAnswer ask_rules(
    const Office& office, const Procedure& procedure, std::string_view when, const RuleInput& input
);

struct FeeAnswer {
    Dong amount;
    std::string reason;
    json::value inputs;
    std::vector<std::string> rules;
    json::value output;
};
/// The fee table of the folder, asked with the facts; nothing when there is none. Problem of the table otherwise.
Result<std::optional<FeeAnswer>> ask_fee(
    const Office& office,
    const Procedure& procedure,
    const json::value& form,
    const json::object& facts,
    Instant now
);

}  // namespace thien_an::casework

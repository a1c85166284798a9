#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/casework/rules.h"
#include "engine/registers/person_index.h"

/// A child that may be in the register already, however its name and its mother's are written there.
namespace thien_an::civil_status {

/// An entry that may be of the same child.
struct PossibleDuplicate {
    registers::EntryId entry;
    std::string printed;  ///< "15/2016"
    identity::AgencyId agency;
    std::string child_name;
    std::string born_on;
    double score = 0;  ///< From matching.possible of the register on.
    bool clear = false;
    std::vector<registers::Evidence> why;
};

/// Entries in force, of every commune, other than that of `dossier`, the likeliest first; at most ten.
std::vector<PossibleDuplicate> possible_duplicates(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    const registers::Register& births,
    const json::value& form,
    std::int64_t dossier
);

/// Rule "civil_status.possible_duplicate": warns, and refuses the entry until the officer has answered in the task's
/// form (/duplicate_answer, with its grounds). Entries of other communes are counted, not named: "98/2016, +1".
/// Problems "civil_status.duplicate_not_answered", "civil_status.already_registered". Law: law-60-2014/art-14.
Result<casework::RuleAnswer> duplicate_rule(const casework::RuleInput& input);

}  // namespace thien_an::civil_status

#pragma once

#include <optional>
#include <string>

#include "engine/casework/rules.h"
#include "engine/registers/entries.h"

/// The entry an answer is about: "số 15/2016, UBND xã Nghĩa An", whoever keeps its book today.
namespace thien_an::civil_status {

/// What a person knows of an entry from the paper in his hand.
struct OriginalAsked {
    std::string register_id;
    std::string unit;       ///< Code of the commune or district that registered, of that day or of today.
    std::string number;     ///< "15/2016"
    std::string full_name;  ///< Of one of the people in it.
};
/// Group `pointer` of the answers: register, unit, number, full_name. Nothing when it is not filled in.
std::optional<OriginalAsked> original_asked(const json::value& form, std::string_view pointer);

/// The entry, in force or struck out; nothing when no such number is kept or nobody of that name is in it. After a
/// merger it is looked for in every book the agency took over. Number and name must both be right: who guesses
/// numbers learns nothing.
std::optional<registers::Entry> find_original(const casework::RuleInput& input, const OriginalAsked& asked);

/// Rule "civil_status.original": facts original_register, original_entry (0: not kept here), original_number,
/// original_agency. A paper book is not an error: warning "civil_status.original_not_kept", unless procedure.json
/// says "original_must_be_kept": then Problem "civil_status.no_such_original". Problem
/// "civil_status.original_annulled". Law: law-60-2014/art-63, art-27.
Result<casework::RuleAnswer> original_rule(const casework::RuleInput& input);

void add_original_rules(casework::RuleBook& book);

}  // namespace thien_an::civil_status

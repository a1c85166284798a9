#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/result.h"
#include "engine/casework/rules.h"

/// Adoption inside the country: who may be adopted, by whom, and who must agree.
namespace thien_an::civil_status {

enum class Kinship { none, step_parent, aunt_or_uncle };
/// Of the answer "none", "step_parent" or "aunt_or_uncle".
std::optional<Kinship> kinship_named(std::string_view name);

struct Adoption {
    Day child_born;
    std::vector<Day> adopters_born;  ///< One, or husband and wife.
    Kinship kinship = Kinship::none;
    std::optional<Day>
        consented_on;  ///< Of the biological parents or the guardian; none when nobody can give it.
    bool child_agrees = false;
};

/// Under 16, or under 18 for a step-parent, aunt or uncle; each adopter 20 years older unless kin; the parents agree
/// when the child is at least 15 days old; from 9 years the child agrees.
/// Problems "civil_status.adoptee_too_old", "civil_status.adopter_too_young", "civil_status.consent_too_early",
/// "civil_status.consent_in_future", "civil_status.child_must_agree".
/// Law: law-52-2010/art-8, art-14, art-21.
Result<Done> adoption_allowed(const Adoption& adoption, Day asked_on);

/// Puts the rules into the book, by the names procedure.json uses.
void add_adoption_rules(casework::RuleBook& book);

}  // namespace thien_an::civil_status

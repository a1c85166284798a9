#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/day.h"
#include "engine/base/result.h"
#include "engine/casework/actions.h"
#include "engine/casework/rules.h"

/// Who may acquire, renounce and resume Vietnamese nationality, by the law of the day. Law: law-24-2008; from 2025-07-01
/// with the changes of law-79-2025.
namespace thien_an::justice {

/// What an applicant for naturalisation says of himself.
struct Naturalisation {
    Day born_on;
    bool knows_vietnamese = false;
    std::optional<Day> resident_since;
    bool has_livelihood = false;
    std::string tie;               ///< "none", "family", "grandparent", "merit", "benefit"
    bool with_parent = false;      ///< A minor who applies together with father or mother.
    bool keeps_foreign = false;    ///< Asks to keep the other nationality.
    bool keeping_allowed = false;  ///< The other state allows it and the applicant asks the President.
};
/// Problems "justice.not_of_age", "justice.vietnamese_needed", "justice.five_years_needed", "justice.livelihood_needed",
/// "justice.foreign_nationality_kept". Law: law-24-2008/art-19, law-79-2025/art-1.
Result<Done> may_naturalise(const Naturalisation& n, Day day);

struct Renunciation {
    bool owes_tax = false;
    bool prosecuted = false;
    bool serves_sentence = false;
    bool judgment_open = false;
    bool measure_open = false;  ///< Education or detoxification ordered.
    bool in_office = false;     ///< Official, public servant, or in the armed forces.
};
/// Problem "justice.renunciation_refused" (field of the ground; words ground). Law: law-24-2008/art-27.
Result<Done> may_renounce(const Renunciation& r);

struct Resumption {
    std::string
        ground;  ///< "return_home", "family", "merit", "benefit", "investment", "foreign_refused", "other"
    std::optional<Day> deprived_on;  ///< Vietnamese nationality was taken away.
};
/// Problems "justice.resumption_needs_ground" (until 2025-06-30), "justice.resumption_too_early" (within five years of
/// being deprived). Law: law-24-2008/art-23, law-79-2025/art-1.
Result<Done> may_resume(const Resumption& r, Day day);

/// Rules "justice.naturalisation", "justice.renunciation", "justice.resumption".
void add_nationality_rules(casework::RuleBook& book);
/// Action "justice.take_decision": number and day of the President's decision, from his answer.
void add_nationality_actions(casework::Actions& actions);

}  // namespace thien_an::justice

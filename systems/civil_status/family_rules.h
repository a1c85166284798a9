#pragma once

#include "engine/base/day.h"
#include "engine/base/result.h"
#include "engine/casework/rules.h"

/// Recognition of father, mother or child, and guardianship: what the law asks beside the form.
namespace thien_an::civil_status {

/// A guardian is of age; one who is given a guardian for being a minor is not. Problems
/// "civil_status.guardian_not_of_age" (/guardian/born_on), "civil_status.ward_of_age" (/ward/born_on).
/// Law: law-91-2015/art-47, art-49.
Result<Done> guardianship_possible(Day guardian_born_on, Day ward_born_on, bool ward_is_minor, Day on);

/// "civil_status.recognition": the parent is older than the child (younger than 12 then: a warning).
/// "civil_status.guardianship": who may be guardian of whom. "civil_status.guardianship_end": a ward come of age is eighteen.
void add_family_rules(casework::RuleBook& book);

}  // namespace thien_an::civil_status

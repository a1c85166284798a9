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

/// Whether a certificate may say `declared` ("never_married", "divorced", "widowed", "married") when the registers of the
/// province know `found` of the person ("single", "married", "divorced", "widowed", "unknown"): they do not know what was
/// registered elsewhere, but what they know is not contradicted. Law: nd-123-2015/art-22.
bool marital_state_agrees(std::string_view declared, std::string_view found);

/// "civil_status.recognition": the parent is older than the child (younger than 12 then: a warning), and the birth entry
/// has no other yet ("civil_status.parent_recorded").
/// "civil_status.guardianship": who may be guardian of whom.
/// "civil_status.guardianship_end": a ward come of age is eighteen.
/// "civil_status.marital_declaration": what was declared is not what the registers know: a warning, and a Problem for who
/// enters it ("civil_status.marital_state_differs", words entries).
void add_family_rules(casework::RuleBook& book);

}  // namespace thien_an::civil_status

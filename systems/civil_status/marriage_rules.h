#pragma once

#include "engine/base/day.h"
#include "engine/base/result.h"
#include "engine/casework/rules.h"

/// What the law asks of two people who marry and a table cannot say.
namespace thien_an::civil_status {

/// The man twenty, the woman eighteen full years on the day of registration. Problems "civil_status.husband_too_young"
/// (/husband/born_on), "civil_status.wife_too_young" (/wife/born_on), with the first day it may be as word `day`.
/// Law: law-52-2014/art-8.
Result<Done> old_enough_to_marry(Day husband_born_on, Day wife_born_on, Day on);

/// The last day a certificate of marital status issued on `issued_on` counts: six months. READING: the day of issue is
/// not counted, so the same day of the sixth month still counts. Law: nd-123-2015/art-23.
Day marital_paper_counts_to(Day issued_on);

/// "civil_status.marriage_conditions": age, two persons. "civil_status.marital_paper": who lives in another unit than the
/// one that registers brings the certificate of marital status, not older than six months; of a procedure whose form asks
/// both for one, its age only. "civil_status.domestic" and "civil_status.with_foreign_element": whether the procedure is
/// the right one for the nationalities declared.
void add_marriage_rules(casework::RuleBook& book);

}  // namespace thien_an::civil_status

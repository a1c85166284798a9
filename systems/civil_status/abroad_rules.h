#pragma once

#include <string_view>

#include "engine/base/day.h"
#include "engine/base/result.h"
#include "engine/casework/rules.h"

/// What foreign authorities registered or decided and Vietnamese courts judged, noted in the registers here.
namespace thien_an::civil_status {

/// Days of an event registered abroad.
struct EventAbroad {
    Day happened_on;
    Day paper_on;  ///< Of the foreign paper.
};
/// Problem "civil_status.event_abroad_out_of_order". Law: law-60-2014/art-48, nd-123-2015/art-34.
Result<Done> event_abroad_allowed(const EventAbroad& event, Day asked_on);

/// A marriage made abroad is noted when it kept the ages of the law here, or when what broke them is past and noting
/// it protects the wife and the children.
/// Problem "civil_status.married_too_young" (words whose). Law: law-52-2014/art-8, nd-123-2015/art-34, art-36.
Result<Done> marriage_abroad_allowed(Day married_on, Day husband_born, Day wife_born, bool remedied);

/// Days of a divorce or an annulled marriage.
struct Judgment {
    Day decided_on;
    Day in_force_on;
};
/// Problems "civil_status.judgment_out_of_order", "civil_status.judgment_not_in_force".
/// Law: nd-123-2015/art-37, law-60-2014/art-30.
Result<Done> judgment_allowed(const Judgment& judgment, Day asked_on);

/// Puts the rules into the book, by the names procedure.json uses.
void add_abroad_rules(casework::RuleBook& book);

}  // namespace thien_an::civil_status

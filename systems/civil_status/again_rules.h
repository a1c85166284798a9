#pragma once

#include "engine/base/day.h"
#include "engine/base/result.h"
#include "engine/casework/rules.h"

/// Events registered again because book and papers are lost, and births that come in another way than by the parents at
/// the counter: an abandoned child, a desk that goes to people.
namespace thien_an::civil_status {

/// Only what was registered before 2016 and is lost is registered again. `year` is that of the lost entry.
/// Problem "civil_status.again_from_2016". Law: nd-123-2015/art-24.
Result<Done> again_allowed(int year);

/// Days of a child found abandoned.
struct Finding {
    Day found_on;
    Day minutes_on;   ///< The minutes of the police or the commune.
    Day posted_from;  ///< First day of the notice at the commune's office.
};
/// The notice hangs seven days running; registration is asked for from the day after the seventh.
/// Problems "civil_status.finding_out_of_order", "civil_status.notice_not_over" (words until: the first day).
/// Law: nd-123-2015/art-14.
Result<Done> abandoned_child_free(const Finding& finding, Day asked_on);

/// The entries in force that may be what is to be registered again: same person or couple, same day.
std::vector<std::string> kept_originals(const casework::RuleInput& input, std::string_view register_id);

/// Puts the rules into the book, by the names procedure.json uses.
void add_again_rules(casework::RuleBook& book);

}  // namespace thien_an::civil_status

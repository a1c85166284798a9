#pragma once

#include "engine/base/day.h"
#include "engine/base/result.h"
#include "engine/casework/rules.h"

/// What the law says of a death declaration and a table cannot.
namespace thien_an::civil_status {

enum class DeathTimeliness { in_time, late };

/// Whether a death is declared within 15 days; a late one is registered all the same, but not free of charge.
/// Problem "civil_status.death_in_future" (/death/died_on) when it is after `declared_on`. Law: law-60-2014/art-33.
Result<DeathTimeliness> death_timeliness(Day died_on, Day declared_on);

/// "civil_status.death_declaration", "civil_status.death_timeliness", "civil_status.possible_death_duplicate".
void add_death_rules(casework::RuleBook& book);

}  // namespace thien_an::civil_status

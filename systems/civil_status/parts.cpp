#include "systems/civil_status/parts.h"

#include "systems/civil_status/birth_rules.h"
#include "systems/civil_status/original.h"
#include "systems/civil_status/population.h"

namespace thien_an::civil_status {

void add_rules(casework::RuleBook& book)
{
    add_birth_rules(book);
    add_original_rules(book);
}

void add_actions(casework::Actions& actions) { add_population_action(actions); }

void add_subscribers(casework::Subscribers&) {}

}  // namespace thien_an::civil_status

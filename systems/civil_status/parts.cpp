#include "systems/civil_status/parts.h"

#include "systems/civil_status/abroad_rules.h"
#include "systems/civil_status/adoption_rules.h"
#include "systems/civil_status/again_rules.h"
#include "systems/civil_status/birth_rules.h"
#include "systems/civil_status/change_rules.h"
#include "systems/civil_status/death_rules.h"
#include "systems/civil_status/extract_rules.h"
#include "systems/civil_status/family_rules.h"
#include "systems/civil_status/marriage_rules.h"
#include "systems/civil_status/original.h"
#include "systems/civil_status/person_rules.h"
#include "systems/civil_status/population.h"

namespace thien_an::civil_status {

void add_rules(casework::RuleBook& book)
{
    add_birth_rules(book);
    add_death_rules(book);
    add_marriage_rules(book);
    add_family_rules(book);
    add_original_rules(book);
    add_abroad_rules(book);
    add_adoption_rules(book);
    add_again_rules(book);
    add_change_rules(book);
    add_extract_rules(book);
    add_person_rules(book);
}

void add_actions(casework::Actions& actions)
{
    add_population_action(actions);
    add_extract_action(actions);
}

void add_subscribers(casework::Subscribers&) {}

}  // namespace thien_an::civil_status

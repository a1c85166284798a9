#pragma once

#include "engine/casework/actions.h"
#include "engine/casework/rules.h"

/// What civil status brings to casework: the one list of its rules, actions and subscribers.
namespace thien_an::civil_status {

void add_rules(casework::RuleBook& book);
void add_actions(casework::Actions& actions);
void add_subscribers(casework::Subscribers& subscribers);

}  // namespace thien_an::civil_status

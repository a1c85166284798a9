#pragma once

#include "engine/casework/actions.h"
#include "engine/casework/office.h"
#include "engine/casework/rules.h"
#include "engine/storage/outbox.h"

namespace thien_an::justice {

class Correspondent;

/// Everything the procedures of this folder name in their data.
void add_rules(casework::RuleBook& book);
void add_actions(casework::Actions& actions);
/// `correspondent` stands for whoever is asked outside; it outlives the handlers.
void add_handlers(casework::Office& office, Correspondent& correspondent, storage::OutboxHandlers& handlers);

}  // namespace thien_an::justice

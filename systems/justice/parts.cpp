#include "systems/justice/parts.h"

#include "systems/justice/criminal_rules.h"
#include "systems/justice/nationality_rules.h"
#include "systems/justice/outside.h"

namespace thien_an::justice {

void add_rules(casework::RuleBook& book)
{
    add_criminal_rules(book);
    add_nationality_rules(book);
}

void add_actions(casework::Actions& actions)
{
    add_outside_actions(actions);
    add_criminal_actions(actions);
    add_nationality_actions(actions);
}

void add_handlers(casework::Office& office, Correspondent& correspondent, storage::OutboxHandlers& handlers)
{
    add_outside_handlers(office, correspondent, handlers);
}

}  // namespace thien_an::justice

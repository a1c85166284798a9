#pragma once

#include "engine/casework/actions.h"
#include "engine/casework/office.h"
#include "engine/storage/outbox.h"

#include "systems/justice/secured_registry.h"

/// How a dossier reaches the national register: the actions of the process and the handler of their outbox
/// rows. An answer of the register, number or refusal, comes back into the process; a line that is down is
/// tried again; when nobody knows whether it was done, the register is asked before anything is sent again.
namespace thien_an::justice {

constexpr const char* secured_request_kind = "justice.file_notice";

/// Outbox actions "justice.file_notice" and "justice.search_register" (answer `outcome` "done" or "refused",
/// `number`), "justice.sign_certificate" (the paper `paper` over what the register answered), and the local
/// action "justice.withdraw", which refuses with Problem "justice.filed_already" once the register was asked
/// to enter something.
void add_secured_actions(casework::Actions& actions);
storage::OutboxHandler secured_handler(casework::Office& office, SecuredRegistry& registry);

}  // namespace thien_an::justice

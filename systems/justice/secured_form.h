#pragma once

#include <string_view>

#include "engine/casework/rules.h"

#include "systems/justice/secured_register.h"

/// From the answers of a dossier to what the national register is asked.
namespace thien_an::justice {

/// What the answers ask for: the word of a notice kind, or "search".
std::string_view act_of_form(const json::value& form);

/// The notice the answers ask for, without its key. Problems name the field: "justice.bad_identity_number",
/// "justice.bad_tax_code", "justice.bad_passport", "justice.bad_vehicle", "justice.bad_pin",
/// "justice.bad_registration_number", "justice.nothing_changes" and those of may_follow for a registration.
Result<Filing> filing_of(const json::value& form);

/// Problem "justice.nothing_to_search". A day asked for is looked at as it ended; without one it is `now`.
Result<Search> search_of(const json::value& form, Instant now);

/// Rules "justice.secured_notice" (on filing: what is asked can be read; gives the fact secured_act) and
/// "justice.register_answer" (when checked: why the register refused it the last time).
void add_secured_rules(casework::RuleBook& rules);

}  // namespace thien_an::justice

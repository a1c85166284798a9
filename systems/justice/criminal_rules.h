#pragma once

#include "engine/casework/actions.h"
#include "engine/casework/rules.h"

#include "systems/justice/criminal_records.h"
#include "systems/justice/outside.h"

/// Criminal record certificates in casework: who may ask, what the answers of police and courts come to, and what the
/// certificate says. Law: law-28-2009.
namespace thien_an::justice {

/// The form a procedure issues: criminal_record_certificate_2 is form 2.
Form form_of_procedure(std::string_view procedure);

/// All answers of a dossier as one record: a judgment that several of them name is taken from the last, in the order
/// police, elsewhere, military, court, the officer's own examination.
/// Problem "justice.record_unreadable" (words reason).
Result<Record> record_of_answers(const std::map<std::string, OutsideAnswer>& answers);

/// Rules "justice.may_request", "justice.criminal_copies", "justice.records_told".
void add_criminal_rules(casework::RuleBook& book);
/// Actions "justice.choose_receivers", "justice.take_verification", "justice.conclude".
void add_criminal_actions(casework::Actions& actions);

}  // namespace thien_an::justice

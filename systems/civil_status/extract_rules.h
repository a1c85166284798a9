#pragma once

#include <string>
#include <vector>

#include "engine/casework/actions.h"
#include "engine/casework/form.h"
#include "engine/casework/rules.h"
#include "engine/registers/entries.h"

/// Copies of extracts given by any commune for an entry of any commune, whoever keeps its book.
namespace thien_an::civil_status {

/// What an extract says of an entry, a line a field: "Giới tính: Nữ". Codes by their names of `day`, days as people
/// write them, names in capitals; what is blank is left out.
std::string extract_text(
    const registers::Register& reg, const registers::Entry& entry, const casework::CodeLists& codes, Day day
);
/// Notes on the entry as its margin tells them, a line a note, the oldest first; what only completed the entry is left
/// out.
std::string notes_text(const registers::Entry& entry);

/// What the book of extracts says of an extract given of `entry`: extract_name (left out when the register shows none),
/// extract_original, extract_agency, extract_registered_on, extract_content, extract_notes.
json::object extract_facts(
    storage::Reader& db,
    const registers::Register& reg,
    const registers::Entry& entry,
    const casework::CodeLists& codes,
    Day day
);

/// Rules "civil_status.extract_wanted" (the number asked for is an entry in force that names the person) and
/// "civil_status.extract_found" (what the officer found before it is given; warns of namesakes). Problems
/// "civil_status.no_such_original", "civil_status.original_annulled", "civil_status.extract_number_needed".
/// Law: law-60-2014/art-63, art-64.
void add_extract_rules(casework::RuleBook& book);

/// Action "civil_status.read_original": reads the entry, audited, and gives what the extract says as facts for the entry
/// in the book of extracts, those of extract_facts. The problems of the rules.
void add_extract_action(casework::Actions& actions);

}  // namespace thien_an::civil_status

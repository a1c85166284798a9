#pragma once

#include "engine/casework/rules.h"

#include "systems/civil_status/life_line_reading.h"

/// Rules that ask the life lines of the people a dossier is about.
namespace thien_an::civil_status {

/// What the rules look at.
struct LifeRecords {
    storage::Reader& db;
    const crypto::KeyRing& keys;
    LifeRegisters registers;
    Day today;
    registers::EntryId own = {};  ///< The entry this dossier has made already: no evidence against itself.
};

/// Rule "civil_status.both_unmarried", of groups /husband and /wife (full_name, born_on, identity_number). Problems
/// "civil_status.married_already", "civil_status.person_is_dead" when the number is that of somebody married or dead
/// today; warnings "civil_status.possibly_married", "civil_status.possibly_dead" when only the description is alike.
/// Law: law-52-2014/art-5, art-8.
Result<casework::RuleAnswer> both_unmarried(const LifeRecords& records, const json::value& form);

/// Rule "civil_status.marital_state", of the first of the groups /person, /subject, /requester that has a full_name: facts
/// marital_state ("single", "married", "divorced", "widowed"; "unknown" when no entry is surely his), marital_since,
/// marital_spouse, marital_entries (their numbers). Warnings "civil_status.marital_possibly" for entries that may be his,
/// "civil_status.person_may_be_dead". Law: nd-123-2015/art-22.
casework::RuleAnswer marital_facts(const LifeRecords& records, const json::value& form);

void add_person_rules(casework::RuleBook& book);

}  // namespace thien_an::civil_status

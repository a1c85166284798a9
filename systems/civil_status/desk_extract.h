#pragma once

#include <string>

#include "engine/casework/office.h"
#include "engine/registers/entries.h"

/// Extracts given at the desk while one waits: a number of the same book as the copies of the procedure, and a code
/// anybody may check the paper by.
namespace thien_an::civil_status {

/// The series both ways take their numbers from: the book of extracts of the agency that gives them, of the year.
registers::SeriesId series_of_extracts(casework::Office& office, identity::AgencyId agency, Day today);

struct ExtractAsked {
    registers::SeriesId extracts;
    registers::EntryId original;
    std::string given_to;
    std::string identity;  ///< Number of their identity paper.
};
struct DeskExtract {
    std::string number;  ///< As printed: "12/TLKS-BS".
    std::string token;   ///< Of the address of verification.
};
/// Enters in the book of extracts what is given of an entry of `reg`, and issues its paper, which is printed, signed and
/// sealed by hand. The caller holds lock_of(extracts). Needs "registers.extract" on the agency that keeps the original.
/// Audited. Problems "registers.no_such_entry", "registers.not_in_force", "identity.not_permitted", those of
/// registers::enter. Law: law-60-2014/art-63, art-64.
Result<DeskExtract> give_extract(
    casework::Office& office,
    storage::Writer& db,
    const identity::Act& act,
    const registers::Register& reg,
    const ExtractAsked& asked
);

}  // namespace thien_an::civil_status

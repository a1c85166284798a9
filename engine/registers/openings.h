#pragma once

#include "engine/registers/entries.h"

/// Sealed entries (an adoption's): their sealed fields are read by nobody alone. One person asks with a reason, another
/// one grants, and what was asked for lies open to the one who asked for a while. Every step is audited.
namespace thien_an::registers {

using OpeningId = Id<struct RegisterOpeningTag>;

struct Opening {
    OpeningId id;
    EntryId entry;
    Instant asked_at;
    identity::PartyId asked_by;
    identity::PostId asked_as;
    std::string reason;
    std::optional<Instant> decided_at;
    identity::PartyId decided_by;
    identity::PostId decided_as;
    bool granted = false;
    std::string why;                    ///< Of a refusal.
    std::optional<Instant> open_until;  ///< When granted.
};

/// Asks to read the sealed fields. Needs "registers.read" on the agency. Problems "registers.no_such_entry",
/// "registers.not_sealed", "registers.reason_missing", "registers.opening_waits" (the same person asked already).
Result<OpeningId> ask_opening(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    EntryId entry,
    std::string_view reason
);

/// Grants or refuses. Needs "registers.open_sealed" on the agency, and another person than the one who asked. Problems
/// "registers.no_such_opening" (also without the right), "registers.opening_decided", "registers.second_person",
/// "registers.reason_missing" (a refusal says why).
Result<Done> decide_opening(
    storage::Writer& db,
    const Act& act,
    const Register& reg,
    OpeningId opening,
    bool grant,
    std::string_view why
);

/// Whether the actor may read the sealed fields of the entry now.
bool holds_opening(storage::Reader& db, const Act& act, EntryId entry);

/// The latest first.
std::vector<Opening> openings_of(storage::Reader& db, EntryId entry, int limit);
/// Problem "registers.no_such_opening".
Result<Opening> find_opening(storage::Reader& db, OpeningId id);

}  // namespace thien_an::registers

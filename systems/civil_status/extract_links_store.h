#pragma once

#include <vector>

#include "engine/registers/entries.h"

/// Which extracts were given of an entry.
namespace thien_an::civil_status {

/// Said twice it is said once.
void link_extract(storage::Writer& db, registers::EntryId original, registers::EntryId extract);
/// The oldest first; at most 1000.
std::vector<registers::EntryId> extracts_given(storage::Reader& db, registers::EntryId original);

}  // namespace thien_an::civil_status

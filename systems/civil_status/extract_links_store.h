#pragma once

#include <vector>

#include "engine/documents/document_store.h"
#include "engine/registers/entries.h"

/// Which extracts were given of an entry.
namespace thien_an::civil_status {

/// `paper` is what the extract's document is about: the entry of the book of extracts, or the dossier that asked for it.
/// Said twice it is said once.
void link_extract(storage::Writer& db, registers::EntryId original, const documents::Subject& paper);
/// The oldest first; at most 1000.
std::vector<documents::Subject> extracts_given(storage::Reader& db, registers::EntryId original);

}  // namespace thien_an::civil_status

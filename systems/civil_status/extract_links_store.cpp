#include "systems/civil_status/extract_links_store.h"

namespace thien_an::civil_status {

void link_extract(storage::Writer& db, registers::EntryId original, registers::EntryId extract)
{
    db.execute(
        "INSERT INTO extract_of_entry (original, extract) VALUES (?1, ?2) ON CONFLICT (original, extract) DO "
        "NOTHING",
        original,
        extract
    );
}

std::vector<registers::EntryId> extracts_given(storage::Reader& db, registers::EntryId original)
{
    auto rows = db.query(
        "SELECT extract FROM extract_of_entry WHERE original = ?1 ORDER BY extract LIMIT 1000", original
    );
    std::vector<registers::EntryId> found;
    while (rows.next()) found.push_back(rows.id<registers::EntryId>(0));
    return found;
}

}  // namespace thien_an::civil_status

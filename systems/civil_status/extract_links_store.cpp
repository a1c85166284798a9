#include "systems/civil_status/extract_links_store.h"

namespace thien_an::civil_status {

void link_extract(storage::Writer& db, registers::EntryId original, const documents::Subject& paper)
{
    db.execute(
        "INSERT INTO extract_of_entry (original, kind, subject) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (original, kind, subject) DO NOTHING",
        original,
        paper.kind,
        paper.id
    );
}

std::vector<documents::Subject> extracts_given(storage::Reader& db, registers::EntryId original)
{
    auto rows = db.query(
        "SELECT kind, subject FROM extract_of_entry WHERE original = ?1 ORDER BY subject LIMIT 1000", original
    );
    std::vector<documents::Subject> found;
    while (rows.next()) found.push_back({rows.text(0), rows.integer(1)});
    return found;
}

}  // namespace thien_an::civil_status

#include "engine/registers/chain.h"
#include "engine/registers/entry_rows.h"

namespace thien_an::registers {

std::optional<SeriesShown> series_shown(storage::Reader& db, SeriesId id)
{
    auto rows = db.query("SELECT register, agency, year, length FROM register_series WHERE id = ?1", id);
    if (!rows.next()) return std::nullopt;
    return SeriesShown{id, rows.text(0), rows.id<AgencyId>(1), rows.integer(2), rows.integer(3)};
}

std::vector<ChainRow> chain_after(storage::Reader& db, SeriesId series, std::int64_t after, int limit)
{
    auto rows = db.query(
        R"sql(
        SELECT link, id, 0, 'entry', entered_at
          FROM register_entry
         WHERE series = ?1 AND link > ?2 AND link <= ?2 + ?3    -- served by register_entry_link_once
        UNION ALL
        SELECT link, entry, id, kind, noted_at
          FROM register_note
         WHERE series = ?1 AND link > ?2 AND link <= ?2 + ?3    -- served by register_note_link_once
         ORDER BY 1
         LIMIT ?3)sql",
        series,
        after,
        std::int64_t(limit)
    );
    std::vector<ChainRow> found;
    while (rows.next())
        found.push_back({rows.integer(0), rows.id<EntryId>(1), rows.integer(2), rows.text(3), rows.instant(4)}
        );
    return found;
}

std::int64_t note_number(storage::Reader& db, EntryId entry, std::int64_t note)
{
    auto rows = db.query("SELECT number FROM register_note WHERE id = ?1 AND entry = ?2", note, entry);
    return rows.next() ? rows.integer(0) : 0;
}

std::vector<EntryRow> entries_of_year(
    storage::Reader& db,
    const Register& reg,
    AgencyId agency,
    std::int64_t year,
    std::int64_t after,
    int limit
)
{
    auto rows = db.query(
        R"sql(
        SELECT entry, number, in_force, plain
          FROM register_state
         WHERE register = ?1 AND agency = ?2 AND year = ?3 AND number > ?4   -- served by register_state_order
         ORDER BY number
         LIMIT ?5)sql",
        reg.id,
        agency,
        year,
        after,
        std::int64_t(limit)
    );
    std::vector<EntryRow> found;
    while (rows.next())
        found.push_back(
            {rows.id<EntryId>(0),
             agency,
             printed_number(reg, rows.integer(1), year),
             rows.integer(1),
             year,
             rows.integer(2) != 0,
             object_from(rows.text(3))}
        );
    return found;
}

}  // namespace thien_an::registers

#pragma once

#include <string_view>
#include <vector>

#include "engine/registers/entries.h"

/// A register read as what happened in it: the rows of a series in the order they came, entries and notes alike, and the
/// entries of a year as they stand. For the program itself: nothing here is audited, and nothing marked is opened.
namespace thien_an::registers {

struct SeriesShown {
    SeriesId id;
    std::string register_id;
    AgencyId agency;
    std::int64_t year = 0;
    std::int64_t length = 0;  ///< Rows chained; links are 1 to length without gaps.
};
/// Nothing when there is no such series.
std::optional<SeriesShown> series_shown(storage::Reader& db, SeriesId id);

/// One row of a series.
struct ChainRow {
    std::int64_t link = 0;
    EntryId entry;
    std::int64_t note = 0;  ///< Row of the note; 0: the entry itself.
    std::string kind;       ///< "entry", or the note's kind.
    Instant at;
};
/// Rows of `series` after link `after`, in order; at most `limit`.
std::vector<ChainRow> chain_after(storage::Reader& db, SeriesId series, std::int64_t after, int limit);
/// The numbers the note has on its entry (Note::number); 0 when it is none of that entry.
std::int64_t note_number(storage::Reader& db, EntryId entry, std::int64_t note);

/// Entries of `agency` in `year` with a number above `after`, in order, annulled ones too; at most `limit`. Fields that are
/// not marked, as they stand now.
std::vector<EntryRow> entries_of_year(
    storage::Reader& db,
    const Register& reg,
    AgencyId agency,
    std::int64_t year,
    std::int64_t after,
    int limit
);

}  // namespace thien_an::registers

#pragma once

#include "engine/registers/entries.h"

/// Books are closed at the end of their year: pages and events are counted, the figures and the hashes of the entries
/// make a digest, and whoever closes signs it. Nothing is entered in a closed year; notes to its entries go on.
namespace thien_an::registers {

/// A book in figures, closed or not.
struct BookFigures {
    std::int64_t book = 0;    ///< Row of the book.
    std::int64_t number = 0;  ///< 1, 2... of the year.
    Day opened_on;
    std::optional<Day> closed_on;  ///< Full, or its year closed.
    std::int64_t first_number = 0;
    std::int64_t last_number = 0;
    std::int64_t entries = 0;
    std::int64_t in_force = 0;
    std::int64_t notes = 0;  ///< What stands in the margins: completions of blanks are none.
    std::int64_t pages = 0;
    std::int64_t pages_used = 0;
};

struct Closing {
    BookFigures figures;
    Instant closed_at;
    identity::PartyId party;
    identity::PostId post;
    Bytes digest;
    Bytes
        signature;  ///< Detached CMS; empty: the signer's key is not held here, the printed page is signed by hand.
};

/// The series of a year when it is there; 0 otherwise.
SeriesId find_series(storage::Reader& db, std::string_view register_id, AgencyId agency, std::int64_t year);
/// Years of which the agency has a book of the register, the newest first.
std::vector<std::int64_t> book_years(storage::Reader& db, std::string_view register_id, AgencyId agency);
/// Of the series, in order.
std::vector<BookFigures> books_of(storage::Reader& db, SeriesId series);
/// Closed books of the series, in order.
std::vector<Closing> closings_of(storage::Reader& db, SeriesId series);
std::optional<Day> closed_on(storage::Reader& db, SeriesId series);

/// The day from which the books of the year may be closed: register.json book.closing.on, or the day their agency was
/// there no more if that came first: its heirs close what it left.
Day closing_day(storage::Reader& db, const Register& reg, AgencyId agency, std::int64_t year);

/// Closes every book of the year. The caller holds lock_of(series) and has checked the right. Audited.
/// Problems "registers.nothing_to_close", "registers.closed_already", "registers.too_early_to_close" (words from).
Result<std::vector<Closing>> close_books(
    storage::Writer& db, const Act& act, const crypto::KeyRing& keys, const Register& reg, SeriesId series
);

/// Digest of a closing over figures and hashes as they stand now: equal to the one kept, or something was changed.
Bytes closing_digest(storage::Reader& db, SeriesId series, const BookFigures& figures, std::int64_t length);
/// Closings of the series whose digest no longer fits or whose signature is not its certificate's; by book number.
std::vector<std::int64_t> broken_closings(storage::Reader& db, SeriesId series);

}  // namespace thien_an::registers

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/registers/entries.h"
#include "engine/registers/old_compare.h"
#include "engine/storage/files.h"

/// Paper books of before the program: each page scanned, typed by two people who do not see each other, compared field
/// by field, differences decided by a third, accepted by a fourth. Accepted entries stand in the register under their
/// own number, book, year and agency, in a series of their own: gaps allowed, never doubled (docs/decisions/0031).
/// Rights on the agency that kept the book: "old_books.type", "old_books.decide", "old_books.accept".
namespace thien_an::registers {

using OldBookId = Id<struct OldBookTag>;
using OldPageId = Id<struct OldPageTag>;
using TypingId = Id<struct OldTypingTag>;

/// The register name of the series of paper books: "births/paper".
std::string paper_series(std::string_view register_id);

struct NewOldBook {
    AgencyId agency;  ///< That kept it then; it may have ended.
    std::int64_t year = 0;
    std::int64_t number = 1;
    std::string notation;
    std::int64_t pages = 0;
};
struct OldBook {
    OldBookId id;
    std::string register_id;
    NewOldBook about;
    SeriesId series;
    std::int64_t book = 0;  ///< Row of register_book.
};
/// `series` is series_of(paper_series(reg.id), agency, year); the caller holds its lock. Needs "old_books.type". Audited.
/// Problems "identity.not_permitted", "registers.old_book_known", "registers.old_book_year" (from 1945, before this
/// year), "registers.year_kept_here" (the program has entries of that year), "registers.bad_pages" (1 to 2000).
Result<OldBookId> open_old_book(
    storage::Writer& db, const Act& act, const Register& reg, const NewOldBook& book, SeriesId series
);
/// Problem "registers.no_such_old_book" (also without any right to old books of its agency).
Result<OldBook> find_old_book(storage::Reader& db, const Actor& actor, Day today, OldBookId id);

struct OldPage {
    OldPageId id;
    OldBookId book;
    std::int64_t number = 0;
    storage::FileId file;
    std::string sha256;
    std::int64_t begun = 0;     ///< Typists who have begun.
    std::int64_t finished = 0;  ///< Of them, who are through.
    std::int64_t mismatches = 0;
    std::int64_t open = 0;  ///< Mismatches nobody has decided yet.
    std::optional<Instant> accepted_at;
    identity::PartyId accepted_by;
    identity::PostId accepted_as;
    bool compared() const { return finished == 2; }
    bool to_accept() const { return compared() && open == 0 && !accepted_at; }
};
/// The scan of a page; a new one takes its place until somebody has begun to type. Needs "old_books.type". Problems
/// "registers.no_such_old_book", "registers.page_beyond_book", "registers.typing_begun".
Result<OldPageId> add_page(
    storage::Writer& db,
    const Act& act,
    OldBookId book,
    std::int64_t number,
    storage::FileId file,
    std::string_view sha256
);
/// Problem "registers.no_such_old_page" (also without any right to old books of its agency).
Result<OldPage> find_page(storage::Reader& db, const Actor& actor, Day today, OldPageId id);
std::vector<OldPage> pages_of(storage::Reader& db, OldBookId book);  ///< In order.

struct OldProgress {
    OldBook book;
    std::int64_t scanned = 0;
    std::int64_t typed = 0;  ///< By both.
    std::int64_t to_decide = 0;
    std::int64_t to_accept = 0;
    std::int64_t accepted = 0;
    std::int64_t entries = 0;
};
/// Books of agencies where the actor has a right to old books, the latest opened first.
std::vector<OldProgress> old_books(storage::Reader& db, const Actor& actor, Day today, int limit);

enum class OldWork { type, decide, accept };
/// The next page for the actor: one he has begun first, then the lowest page of the book opened first. Nothing when
/// there is none: pages he typed himself are never his to decide or accept.
std::optional<OldPageId> next_page(storage::Reader& db, const Actor& actor, Day today, OldWork work);

inline storage::Lock lock_of(OldPageId page) { return {"old_page", page.value}; }

struct Typing {
    TypingId id;
    OldPageId page;
    std::int64_t slot = 0;
    identity::PartyId party;
    identity::PostId post;
    std::optional<Instant> finished_at;
};
/// Begins, or goes on with one's own. The caller holds lock_of(page). Problems "registers.no_such_old_page",
/// "registers.page_accepted", "registers.two_type_already".
Result<Typing> begin_typing(storage::Writer& db, const Act& act, OldPageId page);
/// The actor's own typing of the page. Problem "registers.not_your_typing".
Result<Typing> own_typing(storage::Reader& db, const Actor& actor, OldPageId page);
/// Keeps one entry as typed so far, whatever it says; one without any text is taken away. Own typing only. Problems
/// "registers.not_your_typing", "registers.typing_finished", "registers.page_accepted", "registers.unknown_field".
Result<Done> save_typed(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    OldPageId page,
    const TypedEntry& entry
);
std::vector<TypedEntry> typed_of(storage::Reader& db, const crypto::KeyRing& keys, TypingId typing);
/// The entry typed before this one by the same person in the same book, to copy from; nothing for the first.
std::optional<TypedEntry> typed_before(
    storage::Reader& db, const crypto::KeyRing& keys, const Typing& typing, std::int64_t place
);

/// One thing wrong with what was typed.
struct TypedFault {
    std::int64_t place = 0;
    Problem problem;
};
/// What keeps a typing from being finished: values no register takes, entries without number or with a doubled one.
std::vector<TypedFault> typed_faults(const Register& reg, const std::vector<TypedEntry>& typed);
/// Nothing more is typed by this person; the second to finish makes the comparison. The caller holds lock_of(page).
/// A page without entries needs `empty`. Problems as save_typed, "registers.nothing_typed", those of typed_faults.
Result<Done> finish_typing(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    OldPageId page,
    bool empty
);

struct OldDecision {
    std::int64_t line = 0;
    std::string field;
    std::string value;
    Instant decided_at;
    identity::PartyId party;
    identity::PostId post;
};
/// What two people made of a page, once both are through.
struct PageComparison {
    std::vector<Typing> typings;  ///< First and second.
    std::vector<Line> lines;
    std::vector<Mismatch> found;
    std::vector<OldDecision> decided;  ///< The latest of each field.
    /// Typed text of the field as it goes into the register: decided, else what both (or the first) typed.
    std::string outcome(const Line& line, std::string_view field) const;
    const OldDecision* decision(std::int64_t line, std::string_view field) const;  ///< Null: none.
    bool dropped(const Line& line) const;  ///< Decided: the paper has no such entry.
};
/// Problem "registers.not_typed_twice".
Result<PageComparison> compare_page(
    storage::Reader& db, const crypto::KeyRing& keys, const Register& reg, const OldPage& page
);
/// What the paper says, by a third person; also where both agree. The caller holds lock_of(page). Needs
/// "old_books.decide". Problems "registers.no_such_old_page", "registers.not_typed_twice", "registers.page_accepted",
/// "registers.third_person", "registers.no_such_line", those of old_value.
Result<Done> decide_field(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    OldPageId page,
    std::int64_t line,
    std::string_view field,
    std::string_view value
);

/// Every entry of the page enters the register, or none. The caller holds lock_of(page) and lock_of(series). Needs
/// "old_books.accept", and a person who neither typed nor decided here. Audited. Problems "registers.no_such_old_page",
/// "registers.not_typed_twice", "registers.page_accepted", "registers.mismatches_open" (words count),
/// "registers.second_person", "registers.number_doubled" (twice on the page) and "registers.number_taken" (words
/// number).
Result<std::vector<Numbered>> accept_page(
    storage::Writer& db, const Act& act, const crypto::KeyRing& keys, const Register& reg, OldPageId page
);

/// Where on paper an entry stands; nothing for an entry made in the program.
struct PaperPlace {
    OldBookId book;
    OldPageId page;
    std::string notation;
    Instant accepted_at;
};
std::optional<PaperPlace> paper_place_of(storage::Reader& db, EntryId entry);
/// Years that have entries from paper, the latest first.
std::vector<std::int64_t> paper_years(storage::Reader& db, std::string_view register_id);

}  // namespace thien_an::registers

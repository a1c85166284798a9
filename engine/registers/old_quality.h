#pragma once

#include "engine/registers/old_books.h"

/// How well paper books are typed: counted when a page is accepted, against what was accepted.
namespace thien_an::registers {

struct OldFigure {
    identity::PartyId party;  ///< Who typed; 0: both together, `wrong` counts where they disagreed.
    std::string field;
    std::int64_t compared = 0;  ///< Fields somebody typed or the register took.
    std::int64_t wrong = 0;     ///< Of them, not as accepted; a tone on another vowel is not wrong.
};
/// Of one page, computed anew from typings and decisions.
std::vector<OldFigure> figures_of(const Register& reg, const PageComparison& page);
/// Keeps them; called by accept_page.
void keep_figures(storage::Writer& db, OldPageId page, const std::vector<OldFigure>& figures);

/// Sums over the accepted pages of a book: by person, then by field.
std::vector<OldFigure> quality_of(storage::Reader& db, OldBookId book);

/// Pages of which what is kept (mismatches, open ones, figures, entries) is not what typings and decisions give.
std::vector<OldPageId> differing_pages(storage::Reader& db, const crypto::KeyRing& keys, const Register& reg);

}  // namespace thien_an::registers

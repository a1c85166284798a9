#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/casework/dossier_store.h"
#include "engine/casework/office.h"
#include "engine/casework/procedure.h"
#include "engine/registers/entries.h"

/// Results the offices of the province hold already: whoever has one need not bring it as a paper of the next procedure.
/// Which register serves which paper is data: `reuses` of a row of papers in procedure.json.
namespace thien_an::casework {

struct HeldResult {
    std::string paper;                  ///< Of the procedure that asks: "marital_status_wife".
    registers::Entry entry;             ///< In force, and what the answers say of it is what it says.
    std::optional<StoredPaper> issued;  ///< The issued file; nothing when the original is on paper.
};
/// For each paper wanted with these answers, what is held of it. Of a dossier that has no result yet nothing is held, nor
/// of one whose paper was made void.
std::vector<HeldResult> held_results(
    const Office& office,
    storage::Reader& db,
    const Procedure& procedure,
    const json::value& form,
    std::string_view channel,
    Day day
);

/// papers_wanted, where what is held is no longer required and says so.
std::vector<PaperWanted> papers_to_bring(
    const Office& office,
    storage::Reader& db,
    const Procedure& procedure,
    const json::value& form,
    std::string_view channel,
    Day day
);

}  // namespace thien_an::casework

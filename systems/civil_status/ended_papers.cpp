#include "systems/civil_status/ended_papers.h"

#include <algorithm>
#include <array>

#include "engine/casework/packs.h"
#include "engine/documents/document_store.h"

#include "systems/civil_status/extract_links_store.h"

namespace thien_an::civil_status {
namespace {

constexpr std::string_view certificate = "certificate";

bool ends_papers(const registers::Note& note)
{
    constexpr std::array without_fields{"annulment", "revocation", "divorce", "end"};
    if (note.kind == "completion") return false;
    return !note.fields.empty() ||
           std::find(without_fields.begin(), without_fields.end(), note.kind) != without_fields.end();
}

Result<Done> end_those(
    storage::Writer& db, const identity::Act& act, const documents::Subject& of, const std::string& reason
)
{
    for (const auto& paper : documents::documents_of(db, of)) {
        const bool meant = of.kind != "dossier" || paper.about.kind == certificate;
        if (meant && paper.state == documents::DocumentState::issued)
            TRY(documents::void_document(db, act, paper.id, reason, {}));
    }
    return Done{};
}

}  // namespace

casework::Subscribers::Told end_papers(casework::Office& office)
{
    return [&office](storage::Writer& db, const identity::Act& act, const json::value& body) -> Result<Done> {
        const auto reg = office.packs.reg(json::string_or(body, "register"));
        if (!reg) return Done{};
        const registers::EntryId id{json::integer_or(body, "entry")};
        const auto entry = TRY(registers::find_entry(db, office.keys, *reg, id));
        if (entry.notes.empty() || !ends_papers(entry.notes.back())) return Done{};
        const auto& note = entry.notes.back();
        const auto& reason = note.content.empty() ? note.decision : note.content;
        if (entry.dossier != 0) TRY(end_those(db, act, {"dossier", entry.dossier}, reason));
        for (const auto& given : extracts_given(db, id)) TRY(end_those(db, act, given, reason));
        return Done{};
    };
}

}  // namespace thien_an::civil_status

#include "engine/casework/held_results.h"

#include <algorithm>

#include "engine/base/vietnamese.h"
#include "engine/casework/packs.h"
#include "engine/documents/document_store.h"
#include "engine/text/catalogue.h"

namespace thien_an::casework {
namespace {

constexpr int looked_at = 50;

std::string answer_at(const json::value& form, const std::string& pointer)
{
    const auto* v = json::find(form, pointer);
    if (v == nullptr) return "";
    return v->is_string() ? std::string(v->get_string()) : json::text_of(*v);
}

/// Every answer is given, and is what the entry says; marks and capitals do not matter.
bool agrees(const Reuse& reuse, const registers::Entry& entry, const json::value& form)
{
    return std::all_of(reuse.same.begin(), reuse.same.end(), [&](const auto& pair) {
        const auto given = answer_at(form, pair.second);
        const auto* kept = entry.fields.if_contains(pair.first);
        if (given.empty() || kept == nullptr) return false;
        const auto said = kept->is_string() ? std::string(kept->get_string()) : json::text_of(*kept);
        return folded(given) == folded(said);
    });
}

/// The same day of that month, or its last one.
bool still_counts(const Reuse& reuse, Day registered_on, Day today)
{
    if (reuse.months_max == 0) return true;
    const std::chrono::year_month_day from{registered_on};
    const auto last = from + std::chrono::months{int(reuse.months_max)};
    return today <= Day{last.ok() ? last : last.year() / last.month() / std::chrono::last};
}

/// What was issued of the entry's dossier; nothing when it has no result in force.
struct Issued {
    std::optional<StoredPaper> file;
};
std::optional<Issued> issued_of(storage::Reader& db, const Reuse& reuse, const registers::Entry& entry)
{
    // Entered by the register itself, or from a paper book: the entry is what is held.
    if (entry.dossier == 0) return Issued{};
    const DossierId id{entry.dossier};
    const auto dossier = find_dossier(db, id);
    const bool done = dossier && (dossier.value().state == DossierState::result_ready ||
                                  dossier.value().state == DossierState::handed_over);
    if (!done) return std::nullopt;
    std::optional<Issued> found = Issued{};
    for (const auto& document : documents::documents_of(db, {"dossier", id.value}))
        if (document.about.kind == reuse.paper) {
            found.reset();
            if (document.state == documents::DocumentState::issued) found = Issued{};
        }
    if (!found) return std::nullopt;
    for (auto& paper : papers_of(db, id))
        if (paper.paper == reuse.paper && paper.origin == "made") found->file = std::move(paper);
    return found;
}

std::optional<HeldResult> held_for(
    const Office& office, storage::Reader& db, const PaperWanted& paper, const json::value& form, Day day
)
{
    const auto reg = office.packs.reg(paper.reuses->register_id);
    const auto& [field, pointer] = paper.reuses->same.front();
    const auto sought = answer_at(form, pointer);
    if (!reg || sought.empty()) return std::nullopt;
    for (const auto id : registers::entries_with(db, office.keys, *reg, field, sought, looked_at)) {
        auto entry = registers::find_entry(db, office.keys, *reg, id);
        if (!entry || !entry.value().in_force || !agrees(*paper.reuses, entry.value(), form)) continue;
        if (!still_counts(*paper.reuses, entry.value().registered_on, day)) continue;
        if (auto issued = issued_of(db, *paper.reuses, entry.value()))
            return HeldResult{paper.id, std::move(entry).value(), std::move(issued->file)};
    }
    return std::nullopt;
}

}  // namespace

std::vector<HeldResult> held_results(
    const Office& office,
    storage::Reader& db,
    const Procedure& procedure,
    const json::value& form,
    std::string_view channel,
    Day day
)
{
    std::vector<HeldResult> held;
    for (const auto& paper : procedure.papers_wanted(form, channel, day)) {
        if (!paper.reuses) continue;
        if (auto found = held_for(office, db, paper, form, day)) held.push_back(*std::move(found));
    }
    return held;
}

std::vector<PaperWanted> papers_to_bring(
    const Office& office,
    storage::Reader& db,
    const Procedure& procedure,
    const json::value& form,
    std::string_view channel,
    Day day
)
{
    auto wanted = procedure.papers_wanted(form, channel, day);
    const auto held = held_results(office, db, procedure, form, channel, day);
    for (auto& paper : wanted)
        for (const auto& result : held) {
            if (result.paper != paper.id) continue;
            paper.required = false;
            if (office.words == nullptr) continue;
            const json::object values{{"number", result.entry.printed}};
            paper.help = {
                office.words->say("casework.paper_held", text::Language::vi, values),
                office.words->say("casework.paper_held", text::Language::en, values)};
        }
    return wanted;
}

}  // namespace thien_an::casework

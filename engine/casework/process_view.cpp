#include "engine/casework/dossier_store.h"
#include "engine/casework/packs.h"
#include "engine/casework/reading.h"
#include "engine/identity/permissions.h"
#include "engine/text/catalogue.h"
#include "engine/workflow/engine.h"
#include "engine/workflow/picture.h"

namespace thien_an::casework {
namespace {

Problem no_such_dossier() { return {.code = "casework.no_such_dossier", .field = "", .law = ""}; }

/// The sentence with its place for the names of tasks left open, as the picture fills it.
std::string sentence_of(const text::Catalogue& words, std::string_view key, text::Language language)
{
    return words.say(key, language, json::object{{"names", "{names}"}});
}

workflow::PictureWords picture_words(const Office& office, std::string_view language)
{
    if (office.words == nullptr) return {"{names}", "{names}", "{names}"};
    const auto spoken = language == "en" ? text::Language::en : text::Language::vi;
    return {
        .done = sentence_of(*office.words, "workflow.picture.done", spoken),
        .here = sentence_of(*office.words, "workflow.picture.here", spoken),
        .to_come = sentence_of(*office.words, "workflow.picture.to_come", spoken),
        .english = spoken == text::Language::en};
}

}  // namespace

Result<ProcessView> process_view(
    Office& office, const Actor& actor, DossierId dossier, std::string_view language
)
{
    const Day today = day_of(office.clock.now());
    struct Found {
        Dossier dossier;
        workflow::Whereabouts at;
    };
    const auto found = TRY(office.database.read([&](storage::Reader& db) -> Result<Found> {
        auto it = TRY(find_dossier(db, dossier));
        if (!identity::may(db, actor, "dossiers.read", it.agency, today) &&
            !identity::may(db, actor, "dossiers.read", it.received_at, today))
            return no_such_dossier();
        auto at = workflow::whereabouts(db, {it.instance});
        return Found{std::move(it), std::move(at)};
    }));
    const auto procedure = office.packs.version({found.dossier.pack});
    if (!procedure || !procedure->process()) return ProcessView{};
    return ProcessView{
        .svg = workflow::picture(*procedure->process(), found.at, picture_words(office, language)),
        .here = found.at.here,
        .done = found.at.done};
}

}  // namespace thien_an::casework

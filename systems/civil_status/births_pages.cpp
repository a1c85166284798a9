#include "systems/civil_status/births_pages.h"

#include "engine/casework/reading.h"

#include "systems/civil_status/entry_values.h"

namespace thien_an::civil_status {
namespace {

using registers::Entry;
using registers::EntryId;
using registers::Register;

json::object candidate(const Register& reg, const Entry& entry, const web::Context& context)
{
    static const std::vector<std::string> compared{
        "child_full_name",
        "child_born_on",
        "child_sex",
        "mother_full_name",
        "mother_birth_year",
        "father_full_name"};
    auto pairs = field_pairs(reg, entry.fields, compared, context);
    const json::object heading{
        {"number", entry.printed}, {"name", shown_value(reg, "child_full_name", entry.fields, context)}};
    return {
        {"heading", context.say("civil_status.duplicates.heading", heading)},
        {"where", agency_of(entry, context) + ", " + shown(entry.registered_on)},
        {"href", entry_address(reg, entry.id)},
        {"pairs", std::move(pairs)}};
}

std::vector<EntryId> entries_of(const casework::Warning& warning)
{
    std::vector<EntryId> ids;
    const auto* listed = warning.detail.if_contains("entries");
    if (listed == nullptr || !listed->is_array()) return ids;
    for (const auto& one : listed->get_array())
        if (const auto id = parse_id(json::string_or(one, "entry"))) ids.push_back({id.value()});
    return ids;
}

}  // namespace

Result<web::Response> show_duplicates(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    const auto page = TRY(casework::open_dossier(
        office(context), context.actor(), request.value("code"), text::code_of(context.language())
    ));
    const auto reg = births(context);
    json::array candidates;
    bool warned = false;
    for (const auto& warning : page.warnings)
        for (const auto id : entries_of(warning)) {
            warned = true;
            const auto entry = context.database().write({}, [&](storage::Writer& db) {
                return registers::read_entry(
                    db, act_of(context), office(context).keys, *reg, id, registers::Reveal::masked, ""
                );
            });
            if (entry) candidates.push_back(candidate(*reg, entry.value(), context));
        }
    json::value note = nullptr;
    if (candidates.empty())
        note = say.say(warned ? "civil_status.duplicates.not_yours" : "civil_status.duplicates.none");
    return web::render_desk(
        context,
        "civil_status/duplicates",
        {{"code", page.dossier.code},
         {"title", page.dossier.subject},
         {"sections", casework::section_values(page.answers, say)},
         {"note", std::move(note)},
         {"candidates", std::move(candidates)}}
    );
}

}  // namespace thien_an::civil_status

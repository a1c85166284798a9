#include "systems/civil_status/duplicates_page.h"

#include "engine/casework/reading.h"

#include "systems/civil_status/birth_duplicates.h"
#include "systems/civil_status/desk.h"
#include "systems/civil_status/entry_values.h"
#include "systems/civil_status/match_words.h"

namespace thien_an::civil_status {
namespace {

using registers::Entry;
using registers::Register;

/// A candidate as the rule left it in its warning.
struct Candidate {
    registers::EntryId entry;
    double score = 0;
    std::vector<registers::Evidence> why;
};

std::vector<Candidate> candidates_of(const casework::Warning& warning)
{
    std::vector<Candidate> out;
    const auto* listed = warning.detail.if_contains("entries");
    if (listed == nullptr || !listed->is_array()) return out;
    for (const auto& one : listed->get_array()) {
        const auto id = parse_id(json::string_or(one, "entry"));
        if (!id) continue;
        const auto number = [](const json::value& v, std::string_view name) {
            const auto* found = json::member(v, name);
            return found != nullptr && found->is_number() ? found->to_number<double>() : 0.0;
        };
        Candidate candidate{{id.value()}, number(one, "score"), {}};
        if (const auto* why = json::member(one, "why"); why != nullptr && why->is_array())
            for (const auto& part : why->get_array())
                candidate.why.push_back(
                    {json::string_or(part, "part"), json::string_or(part, "what"), number(part, "weight")}
                );
        out.push_back(std::move(candidate));
    }
    return out;
}

json::object drawn(
    const Register& reg, const Entry& entry, const Candidate& candidate, const web::Context& context
)
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
    json::value chip = nullptr;
    if (reg.people.matching) chip = match_chip(candidate.score, *reg.people.matching, context);
    return {
        {"heading", context.say("civil_status.duplicates.heading", heading)},
        {"where", agency_of(entry, context) + ", " + shown(entry.registered_on)},
        {"href", entry_address(reg, entry.id)},
        {"likeness", std::move(chip)},
        {"why", why_said(candidate.why, context)},
        {"pairs", std::move(pairs)}};
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
    std::size_t hidden = 0;
    for (const auto& warning : page.warnings)
        for (const auto& candidate : candidates_of(warning)) {
            const auto entry = context.database().write({}, [&](storage::Writer& db) {
                return registers::read_entry(
                    db,
                    act_of(context),
                    office(context).keys,
                    *reg,
                    candidate.entry,
                    registers::Reveal::masked,
                    ""
                );
            });
            if (entry)
                candidates.push_back(drawn(*reg, entry.value(), candidate, context));
            else
                ++hidden;
        }
    json::value note = nullptr;
    if (hidden > 0)
        note = say.say("civil_status.duplicates.not_yours", json::object{{"count", hidden}});
    else if (candidates.empty())
        note = say.say("civil_status.duplicates.none");
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

#include "systems/civil_status/birth_duplicates.h"

#include <algorithm>

#include "engine/casework/packs.h"

#include "systems/civil_status/declared.h"

namespace thien_an::civil_status {
namespace {

/// The child as the declaration describes it.
registers::PersonDescription child_in(const json::value& form)
{
    registers::PersonDescription child{
        .name = answer(form, "/child/full_name"),
        .sex = answer(form, "/child/sex"),
        .mother = answer(form, "/mother/full_name"),
        .father = answer(form, "/father/full_name"),
        .mother_number = answer(form, "/mother/identity_number")};
    if (const auto born = parse_day(answer(form, "/child/born_on"))) child.born_on = born.value();
    return child;
}

json::array told(const std::vector<registers::Evidence>& why)
{
    json::array out;
    for (const auto& one : why)
        out.push_back(json::object{{"part", one.part}, {"what", one.what}, {"weight", one.weight}});
    return out;
}

}  // namespace

std::vector<PossibleDuplicate> possible_duplicates(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    const registers::Register& births,
    const json::value& form,
    std::int64_t dossier
)
{
    std::vector<PossibleDuplicate> out;
    const auto child = child_in(form);
    if (!births.people.matching || child.name.empty() || !child.born_on) return out;
    const auto& matching = *births.people.matching;
    constexpr int most = 10;
    const registers::Register* list[] = {&births};
    for (const auto& match : registers::find_persons(db, keys, list, matching, child, most + 1)) {
        if (!match.subject || int(out.size()) == most) continue;
        const auto entry = registers::find_entry(db, keys, births, match.person.entry);
        if (!entry || (dossier != 0 && entry.value().dossier == dossier)) continue;
        out.push_back(
            {.entry = match.person.entry,
             .printed = entry.value().printed,
             .agency = match.agency,
             .child_name = match.name,
             .born_on = match.born_on ? iso(*match.born_on) : "",
             .score = match.score,
             .clear = match.score >= matching.clear,
             .why = match.why}
        );
    }
    return out;
}

Result<casework::RuleAnswer> duplicate_rule(const casework::RuleInput& input)
{
    casework::RuleAnswer out;
    const auto births = input.packs.reg("births");
    if (!births) return out;
    const auto found = possible_duplicates(input.db, input.keys, *births, input.form, input.dossier);
    if (found.empty()) return out;
    auto agencies = identity::ended_before(input.db, input.agency.id, input.today);
    agencies.push_back(input.agency.id);
    std::string entries;
    int elsewhere = 0;
    json::array detail;
    for (const auto& one : found) {
        const bool ours = std::find(agencies.begin(), agencies.end(), one.agency) != agencies.end();
        if (ours)
            entries += (entries.empty() ? "" : ", ") + one.printed;
        else
            ++elsewhere;
        // Who may read which entry is asked when they are shown.
        detail.push_back(
            {{"entry", std::to_string(one.entry.value)},
             {"score", one.score},
             {"clear", one.clear},
             {"why", told(one.why)}}
        );
    }
    if (elsewhere > 0) entries += (entries.empty() ? "+" : ", +") + std::to_string(elsewhere);
    // Entering is what must wait for the answer; asking for more or refusing need not.
    if (input.outcome == "enter") {
        const auto given = json::string_or(input.task_form, "duplicate_answer");
        if (given == "duplicate")
            return Problem{
                .code = "civil_status.already_registered",
                .field = "/duplicate_answer",
                .law = "law-60-2014/art-14",
                .words = {{"entry", entries}}};
        if (given != "not_duplicate")
            return Problem{
                .code = "civil_status.duplicate_not_answered",
                .field = "/duplicate_answer",
                .law = "law-60-2014/art-14",
                .words = {{"entries", entries}}};
    }
    out.warnings.push_back(
        {.code = "civil_status.possible_duplicate",
         .field = "/child/full_name",
         .law = "law-60-2014/art-14",
         .words = {{"entries", entries}},
         .detail = {{"entries", std::move(detail)}}}
    );
    return out;
}

}  // namespace thien_an::civil_status

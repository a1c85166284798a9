#include "systems/civil_status/death_rules.h"

#include <algorithm>

#include "engine/base/vietnamese.h"
#include "engine/casework/packs.h"
#include "engine/registers/entries.h"

#include "systems/civil_status/declared.h"

namespace thien_an::civil_status {
namespace {

using casework::RuleAnswer;
using casework::RuleInput;

constexpr std::string_view died_on_field = "/death/died_on";

Result<RuleAnswer> declaration_rule(const RuleInput& input)
{
    const auto died = day_answer(input.form, died_on_field);
    if (!died) return RuleAnswer{};
    static_cast<void>(TRY(death_timeliness(*died, input.today)));
    const auto born = day_answer(input.form, "/deceased/born_on");
    if (born && *born > *died)
        return Problem{
            .code = "civil_status.died_before_birth",
            .field = std::string(died_on_field),
            .law = "law-60-2014/art-34"};
    RuleAnswer out;
    constexpr int oldest = 120;  // Not a rule of law: a year typed wrong deserves a second look.
    if (born && age_on(*born, *died) > oldest)
        out.warnings.push_back(
            {.code = "civil_status.died_very_old",
             .field = "/deceased/born_on",
             .law = "",
             .words = {{"age", std::to_string(age_on(*born, *died))}},
             .detail = {}}
        );
    return out;
}

Result<RuleAnswer> timeliness_rule(const RuleInput& input)
{
    const auto died = day_answer(input.form, died_on_field);
    // A death in the future is told by the declaration's own rule.
    if (!died || *died > input.today) return RuleAnswer{};
    const bool late = TRY(death_timeliness(*died, input.today)) == DeathTimeliness::late;
    return RuleAnswer{
        {{"timeliness", late ? "late" : "in_time"}, {"days_since_death", (input.today - *died).count()}}, {}};
}

std::string field(const registers::Entry& entry, std::string_view name)
{
    const auto* v = entry.fields.if_contains(name);
    return v == nullptr || !v->is_string() ? "" : std::string(v->get_string());
}

/// Entries in force of the same person: the same identity number, or the same name and day of birth.
std::vector<registers::Entry> same_person(const RuleInput& input, const registers::Register& deaths)
{
    constexpr int most = 10;
    const auto number = answer(input.form, "/deceased/identity_number");
    const auto name = answer(input.form, "/deceased/full_name");
    std::vector<registers::EntryId> ids;
    if (!number.empty())
        ids = registers::entries_with(input.db, input.keys, deaths, "deceased_identity_number", number, most);
    if (!name.empty())
        for (const auto id :
             registers::entries_with(input.db, input.keys, deaths, "deceased_full_name", name, most))
            if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    std::vector<registers::Entry> out;
    for (const auto id : ids) {
        auto entry = registers::find_entry(input.db, input.keys, deaths, id);
        if (!entry || entry.value().dossier == input.dossier) continue;
        const bool numbers = !number.empty() && field(entry.value(), "deceased_identity_number") == number;
        if (numbers || field(entry.value(), "deceased_born_on") == answer(input.form, "/deceased/born_on"))
            out.push_back(std::move(entry).value());
    }
    return out;
}

/// As for births: warns, and refuses the entry until the officer has answered.
Result<RuleAnswer> duplicate_rule(const RuleInput& input)
{
    RuleAnswer out;
    const auto deaths = input.packs.reg("deaths");
    if (!deaths) return out;
    const auto found = same_person(input, *deaths);
    if (found.empty()) return out;
    std::string entries;
    for (const auto& one : found) entries += (entries.empty() ? "" : ", ") + one.printed;
    constexpr std::string_view law = "law-60-2014/art-34";
    if (input.outcome == "enter") {
        const auto given = json::string_or(input.task_form, "duplicate_answer");
        if (given == "duplicate")
            return Problem{
                .code = "civil_status.already_registered",
                .field = "/duplicate_answer",
                .law = std::string(law),
                .words = {{"entry", found.front().printed}}};
        if (given != "not_duplicate")
            return Problem{
                .code = "civil_status.duplicate_not_answered",
                .field = "/duplicate_answer",
                .law = std::string(law),
                .words = {{"entries", entries}}};
    }
    out.warnings.push_back(
        {.code = "civil_status.possible_duplicate",
         .field = "/deceased/full_name",
         .law = std::string(law),
         .words = {{"entries", entries}},
         .detail = {}}
    );
    return out;
}

}  // namespace

Result<DeathTimeliness> death_timeliness(Day died_on, Day declared_on)
{
    constexpr std::chrono::days time_limit{
        15};  // law-60-2014/art-33/para-1; the day of death is not counted.

    if (died_on > declared_on)
        return Problem{
            .code = "civil_status.death_in_future",
            .field = std::string(died_on_field),
            .law = "law-60-2014/art-33"};
    return declared_on - died_on <= time_limit ? DeathTimeliness::in_time : DeathTimeliness::late;
}

void add_death_rules(casework::RuleBook& book)
{
    book.add("civil_status.death_declaration", declaration_rule);
    book.add("civil_status.death_timeliness", timeliness_rule);
    book.add("civil_status.possible_death_duplicate", duplicate_rule);
}

}  // namespace thien_an::civil_status

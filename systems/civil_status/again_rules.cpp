#include "systems/civil_status/again_rules.h"

#include <algorithm>

#include "engine/base/vietnamese.h"
#include "engine/casework/packs.h"
#include "engine/registers/entries.h"

#include "systems/civil_status/birth_rules.h"
#include "systems/civil_status/declared.h"

namespace thien_an::civil_status {
namespace {

using casework::RuleAnswer;
using casework::RuleInput;

/// Answers that must all be those of an entry; the first one is looked up. Names are compared without marks.
struct SameAnswer {
    std::string_view field;
    std::string_view pointer;
};
std::vector<SameAnswer> same_answers(std::string_view register_id)
{
    if (register_id == "births")
        return {{"child_full_name", "/child/full_name"}, {"child_born_on", "/child/born_on"}};
    if (register_id == "marriages")
        return {{"husband_full_name", "/husband/full_name"}, {"wife_full_name", "/wife/full_name"}};
    if (register_id == "deaths")
        return {{"deceased_full_name", "/deceased/full_name"}, {"died_on", "/deceased/died_on"}};
    return {};
}

std::string register_of(const RuleInput& input) { return json::string_or(input.procedure, "register"); }

Result<RuleAnswer> again_rule(const RuleInput& input)
{
    const auto* year = json::find(input.form, "/earlier/year");
    if (year != nullptr && year->is_int64()) static_cast<void>(TRY(again_allowed(int(year->get_int64()))));
    return RuleAnswer{{{"timeliness", "again"}}, {}};
}

/// Looked for in every book of the province: what is kept is not registered again, an extract is asked for.
Result<RuleAnswer> kept_rule(const RuleInput& input)
{
    const auto kept = kept_originals(input, register_of(input));
    if (kept.empty()) return RuleAnswer{};
    std::string entries;
    for (const auto& one : kept) entries += (entries.empty() ? "" : ", ") + one;
    if (input.outcome == "enter")
        return Problem{
            .code = "civil_status.original_kept",
            .field = "",
            .law = "nd-123-2015/art-24",
            .words = {{"entries", entries}}};
    RuleAnswer out;
    out.warnings.push_back(
        {.code = "civil_status.original_kept",
         .field = "",
         .law = "nd-123-2015/art-24",
         .words = {{"entries", entries}},
         .detail = {}}
    );
    return out;
}

Result<RuleAnswer> abandoned_rule(const RuleInput& input)
{
    const auto name = answer(input.form, "/child/full_name");
    if (!name.empty()) static_cast<void>(TRY(name_allowed(name)));
    const auto found = day_answer(input.form, "/finding/found_on");
    const auto minutes = day_answer(input.form, "/finding/minutes_on");
    const auto posted = day_answer(input.form, "/finding/posted_from");
    const auto born = day_answer(input.form, "/child/born_on");
    if (found && born && *born > *found)
        return Problem{
            .code = "civil_status.born_after_found", .field = "/child/born_on", .law = "nd-123-2015/art-14"};
    if (found && minutes && posted)
        static_cast<void>(TRY(abandoned_child_free({*found, *minutes, *posted}, input.today)));
    return RuleAnswer{};
}

/// A desk is held between the birth and the day its officer brings the declarations home.
Result<RuleAnswer> mobile_rule(const RuleInput& input)
{
    const auto held = day_answer(input.form, "/mobile/on");
    const auto born = day_answer(input.form, "/child/born_on");
    if (!held || !born || (*born <= *held && *held <= input.today)) return RuleAnswer{};
    return Problem{
        .code = "civil_status.mobile_desk_out_of_order", .field = "/mobile/on", .law = "tt-04-2020"};
}

}  // namespace

Result<Done> again_allowed(int year)
{
    constexpr int first_kept_year = 2016;  // nd-123-2015/art-24: registered before 1 January 2016.
    if (year < first_kept_year) return Done{};
    return Problem{
        .code = "civil_status.again_from_2016", .field = "/earlier/year", .law = "nd-123-2015/art-24"};
}

Result<Done> abandoned_child_free(const Finding& finding, Day asked_on)
{
    constexpr std::chrono::days posted{7};  // nd-123-2015/art-14
    if (finding.minutes_on < finding.found_on || finding.posted_from < finding.minutes_on)
        return Problem{
            .code = "civil_status.finding_out_of_order",
            .field = "/finding/minutes_on",
            .law = "nd-123-2015/art-14"};
    const auto free_from = finding.posted_from + posted;
    if (asked_on >= free_from) return Done{};
    return Problem{
        .code = "civil_status.notice_not_over",
        .field = "/finding/posted_from",
        .law = "nd-123-2015/art-14",
        .words = {{"until", shown(free_from)}}};
}

std::vector<std::string> kept_originals(const RuleInput& input, std::string_view register_id)
{
    constexpr int namesakes_max = 200;
    std::vector<std::string> out;
    const auto same = same_answers(register_id);
    const auto reg = input.packs.reg(register_id);
    if (same.empty() || !reg) return out;
    const auto name = answer(input.form, same.front().pointer);
    if (name.empty()) return out;
    for (const auto id :
         registers::entries_with(input.db, input.keys, *reg, same.front().field, name, namesakes_max)) {
        const auto entry = registers::find_entry(input.db, input.keys, *reg, id);
        if (!entry || entry.value().dossier == input.dossier) continue;
        const bool all = std::all_of(same.begin(), same.end(), [&](const SameAnswer& one) {
            const auto entered = json::string_or(json::value(entry.value().fields), one.field);
            return folded(entered) == folded(answer(input.form, one.pointer));
        });
        if (all) out.push_back(entry.value().printed);
    }
    return out;
}

void add_again_rules(casework::RuleBook& book)
{
    book.add("civil_status.again", again_rule);
    book.add("civil_status.original_kept", kept_rule);
    book.add("civil_status.abandoned_child", abandoned_rule);
    book.add("civil_status.mobile_desk", mobile_rule);
}

}  // namespace thien_an::civil_status

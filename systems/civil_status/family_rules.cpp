#include "systems/civil_status/family_rules.h"

#include "systems/civil_status/declared.h"

namespace thien_an::civil_status {
namespace {

using casework::RuleAnswer;
using casework::RuleInput;

constexpr int full_age = 18;  // law-91-2015/art-20/para-1

std::optional<int> year_answer(const json::value& form, std::string_view pointer)
{
    const auto* v = json::find(form, pointer);
    return v == nullptr || !v->is_int64() ? std::nullopt : std::optional(int(v->get_int64()));
}

Result<RuleAnswer> recognition_rule(const RuleInput& input)
{
    RuleAnswer out;
    const auto child = day_answer(input.form, "/child/born_on");
    for (const std::string parent : {"/father", "/mother"}) {
        const auto year = year_answer(input.form, parent + "/birth_year");
        if (!year || !child) continue;
        const int years = int(std::chrono::year_month_day{*child}.year()) - *year;
        if (years <= 0)
            return Problem{
                .code = "civil_status.parent_not_older",
                .field = parent + "/birth_year",
                .law = "law-60-2014/art-25"};
        constexpr int youngest = 12;  // A biological bound for a second look, not a rule of law.
        if (years < youngest)
            out.warnings.push_back(
                {.code = "civil_status.parent_under_12",
                 .field = parent + "/birth_year",
                 .law = "",
                 .words = {{"age", std::to_string(years)}},
                 .detail = {}}
            );
    }
    return out;
}

Result<RuleAnswer> guardianship_rule(const RuleInput& input)
{
    const auto guardian = day_answer(input.form, "/guardian/born_on");
    const auto ward = day_answer(input.form, "/ward/born_on");
    if (guardian && ward)
        TRY(guardianship_possible(
            *guardian, *ward, answer(input.form, "/guardianship/ward_kind") == "minor", input.today
        ));
    const auto number = answer(input.form, "/guardian/identity_number");
    if (!number.empty() && number == answer(input.form, "/ward/identity_number"))
        return Problem{
            .code = "civil_status.same_person",
            .field = "/ward/identity_number",
            .law = "law-91-2015/art-46"};
    return RuleAnswer{};
}

Result<RuleAnswer> guardianship_end_rule(const RuleInput& input)
{
    const auto ward = day_answer(input.form, "/ward/born_on");
    if (ward && answer(input.form, "/end/reason") == "ward_came_of_age" &&
        input.today < birthday(*ward, full_age))
        return Problem{
            .code = "civil_status.ward_not_of_age",
            .field = "/end/reason",
            .law = "law-91-2015/art-62",
            .words = {{"day", shown(birthday(*ward, full_age))}}};
    const auto on = day_answer(input.form, "/end/on");
    if (on && *on > input.today)
        return Problem{.code = "civil_status.end_in_future", .field = "/end/on", .law = "law-60-2014/art-22"};
    return RuleAnswer{};
}

}  // namespace

Result<Done> guardianship_possible(Day guardian_born_on, Day ward_born_on, bool ward_is_minor, Day on)
{
    if (on < birthday(guardian_born_on, full_age))
        return Problem{
            .code = "civil_status.guardian_not_of_age",
            .field = "/guardian/born_on",
            .law = "law-91-2015/art-49",
            .words = {{"day", shown(birthday(guardian_born_on, full_age))}}};
    if (ward_is_minor && on >= birthday(ward_born_on, full_age))
        return Problem{
            .code = "civil_status.ward_of_age", .field = "/ward/born_on", .law = "law-91-2015/art-47"};
    return Done{};
}

void add_family_rules(casework::RuleBook& book)
{
    book.add("civil_status.recognition", recognition_rule);
    book.add("civil_status.guardianship", guardianship_rule);
    book.add("civil_status.guardianship_end", guardianship_end_rule);
}

}  // namespace thien_an::civil_status

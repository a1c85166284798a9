#include "systems/civil_status/birth_rules.h"

#include <algorithm>

#include "engine/base/vietnamese.h"
#include "engine/casework/competence.h"
#include "engine/casework/form.h"

#include "systems/civil_status/birth_duplicates.h"
#include "systems/civil_status/declared.h"

namespace thien_an::civil_status {
namespace {

using casework::RuleAnswer;
using casework::RuleInput;

std::optional<Day> born_on(const json::value& form)
{
    const auto day = parse_day(answer(form, "/child/born_on"));
    return day ? std::optional(day.value()) : std::nullopt;
}

std::vector<std::string> words_of(std::string_view text)
{
    std::vector<std::string> out;
    const auto plain = folded(text);
    for (std::size_t at = 0; at < plain.size();) {
        const auto end = std::min(plain.find(' ', at), plain.size());
        out.push_back(plain.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

Result<RuleAnswer> declaration_rule(const RuleInput& input)
{
    const auto born = born_on(input.form);
    if (born) static_cast<void>(TRY(timeliness(*born, input.today)));
    if (const auto limit = json::integer_or(input.procedure, "child_age_below");
        born && limit != 0 && age_on(*born, input.today) >= limit)
        return Problem{
            .code = "civil_status.child_too_old",
            .field = "/child/born_on",
            .law = "",
            .words = {{"age", std::to_string(limit)}}};
    if (const auto name = answer(input.form, "/child/full_name"); !name.empty())
        static_cast<void>(TRY(name_allowed(name)));
    return RuleAnswer{};
}

Result<RuleAnswer> timeliness_rule(const RuleInput& input)
{
    const auto born = born_on(input.form);
    // A birth in the future is told by the declaration's own rule.
    if (!born || *born > input.today) return RuleAnswer{};
    const auto answer = TRY(timeliness(*born, input.today));
    const auto days = (input.today - *born).count();
    return RuleAnswer{
        {{"timeliness", answer == Timeliness::late ? "late" : "in_time"}, {"days_since_birth", days}}, {}};
}

Result<RuleAnswer> parents_rule(const RuleInput& input)
{
    RuleAnswer out;
    const auto child = answer(input.form, "/child/full_name");
    std::vector<std::string> parents{
        answer(input.form, "/mother/full_name"), answer(input.form, "/father/full_name")};
    std::erase(parents, "");
    if (!child.empty() && !parents.empty() && !surname_of_a_parent(child, parents))
        return Problem{
            .code = "civil_status.surname_of_neither_parent",
            .field = "/child/full_name",
            .law = "nd-123-2015/art-4"};
    constexpr int youngest = 12;  // A biological bound for a second look, not a rule of law.
    if (const auto age = mother_age(input.form); age && *age < youngest)
        out.warnings.push_back(
            {.code = "civil_status.mother_under_12",
             .field = "/mother/birth_year",
             .law = "",
             .words = {{"age", std::to_string(*age)}}}
        );
    return out;
}

}  // namespace

Result<Timeliness> timeliness(Day born_on, Day declared_on)
{
    constexpr std::chrono::days time_limit{
        60};  // law-60-2014/art-15/para-1; the day of birth is not counted.

    if (born_on > declared_on)
        return Problem{
            .code = "civil_status.birth_in_future", .field = "/child/born_on", .law = "law-60-2014/art-15"};
    return declared_on - born_on <= time_limit ? Timeliness::in_time : Timeliness::late;
}

Result<Done> name_allowed(std::string_view full_name)
{
    constexpr std::size_t letters_max = 100;
    const bool marks =
        full_name.find_first_of("0123456789!\"#$%&()*+,./:;<=>?@[]^_{|}~\\`") != std::string_view::npos;
    const auto words = words_of(full_name);
    if (marks || words.size() < 2 || letters(full_name) > letters_max)
        return Problem{
            .code = "civil_status.name_not_allowed",
            .field = "/child/full_name",
            .law = "law-91-2015/art-26"};
    return Done{};
}

bool surname_of_a_parent(std::string_view child, const std::vector<std::string>& parents)
{
    const auto words = words_of(child);
    if (words.empty()) return false;
    return std::any_of(parents.begin(), parents.end(), [&](const std::string& parent) {
        const auto of_parent = words_of(parent);
        if (of_parent.empty()) return false;
        // Marks matter in a family name (Võ, Vũ are two), so whole words are compared with them as well.
        const auto first = [](std::string_view name) { return lower(nfc(name.substr(0, name.find(' ')))); };
        return words.front() == of_parent.front() && first(child) == first(parent);
    });
}

std::optional<int> mother_age(const json::value& form)
{
    const auto born = born_on(form);
    const auto* year = json::find(form, "/mother/birth_year");
    if (!born || year == nullptr || !year->is_int64()) return std::nullopt;
    return int(std::chrono::year_month_day{*born}.year()) - int(year->get_int64());
}

void add_birth_rules(casework::RuleBook& book)
{
    book.add("civil_status.birth_declaration", declaration_rule);
    book.add("civil_status.timeliness", timeliness_rule);
    book.add("civil_status.competent_commune", casework::competent_agency);
    book.add("civil_status.parents", parents_rule);
    book.add("civil_status.possible_duplicate", duplicate_rule);
}

}  // namespace thien_an::civil_status

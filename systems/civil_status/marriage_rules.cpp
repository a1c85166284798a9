#include "systems/civil_status/marriage_rules.h"

#include <array>

#include "systems/civil_status/declared.h"

namespace thien_an::civil_status {
namespace {

using casework::RuleAnswer;
using casework::RuleInput;

constexpr std::array<std::string_view, 2> sides{"/husband", "/wife"};

std::string under(std::string_view side, std::string_view member)
{
    return std::string(side) + std::string(member);
}

Result<RuleAnswer> conditions_rule(const RuleInput& input)
{
    const auto husband = day_answer(input.form, "/husband/born_on");
    const auto wife = day_answer(input.form, "/wife/born_on");
    if (husband && wife) TRY(old_enough_to_marry(*husband, *wife, input.today));
    const auto number = answer(input.form, "/husband/identity_number");
    if (!number.empty() && number == answer(input.form, "/wife/identity_number"))
        return Problem{
            .code = "civil_status.same_person", .field = "/wife/identity_number", .law = "law-52-2014/art-8"};
    return RuleAnswer{};
}

Result<RuleAnswer> marital_paper_rule(const RuleInput& input)
{
    for (const auto side : sides) {
        const auto unit = answer(input.form, under(side, "/residence/unit"));
        const auto issued_field = under(side, "/marital_paper/issued_on");
        const auto issued = day_answer(input.form, issued_field);
        const bool lives_here = unit == input.agency.unit;
        if (!issued && !lives_here && !unit.empty())
            return Problem{
                .code = "civil_status.marital_paper_missing",
                .field = under(side, "/has_marital_paper"),
                .law = "nd-123-2015/art-10"};
        if (issued && input.today > marital_paper_counts_to(*issued))
            return Problem{
                .code = "civil_status.marital_paper_expired",
                .field = issued_field,
                .law = "nd-123-2015/art-23",
                .words = {{"until", shown(marital_paper_counts_to(*issued))}}};
    }
    return RuleAnswer{};
}

/// Where declarations ask for the nationality of someone the event is about.
constexpr std::array<std::string_view, 9> persons{
    "/husband", "/wife", "/child", "/mother", "/father", "/parent", "/deceased", "/guardian", "/ward"};

/// The first person with another nationality than ours, or a life abroad.
std::optional<std::string> foreign_element(const json::value& form)
{
    for (const auto person : persons) {
        const auto nationality = answer(form, under(person, "/nationality"));
        if (!nationality.empty() && nationality != "VN") return under(person, "/nationality");
        if (const auto* person_answers = json::find(form, person);
            person_answers != nullptr && json::bool_or(*person_answers, "lives_abroad"))
            return under(person, "/lives_abroad");
    }
    return std::nullopt;
}

Result<RuleAnswer> domestic_rule(const RuleInput& input)
{
    if (auto field = foreign_element(input.form))
        return Problem{
            .code = "civil_status.foreign_element", .field = std::move(*field), .law = "law-60-2014/art-7"};
    return RuleAnswer{};
}

Result<RuleAnswer> foreign_rule(const RuleInput& input)
{
    if (!foreign_element(input.form))
        return Problem{.code = "civil_status.no_foreign_element", .field = "", .law = "law-60-2014/art-7"};
    return RuleAnswer{};
}

}  // namespace

Result<Done> old_enough_to_marry(Day husband_born_on, Day wife_born_on, Day on)
{
    constexpr int husband_years = 20;  // law-52-2014/art-8/para-1/point-a
    constexpr int wife_years = 18;     // law-52-2014/art-8/para-1/point-a

    const auto too_young = [](std::string_view side, Day from) {
        return Problem{
            .code = "civil_status." + std::string(side) + "_too_young",
            .field = "/" + std::string(side) + "/born_on",
            .law = "law-52-2014/art-8",
            .words = {{"day", shown(from)}}};
    };
    if (on < birthday(husband_born_on, husband_years))
        return too_young("husband", birthday(husband_born_on, husband_years));
    if (on < birthday(wife_born_on, wife_years)) return too_young("wife", birthday(wife_born_on, wife_years));
    return Done{};
}

Day marital_paper_counts_to(Day issued_on)
{
    constexpr int months = 6;  // nd-123-2015/art-23
    return months_after(issued_on, months);
}

void add_marriage_rules(casework::RuleBook& book)
{
    book.add("civil_status.marriage_conditions", conditions_rule);
    book.add("civil_status.marital_paper", marital_paper_rule);
    book.add("civil_status.domestic", domestic_rule);
    book.add("civil_status.with_foreign_element", foreign_rule);
}

}  // namespace thien_an::civil_status

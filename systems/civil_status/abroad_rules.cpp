#include "systems/civil_status/abroad_rules.h"

#include <algorithm>

#include "engine/casework/form.h"
#include "engine/identity/units.h"

#include "systems/civil_status/declared.h"
#include "systems/civil_status/original.h"

namespace thien_an::civil_status {
namespace {

using casework::RuleAnswer;
using casework::RuleInput;

Problem problem(std::string code, std::string field, std::string law)
{
    return {.code = std::move(code), .field = std::move(field), .law = std::move(law)};
}

Result<RuleAnswer> event_rule(const RuleInput& input)
{
    if (const auto nationality = answer(input.form, "/person/nationality");
        !nationality.empty() && nationality != "VN")
        return problem("civil_status.not_a_citizen", "/person/nationality", "law-60-2014/art-48");
    const auto happened = day_answer(input.form, "/event/happened_on");
    const auto paper = day_answer(input.form, "/event/paper_on");
    if (happened && paper) static_cast<void>(TRY(event_abroad_allowed({*happened, *paper}, input.today)));
    return RuleAnswer{};
}

Result<RuleAnswer> marriage_rule(const RuleInput& input)
{
    const bool citizen =
        answer(input.form, "/husband/nationality") == "VN" || answer(input.form, "/wife/nationality") == "VN";
    const bool asked = !answer(input.form, "/husband/nationality").empty() &&
                       !answer(input.form, "/wife/nationality").empty();
    if (asked && !citizen)
        return problem("civil_status.not_a_citizen", "/husband/nationality", "law-60-2014/art-48");
    const auto happened = day_answer(input.form, "/event/happened_on");
    const auto paper = day_answer(input.form, "/event/paper_on");
    if (happened && paper) static_cast<void>(TRY(event_abroad_allowed({*happened, *paper}, input.today)));
    const auto husband = day_answer(input.form, "/husband/born_on");
    const auto wife = day_answer(input.form, "/wife/born_on");
    if (happened && husband && wife)
        static_cast<void>(TRY(
            marriage_abroad_allowed(*happened, *husband, *wife, answered_yes(input.form, "/event/remedied"))
        ));
    return RuleAnswer{};
}

Result<RuleAnswer> judgment_rule(const RuleInput& input)
{
    const auto decided = day_answer(input.form, "/judgment/decided_on");
    const auto in_force = day_answer(input.form, "/judgment/in_force_on");
    if (decided && in_force) static_cast<void>(TRY(judgment_allowed({*decided, *in_force}, input.today)));
    return RuleAnswer{};
}

/// A court here tells the commune that keeps the book; a foreign decision is noted where the citizen lives, by the
/// district until districts ended.
Result<RuleAnswer> judgment_agency_rule(const RuleInput& input)
{
    using namespace std::chrono_literals;
    constexpr Day districts_ended{2025y / 7 / 1};  // nd-120-2025
    const auto origin = answer(input.form, "/judgment/origin");
    if (origin.empty()) return RuleAnswer{};
    const bool foreign = origin == "foreign";
    auto unit = answer(input.form, foreign ? "/person/residence/unit" : "/original/unit");
    if (unit.empty() || unit == "elsewhere") return RuleAnswer{};
    if (foreign && input.today < districts_ended)
        for (const auto& above : identity::unit_path(input.db, unit, input.today))
            if (above.level == identity::UnitLevel::district) unit = above.code;
    if (unit == input.agency.unit) return RuleAnswer{};
    return Problem{
        .code = "civil_status.judgment_wrong_agency",
        .field = "/agency",
        .law = foreign ? "nd-123-2015/art-38" : "law-60-2014/art-30",
        .words = {{"agencies", input.codes.unit_name(unit, input.today)}}};
}

/// A marriage ends once.
Result<RuleAnswer> ended_rule(const RuleInput& input)
{
    const auto asked = original_asked(input.form, "/original");
    const auto entry = asked && input.outcome == "enter" ? find_original(input, *asked) : std::nullopt;
    if (!entry) return RuleAnswer{};
    for (const auto& note : entry->notes)
        if (note.kind == "divorce" || note.kind == "annulment")
            return Problem{
                .code = "civil_status.marriage_ended_already",
                .field = "/original/number",
                .law = "nd-123-2015/art-37",
                .words = {{"note", shown(note.noted_on) + ", " + note.decision}}};
    return RuleAnswer{};
}

}  // namespace

Result<Done> event_abroad_allowed(const EventAbroad& event, Day asked_on)
{
    if (event.happened_on <= event.paper_on && event.paper_on <= asked_on) return Done{};
    return problem("civil_status.event_abroad_out_of_order", "/event/paper_on", "law-60-2014/art-48");
}

Result<Done> marriage_abroad_allowed(Day married_on, Day husband_born, Day wife_born, bool remedied)
{
    constexpr int husband_age = 20;  // law-52-2014/art-8
    constexpr int wife_age = 18;
    if (remedied) return Done{};
    if (age_on(husband_born, married_on) < husband_age)
        return problem("civil_status.married_too_young", "/husband/born_on", "law-52-2014/art-8");
    if (age_on(wife_born, married_on) < wife_age)
        return problem("civil_status.married_too_young", "/wife/born_on", "law-52-2014/art-8");
    return Done{};
}

Result<Done> judgment_allowed(const Judgment& judgment, Day asked_on)
{
    if (judgment.in_force_on < judgment.decided_on)
        return problem("civil_status.judgment_out_of_order", "/judgment/in_force_on", "nd-123-2015/art-37");
    if (judgment.in_force_on > asked_on)
        return problem("civil_status.judgment_not_in_force", "/judgment/in_force_on", "nd-123-2015/art-37");
    return Done{};
}

void add_abroad_rules(casework::RuleBook& book)
{
    book.add("civil_status.event_abroad", event_rule);
    book.add("civil_status.marriage_abroad", marriage_rule);
    book.add("civil_status.judgment", judgment_rule);
    book.add("civil_status.judgment_agency", judgment_agency_rule);
    book.add("civil_status.marriage_ended", ended_rule);
}

}  // namespace thien_an::civil_status

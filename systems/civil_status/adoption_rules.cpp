#include "systems/civil_status/adoption_rules.h"

#include "systems/civil_status/declared.h"

namespace thien_an::civil_status {
namespace {

using casework::RuleAnswer;
using casework::RuleInput;

Problem problem(std::string code, std::string field, std::string law)
{
    return {.code = std::move(code), .field = std::move(field), .law = std::move(law)};
}

Result<RuleAnswer> adoption_rule(const RuleInput& input)
{
    const auto child = day_answer(input.form, "/child/born_on");
    const auto kinship = kinship_named(answer(input.form, "/adoption/kinship"));
    Adoption adoption;
    for (const auto* pointer : {"/adopter/born_on", "/second_adopter/born_on"})
        if (const auto born = day_answer(input.form, pointer)) adoption.adopters_born.push_back(*born);
    if (!child || !kinship || adoption.adopters_born.empty()) return RuleAnswer{};
    adoption.child_born = *child;
    adoption.kinship = *kinship;
    adoption.consented_on = day_answer(input.form, "/adoption/consented_on");
    adoption.child_agrees = answered_yes(input.form, "/adoption/child_agrees");
    static_cast<void>(TRY(adoption_allowed(adoption, input.today)));
    return RuleAnswer{{{"kinship", answer(input.form, "/adoption/kinship")}}, {}};
}

Result<Done> consent_allowed(const Adoption& adoption, Day asked_on)
{
    constexpr std::chrono::days after_birth{15};  // law-52-2010/art-21
    if (!adoption.consented_on) return Done{};
    if (*adoption.consented_on > asked_on)
        return problem("civil_status.consent_in_future", "/adoption/consented_on", "law-52-2010/art-21");
    if (*adoption.consented_on < adoption.child_born + after_birth)
        return problem("civil_status.consent_too_early", "/adoption/consented_on", "law-52-2010/art-21");
    return Done{};
}

}  // namespace

std::optional<Kinship> kinship_named(std::string_view name)
{
    if (name == "none") return Kinship::none;
    if (name == "step_parent") return Kinship::step_parent;
    if (name == "aunt_or_uncle") return Kinship::aunt_or_uncle;
    return std::nullopt;
}

Result<Done> adoption_allowed(const Adoption& adoption, Day asked_on)
{
    constexpr int age_end = 16;  // law-52-2010/art-8
    constexpr int age_end_kin = 18;
    constexpr int years_older = 20;  // law-52-2010/art-14
    constexpr int heard_age = 9;     // law-52-2010/art-21
    const bool kin = adoption.kinship != Kinship::none;
    const int age = age_on(adoption.child_born, asked_on);
    if (age >= (kin ? age_end_kin : age_end))
        return problem("civil_status.adoptee_too_old", "/child/born_on", "law-52-2010/art-8");
    for (const auto born : adoption.adopters_born)
        if (!kin && age_on(born, adoption.child_born) < years_older)
            return problem("civil_status.adopter_too_young", "/adopter/born_on", "law-52-2010/art-14");
    static_cast<void>(TRY(consent_allowed(adoption, asked_on)));
    if (age >= heard_age && !adoption.child_agrees)
        return problem("civil_status.child_must_agree", "/adoption/child_agrees", "law-52-2010/art-21");
    return Done{};
}

void add_adoption_rules(casework::RuleBook& book) { book.add("civil_status.adoption", adoption_rule); }

}  // namespace thien_an::civil_status

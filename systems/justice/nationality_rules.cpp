#include "systems/justice/nationality_rules.h"

#include <array>

#include "engine/casework/work.h"

#include "systems/justice/outside.h"

namespace thien_an::justice {
namespace {

using casework::RuleAnswer;
using casework::RuleInput;

constexpr Day changes_of_2025{std::chrono::year{2025} / 7 / 1};

std::string text(const json::value& form, std::string_view pointer)
{
    const auto* v = json::find(form, pointer);
    return v == nullptr || !v->is_string() ? "" : std::string(v->get_string());
}
bool yes(const json::value& form, std::string_view pointer)
{
    const auto* v = json::find(form, pointer);
    return v != nullptr && v->is_bool() && v->get_bool();
}
std::optional<Day> day_at(const json::value& form, std::string_view pointer)
{
    const auto day = parse_day(text(form, pointer));
    return day ? std::optional(day.value()) : std::nullopt;
}

Day years_later(Day day, int years)
{
    const auto date = std::chrono::year_month_day{day} + std::chrono::years{years};
    return date.ok() ? Day{date} : Day{date.year() / date.month() / std::chrono::last};
}

Problem no(std::string code, std::string field, std::string law)
{
    return {.code = std::move(code), .field = std::move(field), .law = std::move(law)};
}

Result<RuleAnswer> naturalisation_rule(const RuleInput& input)
{
    const auto born = day_at(input.form, "/person/born_on");
    if (!born) return RuleAnswer{};
    static_cast<void>(TRY(may_naturalise(
        {.born_on = *born,
         .knows_vietnamese = yes(input.form, "/application/knows_vietnamese"),
         .resident_since = day_at(input.form, "/application/resident_since"),
         .has_livelihood = yes(input.form, "/application/has_livelihood"),
         .tie = text(input.form, "/application/tie"),
         .with_parent = yes(input.form, "/application/with_parent"),
         .keeps_foreign = yes(input.form, "/application/keeps_foreign"),
         .keeping_allowed = yes(input.form, "/application/keeping_allowed")},
        input.today
    )));
    return RuleAnswer{};
}

Result<RuleAnswer> renunciation_rule(const RuleInput& input)
{
    const auto answer = [&](std::string_view name) {
        return yes(input.form, "/application/" + std::string(name));
    };
    static_cast<void>(TRY(may_renounce(
        {.owes_tax = answer("owes_tax"),
         .prosecuted = answer("prosecuted"),
         .serves_sentence = answer("serves_sentence"),
         .judgment_open = answer("judgment_open"),
         .measure_open = answer("measure_open"),
         .in_office = answer("in_office")}
    )));
    return RuleAnswer{};
}

Result<RuleAnswer> resumption_rule(const RuleInput& input)
{
    const auto ground = text(input.form, "/application/ground");
    if (ground.empty()) return RuleAnswer{};
    static_cast<void>(TRY(may_resume({ground, day_at(input.form, "/application/deprived_on")}, input.today)));
    return RuleAnswer{};
}

Result<json::object> take_decision(casework::Work& work, const workflow::Call& call)
{
    const auto answers = answers_by_receiver(work.db, work.office.keys, work.dossier.id);
    const auto decided = answers.find("president");
    if (decided == answers.end()) throw std::logic_error("a decision is taken over that nobody told");
    const auto number = json::string_or(decided->second.content, "decision_number");
    const auto on = json::string_or(decided->second.content, "decided_on");
    if (number.empty() || !parse_day(on)) return no("justice.decision_unreadable", "", "");
    auto& facts = work.form.facts;
    if (!facts.is_object()) facts = json::object{};
    facts.get_object()["decision_number"] = number;
    facts.get_object()["decided_on"] = on;
    ++work.form.version;
    casework::insert_form(
        work.db, work.office.keys, work.office.ids.next(), work.dossier.id, work.form, call.now
    );
    return json::object{};
}

}  // namespace

Result<Done> may_naturalise(const Naturalisation& n, Day day)
{
    constexpr int of_age = 18;
    constexpr int years_here = 5;
    const bool minor = day < years_later(n.born_on, of_age);
    const bool new_law = day >= changes_of_2025;
    // Since 2025 a minor may follow father or mother, or have a Vietnamese parent.
    if (minor && !(n.with_parent || (new_law && n.tie == "family")))
        return no("justice.not_of_age", "/person/born_on", "law-24-2008/art-19");
    const bool eased = n.tie == "family" || n.tie == "merit" || n.tie == "benefit" || n.with_parent ||
                       (new_law && n.tie == "grandparent");
    if (!eased) {
        if (!n.knows_vietnamese)
            return no("justice.vietnamese_needed", "/application/knows_vietnamese", "law-24-2008/art-19");
        if (!n.resident_since || day < years_later(*n.resident_since, years_here))
            return no("justice.five_years_needed", "/application/resident_since", "law-24-2008/art-19");
        if (!n.has_livelihood)
            return no("justice.livelihood_needed", "/application/has_livelihood", "law-24-2008/art-19");
    }
    // Until 2025 only for those with a tie, in special cases; since then when the other state allows it.
    if (n.keeps_foreign && !(eased && n.keeping_allowed))
        return no("justice.foreign_nationality_kept", "/application/keeps_foreign", "law-24-2008/art-19");
    return Done{};
}

Result<Done> may_renounce(const Renunciation& r)
{
    const std::array grounds{
        std::pair{r.owes_tax, "owes_tax"},
        std::pair{r.prosecuted, "prosecuted"},
        std::pair{r.serves_sentence, "serves_sentence"},
        std::pair{r.judgment_open, "judgment_open"},
        std::pair{r.measure_open, "measure_open"},
        std::pair{r.in_office, "in_office"}};
    for (const auto& [holds, ground] : grounds)
        if (holds)
            return no(
                "justice.renunciation_refused", std::string("/application/") + ground, "law-24-2008/art-27"
            );
    return Done{};
}

Result<Done> may_resume(const Resumption& r, Day day)
{
    constexpr int years_after_deprivation = 5;
    if (r.deprived_on && day < years_later(*r.deprived_on, years_after_deprivation))
        return no("justice.resumption_too_early", "/application/deprived_on", "law-24-2008/art-23");
    // Since 2025 whoever lost Vietnamese nationality may ask for it again.
    if (r.ground == "other" && day < changes_of_2025)
        return no("justice.resumption_needs_ground", "/application/ground", "law-24-2008/art-23");
    return Done{};
}

void add_nationality_rules(casework::RuleBook& book)
{
    book.add("justice.naturalisation", naturalisation_rule);
    book.add("justice.renunciation", renunciation_rule);
    book.add("justice.resumption", resumption_rule);
}

void add_nationality_actions(casework::Actions& actions)
{
    actions.add_local("justice.take_decision", take_decision);
}

}  // namespace thien_an::justice

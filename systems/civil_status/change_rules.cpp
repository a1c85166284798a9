#include "systems/civil_status/change_rules.h"

#include <algorithm>
#include <array>

#include "engine/base/vietnamese.h"
#include "engine/casework/code_text.h"
#include "engine/casework/form.h"
#include "engine/casework/packs.h"
#include "engine/identity/units.h"

#include "systems/civil_status/birth_rules.h"
#include "systems/civil_status/declared.h"
#include "systems/civil_status/original.h"

namespace thien_an::civil_status {
namespace {

using casework::RuleAnswer;
using casework::RuleInput;

constexpr int of_age = 18;

Problem problem(std::string code, std::string field, std::string law)
{
    return {.code = std::move(code), .field = std::move(field), .law = std::move(law)};
}

/// The unit that decides for a commune: itself, or the district above it.
std::string deciding_unit(storage::Reader& db, const std::string& unit, DecidingLevel level, Day day)
{
    if (level == DecidingLevel::commune) return unit;
    for (const auto& above : identity::unit_path(db, unit, day))
        if (above.level == identity::UnitLevel::district) return above.code;
    return unit;
}

/// Where the person lives, then where the entry is.
std::vector<std::string> deciding_units(const RuleInput& input, DecidingLevel level)
{
    std::vector<std::string> units;
    for (const auto* pointer : {"/person/residence/unit", "/original/unit"}) {
        const auto unit = answer(input.form, pointer);
        if (unit.empty() || unit == "elsewhere") continue;
        auto decides = deciding_unit(input.db, unit, level, input.today);
        if (std::find(units.begin(), units.end(), decides) == units.end())
            units.push_back(std::move(decides));
    }
    return units;
}

std::string names_of(const RuleInput& input, const std::vector<std::string>& units)
{
    std::string names;
    for (const auto& unit : units)
        if (const auto name = input.codes.unit_name(unit, input.today); !name.empty())
            names += (names.empty() ? "" : ", ") + name;
    return names;
}

std::optional<ChangeKind> kind_of(const json::value& form)
{
    return change_kind_named(answer(form, "/change/kind"));
}

Agreement agreement_of(const json::value& form)
{
    return {
        .parents = answered_yes(form, "/change/parents_agree"),
        .person = answered_yes(form, "/change/person_agrees")};
}

/// Which agency decides, and which line of the fee table is meant.
Result<RuleAnswer> agency_rule(const RuleInput& input)
{
    const auto kind = kind_of(input.form);
    const auto born = day_answer(input.form, "/person/born_on");
    if (!kind || !born || *born > input.today) return RuleAnswer{};
    const auto level = change_level(*kind, *born, input.today);
    const auto units = deciding_units(input, level);
    if (!units.empty() && std::find(units.begin(), units.end(), input.agency.unit) == units.end())
        return Problem{
            .code = "civil_status.change_wrong_agency",
            .field = "/agency",
            .law = level == DecidingLevel::district ? "law-60-2014/art-46" : "law-60-2014/art-27",
            .words = {{"agencies", names_of(input, units)}}};
    constexpr int fee_age = 14;
    return RuleAnswer{
        {{"age_group", age_on(*born, input.today) < fee_age ? "under_14" : "from_14"},
         {"change_kind", answer(input.form, "/change/kind")}},
        {}};
}

/// "change" is of a name; the others of any field of the register the entry is in.
std::optional<Problem> wrong_field(ChangeKind kind, const Particular& asked, const registers::Register& reg)
{
    const auto* field = reg.field(asked.field);
    const auto at = asked.group + "/field";
    if (field == nullptr) return problem("civil_status.field_not_of_register", at, "law-60-2014/art-26");
    if (kind == ChangeKind::change && field->type != registers::FieldType::name)
        return problem("civil_status.change_is_of_a_name", at, "law-60-2014/art-26");
    return std::nullopt;
}

/// Whose name it is decides who must agree: the registered person's own.
bool own_name(const std::string& field)
{
    constexpr std::array own{"child_full_name", "husband_full_name", "wife_full_name"};
    return std::find(own.begin(), own.end(), field) != own.end();
}

Result<Done> particular_allowed(
    const RuleInput& input, ChangeKind kind, const Particular& asked, const registers::Register& reg
)
{
    if (auto fault = wrong_field(kind, asked, reg)) return *std::move(fault);
    if (reg.field(asked.field)->type == registers::FieldType::name && !name_allowed(asked.value))
        return problem("civil_status.name_not_allowed", asked.group + "/value", "law-91-2015/art-26");
    const auto born = day_answer(input.form, "/person/born_on");
    if (kind == ChangeKind::change && own_name(asked.field) && born)
        return name_change_agreed(*born, input.today, agreement_of(input.form));
    return Done{};
}

/// What it says now: the entry's own words where it is kept here, else the paper's.
std::string before_of(
    const RuleInput& input,
    const Particular& asked,
    const registers::Register& reg,
    const std::optional<registers::Entry>& entry
)
{
    if (!entry) return asked.old_value;
    const auto* v = entry->fields.if_contains(asked.field);
    return v == nullptr ? "" : casework::value_text(input.codes, reg.field(asked.field), *v, input.today);
}

std::optional<registers::Entry> original_of(const RuleInput& input)
{
    const auto original = original_asked(input.form, "/original");
    return original ? find_original(input, *original) : std::nullopt;
}

/// "Họ, chữ đệm, tên người mẹ: Phạm Thị Vi → Phạm Thị Vy", as the book and the extract say it.
std::string said_of(
    const RuleInput& input, const Particular& asked, const registers::Register& reg, const std::string& before
)
{
    const auto to =
        casework::value_text(input.codes, reg.field(asked.field), json::value(asked.value), input.today);
    const auto what = casework::code_text(input.codes, "changeable_fields", asked.field, input.today);
    return what + ": " + (before.empty() ? "" : before + " → ") + to;
}

json::value text_or_null(const std::string& text) { return text.empty() ? json::value() : json::value(text); }

/// Every particular asked for. Facts: old_value, what the first says now; also_changed, the text of those after the first,
/// null when there is one.
Result<RuleAnswer> value_rule(const RuleInput& input)
{
    const auto kind = kind_of(input.form);
    const auto asked = particulars_of(input.form);
    const auto reg = input.packs.reg(answer(input.form, "/original/register"));
    if (!kind || asked.empty() || !reg) return RuleAnswer{};
    const auto entry = original_of(input);
    std::string also;
    for (auto it = asked.begin(); it != asked.end(); ++it) {
        const auto same = [&](const Particular& before) { return before.field == it->field; };
        if (std::any_of(asked.begin(), it, same))
            return problem("civil_status.particular_twice", it->group + "/field", "law-60-2014/art-26");
        static_cast<void>(TRY(particular_allowed(input, *kind, *it, *reg)));
        if (it == asked.begin()) continue;
        also += (also.empty() ? "" : "; ") + said_of(input, *it, *reg, before_of(input, *it, *reg, entry));
    }
    return RuleAnswer{
        {{"old_value", text_or_null(before_of(input, asked.front(), *reg, entry))},
         {"also_changed", text_or_null(also)}},
        {}};
}

std::string entered_text(const json::value* v)
{
    if (v == nullptr || v->is_null()) return "";
    if (v->is_int64()) return std::to_string(v->get_int64());
    return v->is_string() ? std::string(v->get_string()) : "";
}

/// What an authority abroad has changed: any particular of the register, nobody's agreement is asked again. The fact
/// changed_abroad is its text, null when the event is another.
Result<RuleAnswer> abroad_rule(const RuleInput& input)
{
    const auto asked = particulars_of(input.form);
    const auto reg = input.packs.reg(answer(input.form, "/original/register"));
    if (asked.empty() || !reg) return RuleAnswer{{{"changed_abroad", nullptr}}, {}};
    const auto& only = asked.front();
    static_cast<void>(TRY(particular_allowed(input, ChangeKind::correction, only, *reg)));
    const auto before = before_of(input, only, *reg, original_of(input));
    return RuleAnswer{{{"changed_abroad", said_of(input, only, *reg, before)}}, {}};
}

/// As it stands in the entry: what is asked for must change it, and an addition fills a blank.
Result<Done> particular_changes(ChangeKind kind, const Particular& asked, std::string_view before)
{
    if (before == asked.value)
        return problem("civil_status.nothing_changes", asked.group + "/field", "law-60-2014/art-28");
    if (kind == ChangeKind::supplement && !before.empty())
        return problem("civil_status.not_blank", asked.group + "/field", "law-60-2014/art-29");
    return Done{};
}

std::optional<casework::Warning> old_value_differs(const Particular& asked, const std::string& before)
{
    const auto day = parse_day(before);
    const auto shown_before = day ? shown(day.value()) : before;
    const auto said = folded(asked.old_value);
    if (said.empty() || said == folded(shown_before) || said == folded(before)) return std::nullopt;
    return casework::Warning{
        .code = "civil_status.old_value_differs",
        .field = asked.group + "/old_value",
        .law = "law-60-2014/art-28",
        .words = {{"entered", shown_before}, {"declared", asked.old_value}},
        .detail = {}};
}

casework::Warning differs(std::string field, std::string entered, std::string declared)
{
    return {
        .code = "civil_status.person_differs",
        .field = std::move(field),
        .law = "law-60-2014/art-28",
        .words = {{"entered", std::move(entered)}, {"declared", std::move(declared)}},
        .detail = {}};
}

/// Whether the person declared is the one of the entry, as it says now or as it is to say.
std::vector<casework::Warning> another_person(const RuleInput& input, const registers::Entry& entry)
{
    const auto reg = input.packs.reg(entry.register_id);
    const auto asked = particulars_of(input.form);
    const auto name = answer(input.form, "/person/full_name");
    if (!reg || name.empty()) return {};
    const auto says = [&](const std::string& field, const std::string& declared) {
        const auto here = entered_text(entry.fields.if_contains(field));
        return here.empty() || folded(here) == folded(declared) ||
               std::any_of(asked.begin(), asked.end(), [&](const Particular& one) {
                   return one.field == field && folded(one.value) == folded(declared);
               });
    };
    std::string names;
    for (const auto& person : reg->people.persons) {
        if (!person.subject) continue;
        if (!says(person.name, name)) {
            names += (names.empty() ? "" : ", ") + entered_text(entry.fields.if_contains(person.name));
            continue;
        }
        const auto born = answer(input.form, "/person/born_on");
        if (person.born_on.empty() || born.empty() || says(person.born_on, born)) return {};
        const auto here = parse_day(entered_text(entry.fields.if_contains(person.born_on)));
        return {differs("/person/born_on", here ? shown(here.value()) : "", shown(parse_day(born).value()))};
    }
    return {differs("/person/full_name", names, name)};
}

/// A paper from abroad cannot change what was not there yet.
std::optional<casework::Warning> before_entry(const RuleInput& input, const registers::Entry& entry)
{
    const auto happened = day_answer(input.form, "/event/happened_on");
    if (!happened || *happened >= entry.registered_on) return std::nullopt;
    return casework::Warning{
        .code = "civil_status.event_before_entry",
        .field = "/event/happened_on",
        .law = "law-60-2014/art-48",
        .words = {{"registered", shown(entry.registered_on)}, {"happened", shown(*happened)}},
        .detail = {}};
}

Result<RuleAnswer> entry_rule(const RuleInput& input)
{
    RuleAnswer out;
    const auto entry = original_of(input);
    if (!entry) return out;
    const bool entering = input.outcome == "enter";
    if (entering && !entry->in_force)
        return problem("civil_status.original_annulled", "/original/number", "law-60-2014/art-28");
    const auto kind = kind_of(input.form).value_or(ChangeKind::ethnicity);
    for (const auto& asked : particulars_of(input.form)) {
        const auto before = entered_text(entry->fields.if_contains(asked.field));
        if (entering) static_cast<void>(TRY(particular_changes(kind, asked, before)));
        if (auto differs = old_value_differs(asked, before)) out.warnings.push_back(*std::move(differs));
    }
    for (auto& warning : another_person(input, *entry)) out.warnings.push_back(std::move(warning));
    if (auto early = before_entry(input, *entry)) out.warnings.push_back(*std::move(early));
    return out;
}

/// What the declaration says of the parents: the officer compares it with the entry.
Result<RuleAnswer> ethnicity_rule(const RuleInput& input)
{
    const auto born = day_answer(input.form, "/person/born_on");
    const auto to = answer(input.form, "/change/ethnicity");
    if (!born || to.empty()) return RuleAnswer{};
    const EthnicityAsked asked{
        .from = answer(input.form, "/person/ethnicity"),
        .to = to,
        .mother = answer(input.form, "/parents/mother_ethnicity"),
        .father = answer(input.form, "/parents/father_ethnicity")};
    static_cast<void>(TRY(ethnicity_allowed(asked, *born, input.today, agreement_of(input.form))));
    return RuleAnswer{};
}

}  // namespace

std::optional<ChangeKind> change_kind_named(std::string_view name)
{
    if (name == "change") return ChangeKind::change;
    if (name == "correction") return ChangeKind::correction;
    if (name == "supplement") return ChangeKind::supplement;
    if (name == "ethnicity") return ChangeKind::ethnicity;
    return std::nullopt;
}

DecidingLevel change_level(ChangeKind kind, Day born_on, Day asked_on)
{
    using namespace std::chrono_literals;
    constexpr Day districts_ended{2025y / 7 / 1};  // nd-120-2025
    constexpr int district_age = 14;               // law-60-2014/art-46
    if (asked_on >= districts_ended || kind == ChangeKind::supplement) return DecidingLevel::commune;
    if (kind == ChangeKind::ethnicity || age_on(born_on, asked_on) >= district_age)
        return DecidingLevel::district;
    return DecidingLevel::commune;
}

Result<Done> name_change_agreed(Day born_on, Day asked_on, Agreement agreement)
{
    constexpr int heard_age = 9;  // law-91-2015/art-27
    const int age = age_on(born_on, asked_on);
    if (age < of_age && !agreement.parents)
        return problem("civil_status.parents_must_agree", "/change/parents_agree", "nd-123-2015/art-7");
    if (age >= heard_age && age < of_age && !agreement.person)
        return problem("civil_status.person_must_agree", "/change/person_agrees", "law-91-2015/art-27");
    return Done{};
}

Result<Done> ethnicity_allowed(const EthnicityAsked& asked, Day born_on, Day asked_on, Agreement agreement)
{
    constexpr int heard_age = 15;  // law-91-2015/art-29
    if (asked.to == asked.from)
        return problem("civil_status.same_ethnicity", "/change/ethnicity", "law-91-2015/art-29");
    const bool known = !asked.mother.empty() || !asked.father.empty();
    if (known && asked.to != asked.mother && asked.to != asked.father)
        return problem("civil_status.ethnicity_of_neither_parent", "/change/ethnicity", "law-91-2015/art-29");
    const int age = age_on(born_on, asked_on);
    if (age < of_age && !agreement.parents)
        return problem("civil_status.parents_must_agree", "/change/parents_agree", "law-91-2015/art-29");
    if (age >= heard_age && age < of_age && !agreement.person)
        return problem("civil_status.person_must_agree", "/change/person_agrees", "law-91-2015/art-29");
    return Done{};
}

std::vector<Particular> particulars_of(const json::value& form)
{
    std::vector<Particular> out;
    for (const std::string group : {"/change", "/second", "/third"}) {
        Particular asked{
            .group = group,
            .field = answer(form, group + "/field"),
            .value = {},
            .old_value = answer(form, group + "/old_value")};
        for (const auto* last : {"/value", "/day", "/sex", "/ethnicity", "/nationality"})
            if (asked.value.empty()) asked.value = answer(form, group + last);
        if (const auto* year = json::find(form, group + "/year"); year != nullptr && year->is_int64())
            asked.value = std::to_string(year->get_int64());
        // A group determined again is asked for without naming the field.
        if (asked.field.empty() && !answer(form, group + "/ethnicity").empty())
            asked.field = "child_ethnicity";
        if (!asked.field.empty()) out.push_back(std::move(asked));
    }
    return out;
}

void add_change_rules(casework::RuleBook& book)
{
    book.add("civil_status.change_agency", agency_rule);
    book.add("civil_status.change_value", value_rule);
    book.add("civil_status.change_abroad", abroad_rule);
    book.add("civil_status.change_of_entry", entry_rule);
    book.add("civil_status.ethnicity_choice", ethnicity_rule);
}

}  // namespace thien_an::civil_status

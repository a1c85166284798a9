#include "systems/civil_status/person_rules.h"

#include <set>

#include "systems/civil_status/life_line_reading.h"

namespace thien_an::civil_status {
namespace {

using casework::RuleAnswer;
using casework::RuleInput;
using registers::PersonRef;
using Records = LifeRecords;

std::string answer(const json::value& form, const std::string& pointer)
{
    const auto* v = json::find(form, pointer);
    return v == nullptr || !v->is_string() ? "" : std::string(v->get_string());
}

/// A person as a form tells of him.
struct Asked {
    std::string group;  ///< "/husband"
    registers::PersonDescription who;
};
Asked asked_in(const json::value& form, const std::string& group)
{
    Asked asked{group, {}};
    asked.who.name = answer(form, group + "/full_name");
    if (const auto day = parse_day(answer(form, group + "/born_on"))) asked.who.born_on = day.value();
    asked.who.sex = answer(form, group + "/sex");
    // Forms write an identity paper as a number or as kind and number.
    for (const auto* field : {"/personal_number", "/identity_number", "/identity/number"})
        if (asked.who.paper.empty()) asked.who.paper = answer(form, group + field);
    return asked;
}

/// The line of a person, without what this dossier has entered itself.
std::vector<LifeEvent> line_of(const Records& input, const registers::PersonRef& person)
{
    auto line = life_line(input.db, input.keys, input.registers, person);
    if (input.own)
        std::erase_if(line, [&](const LifeEvent& event) { return event.person.entry == input.own; });
    return line;
}

/// The line of whoever has the number; empty when nobody has.
std::vector<LifeEvent> line_by_number(const Records& input, const Asked& asked)
{
    if (asked.who.paper.empty()) return {};
    const auto found =
        registers::persons_numbered(input.db, input.keys, input.registers.list(), asked.who.paper);
    if (found.empty()) return {};
    return line_of(input, found.front().person);
}

/// Lines of people described alike, each once, without `known`.
std::vector<std::vector<LifeEvent>> lines_alike(
    const Records& input, const Asked& asked, const std::vector<LifeEvent>& known
)
{
    std::vector<std::vector<LifeEvent>> out;
    const auto* matching = input.registers.matching();
    if (matching == nullptr || asked.who.name.empty()) return out;
    std::set<PersonRef> seen;
    for (const auto& event : known) seen.insert(event.person);
    constexpr int most = 10;
    for (const auto& match :
         registers::find_persons(input.db, input.keys, input.registers.list(), *matching, asked.who, most)) {
        if (seen.contains(match.person)) continue;
        out.push_back(line_of(input, match.person));
        for (const auto& event : out.back()) seen.insert(event.person);
    }
    return out;
}

void warn(RuleAnswer& out, const char* code, const Asked& asked, const MaritalState& state, const char* law)
{
    json::array entries;
    for (const auto& one : state.rests_on)
        entries.push_back(json::object{{"entry", text_of(one.entry)}, {"role", one.role}});
    out.warnings.push_back(
        {.code = code,
         .field = asked.group + "/full_name",
         .law = law,
         .words = {{"name", asked.who.name}, {"entry", state.printed}},
         .detail = {{"entries", std::move(entries)}}}
    );
}

/// Why this person cannot marry today, if the number says so.
Result<Done> may_marry(const Records& input, const Asked& asked, RuleAnswer& out)
{
    const auto line = line_by_number(input, asked);
    const auto state = marital_state(line, input.today);
    const auto refuse = [&](const char* code, const char* law) {
        return Problem{
            .code = code,
            .field = asked.group + "/identity_number",
            .law = law,
            .words = {{"name", asked.who.name}, {"entry", state.printed}}};
    };
    if (state.dead) return refuse("civil_status.person_is_dead", "law-52-2014/art-8");
    if (state.state == Marital::married) return refuse("civil_status.married_already", "law-52-2014/art-5");
    for (const auto& alike : lines_alike(input, asked, line)) {
        const auto other = marital_state(alike, input.today);
        if (other.dead)
            warn(out, "civil_status.possibly_dead", asked, other, "law-52-2014/art-8");
        else if (other.state == Marital::married)
            warn(out, "civil_status.possibly_married", asked, other, "law-52-2014/art-5");
    }
    return Done{};
}

std::string numbers_of(const std::vector<LifeEvent>& line, const MaritalState& state)
{
    std::string out;
    for (const auto& event : line)
        for (const auto& one : state.rests_on)
            if (event.person == one && out.find(event.printed) == std::string::npos)
                out += (out.empty() ? "" : ", ") + event.printed;
    return out;
}

}  // namespace

Result<RuleAnswer> both_unmarried(const LifeRecords& records, const json::value& form)
{
    RuleAnswer out;
    for (const auto* group : {"/husband", "/wife"}) TRY(may_marry(records, asked_in(form, group), out));
    return out;
}

RuleAnswer marital_facts(const LifeRecords& records, const json::value& form)
{
    RuleAnswer out;
    Asked asked;
    for (const auto* group : {"/person", "/subject", "/requester"})
        if (asked.who.name.empty()) asked = asked_in(form, group);
    const auto line = line_by_number(records, asked);
    const auto state = marital_state(line, records.today);
    out.facts["marital_state"] = line.empty() ? "unknown" : text_of(state.state);
    out.facts["marital_since"] = state.since ? json::value(iso(*state.since)) : json::value(nullptr);
    out.facts["marital_spouse"] = state.spouse;
    out.facts["marital_entries"] = numbers_of(line, state);
    if (state.dead) warn(out, "civil_status.person_may_be_dead", asked, state, "nd-123-2015/art-22");
    for (const auto& alike : lines_alike(records, asked, line)) {
        const auto other = marital_state(alike, records.today);
        if (other.dead)
            warn(out, "civil_status.person_may_be_dead", asked, other, "nd-123-2015/art-22");
        else if (other.state != Marital::single)
            warn(out, "civil_status.marital_possibly", asked, other, "nd-123-2015/art-22");
    }
    return out;
}

namespace {

LifeRecords records_of(const RuleInput& input)
{
    // Returned by the chairman and entered again, a marriage finds its own entry.
    const auto own = registers::entry_of_dossier(input.db, input.dossier);
    return {
        input.db, input.keys, LifeRegisters(input.packs), input.today, own.value_or(registers::EntryId{})};
}

}  // namespace

void add_person_rules(casework::RuleBook& book)
{
    book.add("civil_status.both_unmarried", [](const RuleInput& input) -> Result<RuleAnswer> {
        return both_unmarried(records_of(input), input.form);
    });
    book.add("civil_status.marital_state", [](const RuleInput& input) -> Result<RuleAnswer> {
        return marital_facts(records_of(input), input.form);
    });
}

}  // namespace thien_an::civil_status

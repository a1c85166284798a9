#include "systems/civil_status/life_line.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace thien_an::civil_status {
namespace {

using registers::PersonRef;
using Events = std::vector<LifeEvent>;

std::int64_t year_of(Day day) { return int(std::chrono::year_month_day{day}.year()); }

Events in_force(const Events& events)
{
    Events out;
    std::copy_if(events.begin(), events.end(), std::back_inserter(out), [](const LifeEvent& e) {
        return e.in_force;
    });
    sort_events(out);
    return out;
}

Events of_kind(const Events& events, std::string_view kind)
{
    Events out;
    std::copy_if(events.begin(), events.end(), std::back_inserter(out), [&](const LifeEvent& e) {
        return e.kind == kind && (e.subject || kind == "child_born");
    });
    return out;
}

std::string day_text(const std::optional<Day>& day) { return day ? shown(*day) : ""; }

/// Found so far.
class Findings {
public:
    void add(std::string code, std::vector<const LifeEvent*> events, json::object words = {})
    {
        Contradiction found{std::move(code), {}, std::move(words)};
        std::string numbers;
        for (const auto* event : events) {
            found.entries.push_back(event->person);
            numbers += (numbers.empty() ? "" : ", ") + event->printed;
        }
        found.words["entries"] = numbers;
        out.push_back(std::move(found));
    }
    std::vector<Contradiction> out;
};

void told_twice(const Events& events, std::string_view kind, const char* code, Findings& findings)
{
    const auto same = of_kind(events, kind);
    if (same.size() < 2) return;
    std::vector<const LifeEvent*> all;
    for (const auto& event : same) all.push_back(&event);
    findings.add(code, std::move(all));
}

/// The day the marriage ended by what the registers say; empty: it did not.
std::optional<Day> end_of(const LifeEvent& marriage, const Events& events)
{
    std::optional<Day> end = marriage.ended_on;
    for (const auto& event : events) {
        const bool ends = event.kind == "divorce" || event.kind == "spouse_death";
        if (!ends || !event.on || !marriage.on || *event.on < *marriage.on) continue;
        // A death ends the marriage with that spouse alone.
        if (event.kind == "spouse_death" && !event.with.empty() && event.with != marriage.with) continue;
        if (!end || *event.on < *end) end = event.on;
    }
    return end;
}

void marriages(const Events& events, Findings& findings)
{
    const auto all = of_kind(events, "marriage");
    for (std::size_t i = 1; i < all.size(); ++i) {
        const auto& before = all[i - 1];
        const auto& after = all[i];
        if (!before.on || !after.on) continue;
        const auto end = end_of(before, events);
        if (!end || *end > *after.on)
            findings.add(
                "married_twice",
                {&before, &after},
                {{"first", day_text(before.on)}, {"second", day_text(after.on)}}
            );
    }
}

/// A child may be born to a father this long after his death. Law: law-52-2014/art-88/para-1.
constexpr std::chrono::days born_after_father{300};

void after_death(const Events& events, Findings& findings)
{
    const auto deaths = of_kind(events, "death");
    if (deaths.empty() || !deaths.front().on) return;
    const auto& death = deaths.front();
    for (const auto& event : events) {
        if (!event.on || event.kind == "death" || event.kind == "spouse_death" || *event.on <= *death.on)
            continue;
        const json::object words{{"died", day_text(death.on)}, {"on", day_text(event.on)}};
        if (event.kind == "child_born" && event.role == "father") {
            if (*event.on > *death.on + born_after_father)
                findings.add("child_after_father", {&event, &death}, words);
        } else if (event.subject || event.kind == "child_born") {
            findings.add("after_death", {&event, &death}, words);
        }
    }
}

void young_parents(const Events& events, Findings& findings)
{
    constexpr std::int64_t youngest = 12;  // READING: younger is a slip of the pen, not a birth.
    for (const auto& event : of_kind(events, "child_born")) {
        if (!event.on) continue;
        for (const auto& own : events) {
            const auto born = own.born_on ? year_of(*own.born_on) : own.born_year;
            if (born == 0 || year_of(*event.on) - born >= youngest) continue;
            findings.add("parent_under_12", {&event, &own}, {{"age", year_of(*event.on) - born}});
            break;
        }
    }
}

template <typename Value, typename Text>
void differs(const Events& events, const char* code, Value value, Text text, Findings& findings)
{
    const LifeEvent* first = nullptr;
    std::set<std::string> told;
    for (const auto& event : events) {
        if (event.kind == "spouse_death" || !value(event)) continue;
        if (first == nullptr) {
            first = &event;
            told.insert(text(event));
        } else if (told.insert(text(event)).second) {
            findings.add(code, {first, &event}, {{"first", text(*first)}, {"second", text(event)}});
        }
    }
}

void descriptions(const Events& events, Findings& findings)
{
    differs(
        events,
        "sex_differs",
        [](const LifeEvent& e) { return !e.sex.empty(); },
        [](const LifeEvent& e) { return e.sex; },
        findings
    );
    differs(
        events,
        "born_on_differs",
        [](const LifeEvent& e) { return e.born_on.has_value(); },
        [](const LifeEvent& e) { return day_text(e.born_on); },
        findings
    );
    // Years are compared where the day is not known.
    const auto day =
        std::find_if(events.begin(), events.end(), [](const LifeEvent& e) { return e.born_on.has_value(); });
    for (const auto& event : events)
        if (day != events.end() && !event.born_on && event.born_year != 0 &&
            event.born_year != year_of(*day->born_on))
            findings.add(
                "born_on_differs",
                {&*day, &event},
                {{"first", day_text(day->born_on)}, {"second", std::to_string(event.born_year)}}
            );
    std::set<std::string> checked;
    const LifeEvent* numbered = nullptr;
    for (const auto& event : events) {
        if (event.number.empty() || event.kind == "spouse_death" || !checked.insert(event.number).second)
            continue;
        // What the line knows of the person, from whichever entry says it.
        auto sex = event.sex;
        auto year = event.born_on ? year_of(*event.born_on) : event.born_year;
        for (const auto& other : events) {
            if (sex.empty()) sex = other.sex;
            if (year == 0) year = other.born_on ? year_of(*other.born_on) : other.born_year;
        }
        for (auto& fault : number_faults(event.number, year, sex)) findings.add(std::move(fault), {&event});
        if (numbered != nullptr) findings.add("number_differs", {numbered, &event});
        numbered = &event;
    }
}

}  // namespace

void sort_events(std::vector<LifeEvent>& events)
{
    std::stable_sort(events.begin(), events.end(), [](const LifeEvent& a, const LifeEvent& b) {
        if (a.on.has_value() != b.on.has_value()) return a.on.has_value();
        return a.on && *a.on != *b.on ? *a.on < *b.on : a.person.entry < b.person.entry;
    });
}

std::vector<Contradiction> contradictions(std::vector<LifeEvent> events)
{
    const auto all = in_force(events);
    Findings findings;
    told_twice(all, "birth", "two_births", findings);
    told_twice(all, "death", "two_deaths", findings);
    marriages(all, findings);
    after_death(all, findings);
    young_parents(all, findings);
    descriptions(all, findings);
    return findings.out;
}

std::string_view text_of(Marital state)
{
    switch (state) {
    case Marital::single: return "single";
    case Marital::married: return "married";
    case Marital::divorced: return "divorced";
    case Marital::widowed: return "widowed";
    }
    throw std::logic_error("Marital outside its enumerators");
}

MaritalState marital_state(std::vector<LifeEvent> events, Day day)
{
    MaritalState out;
    for (const auto& event : in_force(events)) {
        if (!event.on || *event.on > day) continue;
        const auto set = [&](Marital state, const std::optional<Day>& since) {
            out.state = state;
            out.since = since;
            out.rests_on.push_back(event.person);
            out.printed = event.printed;
            if (!event.with.empty()) out.spouse = event.with;
        };
        if (event.kind == "marriage" && event.subject) {
            set(Marital::married, event.on);
            if (event.ended_on && *event.ended_on <= day) set(Marital::divorced, event.ended_on);
        }
        // READING: a divorce whose marriage is not in our registers, being abroad or older, still says divorced.
        if (event.kind == "divorce" && event.subject) set(Marital::divorced, event.on);
        const bool of_spouse = event.with.empty() || event.with == out.spouse;
        if (event.kind == "spouse_death" && out.state == Marital::married && of_spouse)
            set(Marital::widowed, event.on);
        if (event.kind == "death" && event.subject) {
            out.dead = true;
            out.rests_on.push_back(event.person);
            out.printed = event.printed;
        }
    }
    return out;
}

std::optional<PersonalNumber> read_personal_number(std::string_view number)
{
    constexpr std::size_t length = 12;
    const bool digits =
        std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (number.size() != length || !digits) return std::nullopt;
    const int code = number[3] - '0';
    constexpr std::int64_t first_century = 1900;
    return PersonalNumber{
        .place = std::string(number.substr(0, 3)),
        .year = first_century + 100 * (code / 2) + (number[4] - '0') * 10 + (number[5] - '0'),
        .sex = code % 2 == 0 ? "male" : "female"};
}

std::vector<std::string> number_faults(std::string_view number, std::int64_t born_year, std::string_view sex)
{
    const auto read = read_personal_number(number);
    if (!read) return {"number_form"};
    std::vector<std::string> out;
    if (born_year != 0 && read->year != born_year) out.emplace_back("number_year");
    const bool told = sex == "male" || sex == "female";
    if (told && read->sex != sex) out.emplace_back("number_sex");
    return out;
}

}  // namespace thien_an::civil_status

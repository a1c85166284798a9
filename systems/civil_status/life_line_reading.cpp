#include "systems/civil_status/life_line_reading.h"

#include <algorithm>
#include <set>

namespace thien_an::civil_status {
namespace {

using registers::Entry;
using registers::PersonMatch;
using registers::PersonRef;
using registers::PersonRole;
using registers::Register;

constexpr std::size_t entries_max = 60;

std::string text_in(const json::object& fields, const std::string& field)
{
    const auto* v = field.empty() ? nullptr : fields.if_contains(field);
    return v == nullptr || !v->is_string() ? "" : std::string(v->get_string());
}

const PersonRole* role_in(const Register& reg, std::string_view role)
{
    for (const auto& one : reg.people.persons)
        if (one.role == role) return &one;
    return nullptr;
}

/// Persons of entries that are this one, by number and by link, and by what those lead to.
std::vector<PersonMatch> same_person(
    storage::Reader& db, registers::RegisterList list, const PersonRef& person
)
{
    std::vector<PersonMatch> out;
    std::set<PersonRef> seen{person};
    std::vector<PersonRef> waiting{person};
    for (std::size_t i = 0; i < waiting.size() && out.size() < entries_max; ++i) {
        const auto now = waiting[i];
        const auto add = [&](const PersonRef& found) {
            if (seen.insert(found).second) waiting.push_back(found);
        };
        const auto numbered = registers::same_person_by_number(db, list, now);
        if (numbered.empty()) continue;
        out.push_back(numbered.front());
        for (const auto& match : numbered) add(match.person);
        for (const auto& link : registers::links_of(db, now)) add(link.one == now ? link.other : link.one);
    }
    return out;
}

std::string kind_of(const Register& reg, const Entry& entry, const PersonMatch& match)
{
    if (reg.people.life_event == "birth" && !match.subject) return "child_born";
    // An event abroad says itself what it was.
    if (reg.people.life_event == "foreign_event")
        if (const auto what = text_in(entry.fields, "event_kind"); !what.empty()) return what;
    return reg.people.life_event;
}

/// The name of the other one: spouse or child.
std::string other_name(const Register& reg, const Entry& entry, const PersonMatch& match)
{
    for (const auto& role : reg.people.persons)
        if (role.subject && role.role != match.person.role) return text_in(entry.fields, role.name);
    return "";
}

std::string number_in(const Entry& entry, const PersonRole& role)
{
    for (const auto* field : {&role.number, &role.identity})
        if (const auto number = text_in(entry.fields, *field); read_personal_number(number)) return number;
    return text_in(entry.fields, role.number);
}

std::optional<LifeEvent> event_of(
    storage::Reader& db, const crypto::KeyRing& keys, const Register& reg, const PersonMatch& match
)
{
    const auto found = registers::find_entry(db, keys, reg, match.person.entry);
    const auto* role = role_in(reg, match.person.role);
    if (!found || role == nullptr) return std::nullopt;
    const auto& entry = found.value();
    LifeEvent event{
        .kind = kind_of(reg, entry, match),
        .role = match.person.role,
        .subject = match.subject,
        .on = match.event_on ? match.event_on : std::optional(entry.registered_on),
        .person = match.person,
        .register_id = reg.id,
        .printed = entry.printed,
        .agency = entry.agency,
        .in_force = entry.in_force,
        .name = match.name,
        .born_on = match.born_on,
        .born_year = match.born_year,
        .sex = match.sex,
        .number = number_in(entry, *role),
        .with = other_name(reg, entry, match)};
    for (const auto& note : entry.notes)
        if (event.kind == "marriage" && note.kind == "divorce") event.ended_on = note.noted_on;
    return event;
}

/// The death of who `event` is a marriage with, when a number or a link leads to it.
std::optional<LifeEvent> spouse_death(
    storage::Reader& db, const crypto::KeyRing& keys, const LifeRegisters& all, const LifeEvent& marriage
)
{
    const auto* reg = all.named(marriage.register_id);
    for (const auto& role : reg->people.persons) {
        if (!role.subject || role.role == marriage.role) continue;
        for (const auto& match : same_person(db, all.list(), {marriage.person.entry, role.role})) {
            const auto* other = all.named(match.register_id);
            if (!match.subject || !match.in_force || other == nullptr || other->people.life_event != "death")
                continue;
            auto death = event_of(db, keys, *other, match);
            if (!death) continue;
            death->kind = "spouse_death";
            death->subject = false;
            death->with = marriage.with;
            return death;
        }
    }
    return std::nullopt;
}

}  // namespace

LifeRegisters::LifeRegisters(std::vector<std::shared_ptr<const Register>> registers)
{
    for (auto& reg : registers) {
        if (!reg || reg->people.persons.empty() || reg->people.life_event.empty()) continue;
        pointers_.push_back(reg.get());
        held_.push_back(std::move(reg));
    }
}

namespace {

std::vector<std::shared_ptr<const Register>> in_force(const casework::Packs& packs)
{
    std::vector<std::shared_ptr<const Register>> out;
    for (const auto& id : packs.register_ids()) out.push_back(packs.reg(id));
    return out;
}

}  // namespace

LifeRegisters::LifeRegisters(const casework::Packs& packs) : LifeRegisters(in_force(packs)) {}

const Register* LifeRegisters::named(std::string_view id) const
{
    const auto found =
        std::find_if(pointers_.begin(), pointers_.end(), [&](const Register* r) { return r->id == id; });
    return found == pointers_.end() ? nullptr : *found;
}

const registers::Matching* LifeRegisters::matching() const
{
    const auto* births = named("births");
    return births == nullptr || !births->people.matching ? nullptr : &*births->people.matching;
}

std::vector<LifeEvent> life_line(
    storage::Reader& db, const crypto::KeyRing& keys, const LifeRegisters& all, const PersonRef& person
)
{
    std::vector<LifeEvent> events;
    for (const auto& match : same_person(db, all.list(), person))
        if (auto event = event_of(db, keys, *all.named(match.register_id), match))
            events.push_back(std::move(*event));
    std::vector<LifeEvent> deaths;
    for (const auto& event : events)
        if (event.kind == "marriage" && event.in_force)
            if (auto death = spouse_death(db, keys, all, event)) deaths.push_back(std::move(*death));
    std::move(deaths.begin(), deaths.end(), std::back_inserter(events));
    sort_events(events);
    return events;
}

}  // namespace thien_an::civil_status

#include "engine/registers/person_rows.h"

#include <algorithm>

namespace thien_an::registers {
namespace {

/// Nothing of what only two people may open, not even hidden.
bool sealed(const Register& reg, std::string_view field)
{
    const auto* known = reg.field(field);
    return known != nullptr && known->sealed;
}

std::string_view text_in(const json::object& fields, std::string_view field)
{
    const auto* v = field.empty() ? nullptr : fields.if_contains(field);
    const auto* text = v == nullptr ? nullptr : v->if_string();
    return text == nullptr ? std::string_view{} : std::string_view(text->data(), text->size());
}

bool marked(const Register& reg, std::string_view field)
{
    const auto* known = reg.field(field);
    return known != nullptr && (known->sensitive || known->sealed);
}

/// The value of a field that may lie open; "" of a marked one.
std::string number_text(const Register& reg, const json::object& fields, std::string_view field)
{
    return sealed(reg, field) ? "" : std::string(text_in(fields, field));
}

std::string open_text(const Register& reg, const json::object& fields, std::string_view field)
{
    return field.empty() || marked(reg, field) ? "" : std::string(text_in(fields, field));
}

std::optional<Day> open_day(const Register& reg, const json::object& fields, std::string_view field)
{
    const auto day = parse_day(open_text(reg, fields, field));
    return day ? std::optional(day.value()) : std::nullopt;
}

std::int64_t year_of(Day day) { return int(std::chrono::year_month_day{day}.year()); }

std::int64_t open_year(const Register& reg, const json::object& fields, std::string_view field)
{
    const auto* v = field.empty() || marked(reg, field) ? nullptr : fields.if_contains(field);
    return v != nullptr && v->is_int64() ? v->get_int64() : 0;
}

std::string characters(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

/// FNV-1a over what a block is made of, mixed so that neighbours lie apart (Fowler, Noll and Vo; finaliser of
/// MurmurHash3).
class Block {
public:
    explicit Block(char kind) { add(std::string_view(&kind, 1)); }
    Block& add(std::string_view text)
    {
        for (const char c : text) step(static_cast<unsigned char>(c));
        step(0);
        return *this;
    }
    Block& add(std::int64_t number)
    {
        for (int i = 0; i < 8; ++i) step(static_cast<unsigned char>(std::uint64_t(number) >> (8 * i)));
        return *this;
    }
    std::int64_t value() const
    {
        auto h = hash_;
        h ^= h >> 33;
        h *= 0xff51afd7ed558ccdULL;
        h ^= h >> 33;
        h *= 0xc4ceb9fe1a85ec53ULL;
        return std::int64_t(h ^ (h >> 33));
    }

private:
    void step(unsigned char c) { hash_ = (hash_ ^ c) * 0x100000001b3ULL; }
    std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

}  // namespace

NumberHider::NumberHider(const crypto::KeyRing& keys)
    : mac_(keys.purpose_key("registers.person_number").bytes())
{
}

Bytes NumberHider::hidden(std::string_view number) const
{
    std::string plain;
    for (const char c : number)
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
            plain += c >= 'a' ? char(c - 'a' + 'A') : c;
    if (plain.empty()) return {};
    constexpr std::size_t kept = 16;
    const auto mac = mac_.of(bytes_of(plain));
    return {mac.begin(), mac.begin() + kept};
}

PersonDescription hidden_numbers(const NumberHider& hider, PersonDescription who)
{
    const auto digits =
        std::count_if(who.paper.begin(), who.paper.end(), [](char c) { return c >= '0' && c <= '9'; });
    constexpr std::int64_t citizen_card = 12;
    // The number of a citizen card is the personal number.
    if (digits == citizen_card && std::int64_t(who.paper.size()) == citizen_card) {
        if (who.number.empty()) who.number = who.paper;
        who.paper.clear();
    }
    who.number = characters(hider.hidden(who.number));
    who.paper = characters(hider.hidden(who.paper));
    who.mother_number = characters(hider.hidden(who.mother_number));
    return who;
}

std::vector<json::object> former_fields(const Entry& entry)
{
    std::vector<json::object> former;
    auto fields = entry.first;
    for (const auto& note : entry.notes) {
        if (note.kind != "completion" && !note.fields.empty()) former.push_back(fields);
        for (const auto& member : note.fields) fields[member.key()] = member.value();
    }
    return former;
}

namespace {

PersonDescription described(
    const NumberHider& hider, const Register& reg, const PersonRole& role, const json::object& fields
)
{
    PersonDescription who{
        .name = open_text(reg, fields, role.name),
        .born_on = open_day(reg, fields, role.born_on),
        .born_year = open_year(reg, fields, role.born_year),
        .sex = role.sex_is.empty() ? open_text(reg, fields, role.sex) : role.sex_is,
        .mother = open_text(reg, fields, role.mother),
        .father = open_text(reg, fields, role.father),
        .number = number_text(reg, fields, role.number),
        .paper = number_text(reg, fields, role.identity),
        .mother_number = number_text(reg, fields, role.mother_identity)};
    if (who.born_on) who.born_year = year_of(*who.born_on);
    return hidden_numbers(hider, std::move(who));
}

/// What it was called and when it was born: another number alone is no other description.
bool says_more(const PersonDescription& one, const PersonDescription& other)
{
    return one.name != other.name || one.born_on != other.born_on || one.born_year != other.born_year ||
           one.mother != other.mother || one.father != other.father;
}

}  // namespace

std::vector<PersonRow> person_rows(
    const NumberHider& hider,
    const Register& reg,
    const IndexedEntry& entry,
    const json::object& fields,
    std::span<const json::object> former
)
{
    std::vector<PersonRow> rows;
    const auto event_on = open_day(reg, fields, reg.people.event_on);
    const auto add = [&](std::int64_t place, const PersonRole& role, PersonDescription who) {
        if (who.name.empty() && who.number.empty() && who.paper.empty()) return;
        rows.push_back(
            {entry.id, place, role.role, entry.agency, entry.in_force, role.subject, event_on, std::move(who)}
        );
    };
    for (std::size_t i = 0; i < reg.people.persons.size(); ++i) {
        const auto& role = reg.people.persons[i];
        add(std::int64_t(i), role, described(hider, reg, role, fields));
    }
    constexpr std::size_t former_max = 8;  // Of each role.
    for (std::size_t i = 0; i < reg.people.persons.size() && !former.empty(); ++i) {
        const auto& role = reg.people.persons[i];
        std::vector<PersonDescription> known{described(hider, reg, role, fields)};
        for (const auto& before : former) {
            auto who = described(hider, reg, role, before);
            const bool other = std::all_of(known.begin(), known.end(), [&](const PersonDescription& one) {
                return says_more(who, one);
            });
            if (!other || known.size() > former_max) continue;
            add(std::int64_t(i) + former_places * std::int64_t(known.size()), role, who);
            known.push_back(std::move(who));
        }
    }
    std::sort(rows.begin(), rows.end(), [](const PersonRow& a, const PersonRow& b) {
        return a.place < b.place;
    });
    return rows;
}

std::int64_t day_block(const std::vector<NameWord>& name, Day day)
{
    return Block('d').add(initials_of(name)).add(column(day)).value();
}
std::int64_t name_block(const std::vector<NameWord>& name, std::int64_t year)
{
    return Block('n').add(sound_of(name)).add(year).value();
}
std::int64_t parent_block(const std::vector<NameWord>& parent, std::int64_t year)
{
    return Block('p').add(sound_of(parent)).add(year).value();
}
std::int64_t given_block(const NameWord& word, std::int64_t year)
{
    return Block('g').add(word.sound).add(year).value();
}

PersonBlocks blocks_of(const PersonDescription& who, bool subject)
{
    PersonBlocks out;
    for (const auto* number : {&who.number, &who.paper})
        if (!number->empty()) out.numbers.push_back(Block('i').add(*number).value());
    const auto name = name_words(who.name);
    if (name.empty()) return out;
    const auto parent = name_words(who.mother.empty() ? who.father : who.mother);
    if (!parent.empty()) out.family.push_back(Block('f').add(sound_of(name)).add(sound_of(parent)).value());
    if (who.born_on) out.day.push_back(day_block(name, *who.born_on));
    if (who.born_year == 0) return out;
    out.name.push_back(name_block(name, who.born_year));
    if (!parent.empty()) out.parent.push_back(parent_block(parent, who.born_year));
    if (subject) out.given.push_back(given_block(name.back(), who.born_year));
    return out;
}

std::vector<PersonKey> keys_of(const std::vector<PersonRow>& rows)
{
    std::vector<PersonKey> keys;
    for (const auto& row : rows) {
        const auto blocks = blocks_of(row.who, row.subject);
        for (const auto* part :
             {&blocks.numbers, &blocks.family, &blocks.day, &blocks.name, &blocks.parent, &blocks.given})
            for (const auto block : *part) keys.push_back({block, row.entry.value, row.place});
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

std::int64_t person_slot(std::string_view register_id, std::int64_t half)
{
    constexpr std::uint64_t bits = 0xffffffffU;
    return std::int64_t((std::uint64_t(Block('r').add(register_id).value()) & bits) << 1) | half;
}

PersonRow person_row(const storage::Rows& rows)
{
    PersonRow row{
        .entry = rows.id<EntryId>(0),
        .place = rows.integer(1),
        .role = rows.text(2),
        .agency = rows.id<AgencyId>(3),
        .in_force = rows.integer(4) != 0,
        .subject = rows.integer(5) != 0,
        .event_on = rows.day_or_null(6)};
    row.who = {
        .name = rows.text(7),
        .born_on = rows.day_or_null(8),
        .born_year = rows.integer(9),
        .sex = rows.text(10),
        .mother = rows.text(11),
        .father = rows.text(12),
        .number = characters(rows.bytes(13)),
        .paper = characters(rows.bytes(14)),
        .mother_number = characters(rows.bytes(15))};
    return row;
}

}  // namespace thien_an::registers

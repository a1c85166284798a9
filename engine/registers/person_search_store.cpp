#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/identity/parties.h"
#include "engine/identity/permissions.h"
#include "engine/registers/person_index.h"
#include "engine/registers/person_rows.h"

namespace thien_an::registers {
namespace {

/// How many rows one kind of key may give: a block that many share tells little, and others find its people.
constexpr std::int64_t rare_rows = 60;
constexpr std::int64_t common_rows = 160;

struct Pass {
    std::vector<std::int64_t> blocks;
    std::int64_t rows_max = 0;
};

std::int64_t year_of(Day day) { return int(std::chrono::year_month_day{day}.year()); }

/// The keys a description is looked up by, the rarest first. Its numbers are hidden.
std::vector<Pass> passes_for(const PersonDescription& who, std::int64_t near_days)
{
    const auto own = blocks_of(who, true);
    const auto name = name_words(who.name);
    const auto parent = name_words(who.mother.empty() ? who.father : who.mother);
    std::vector<Pass> passes;
    const auto pass = [&](std::vector<std::int64_t> blocks, std::int64_t rows_max) {
        if (!blocks.empty()) passes.push_back({std::move(blocks), rows_max});
    };
    pass(own.numbers, rare_rows);
    pass(own.family, rare_rows);
    if (who.born_on) {
        auto exact = own.day;
        if (const auto other = swapped_day(*who.born_on)) exact.push_back(day_block(name, *other));
        pass(exact, common_rows);
        std::vector<std::int64_t> near;
        for (std::int64_t d = 1; d <= near_days; ++d)
            for (const auto day : {*who.born_on - std::chrono::days{d}, *who.born_on + std::chrono::days{d}})
                near.push_back(day_block(name, day));
        pass(near, common_rows);
    }
    pass(own.name, common_rows);
    pass(own.parent, common_rows);
    if (who.born_year == 0 || name.empty()) return passes;
    std::vector<std::int64_t> names;
    std::vector<std::int64_t> parents;
    for (const auto year : {who.born_year - 1, who.born_year + 1}) {
        names.push_back(name_block(name, year));
        if (!parent.empty()) parents.push_back(parent_block(parent, year));
    }
    pass(names, rare_rows);
    pass(parents, rare_rows);
    pass(own.given, rare_rows);
    return passes;
}

/// Extra conditions of a search, as text with its values.
struct Condition {
    std::string sql;
    std::vector<std::int64_t> values;
};

/// Rows under the keys of one pass. `condition` is given the number of its first placeholder.
template <typename Make>
std::vector<PersonRow> rows_under(storage::Reader& db, std::int64_t slot, const Pass& pass, Make condition)
{
    std::vector<storage::Value> values{storage::bound(slot)};
    std::string sql =
        "SELECT " + std::string(person_columns) +
        " FROM register_person_key k CROSS JOIN register_person p "  // Served by the keys' own order.
        "WHERE p.slot = k.slot AND p.entry = k.entry AND p.place = k.place AND k.slot = ?1 "
        "AND k.block IN (";
    for (const auto block : pass.blocks) {
        values.push_back(storage::bound(block));
        sql += (values.size() == 2 ? "?" : ", ?") + std::to_string(values.size());
    }
    sql += ")";
    const Condition more = condition(int(values.size()) + 1);
    for (const auto v : more.values) values.push_back(storage::bound(v));
    sql += more.sql;
    values.push_back(storage::bound(pass.rows_max));
    sql += " LIMIT ?" + std::to_string(values.size());
    auto rows = db.query_all(sql, values);
    std::vector<PersonRow> out;
    while (rows.next()) out.push_back(person_row(rows));
    return out;
}

PersonMatch match_of(const Register& reg, const PersonRow& row)
{
    PersonMatch match{
        .register_id = reg.id,
        .person = {row.entry, row.role},
        .agency = row.agency,
        .subject = row.subject,
        .in_force = row.in_force,
        .event_on = row.event_on,
        .name = row.who.name,
        .former = is_former(row),
        .born_on = row.who.born_on,
        .born_year = row.who.born_year,
        .sex = row.who.sex};
    const auto* field = reg.field(reg.people.persons.at(std::size_t(role_place(row))).name);
    if (field != nullptr && field->masked) match.name = identity::masked(match.name);
    return match;
}

/// The likeliest first, each person once: by what it is called now or was called before, whichever fits better.
void sort_by_score(std::vector<PersonMatch>& found, int limit)
{
    std::sort(found.begin(), found.end(), [](const PersonMatch& a, const PersonMatch& b) {
        if (a.score != b.score) return a.score > b.score;
        return a.person.entry != b.person.entry ? a.person.entry > b.person.entry : a.former < b.former;
    });
    std::set<PersonRef> seen;
    std::erase_if(found, [&](const PersonMatch& match) { return !seen.insert(match.person).second; });
    if (found.size() > std::size_t(limit)) found.resize(std::size_t(limit));
}

/// In force and in the roles asked for.
std::string state_condition(bool subjects_only)
{
    return subjects_only ? " AND p.in_force = 1 AND p.subject = 1" : " AND p.in_force = 1";
}

/// The role says the index is of an older register.json: reindex is due, and the row is none of this register.
bool known_place(const Register& reg, const PersonRow& row)
{
    return row.place >= 0 && std::size_t(role_place(row)) < reg.people.persons.size();
}

std::vector<PersonMatch> find_hidden(
    storage::Reader& db,
    RegisterList registers,
    const Matching& matching,
    const PersonDescription& who,
    const PersonRef& leave_out,
    int limit
)
{
    const PersonComparer comparer(matching, who);
    const auto passes = passes_for(who, matching.born.near_days);
    std::vector<PersonMatch> found;
    for (const auto* reg : registers) {
        const auto slot = person_slots(db, reg->id).current;
        std::set<std::pair<std::int64_t, std::int64_t>> seen;
        for (const auto& pass : passes)
            for (const auto& row : rows_under(db, slot, pass, [](int) {
                     return Condition{state_condition(false), {}};
                 })) {
                if (!known_place(*reg, row) || !seen.insert({row.entry.value, row.place}).second) continue;
                if (row.entry == leave_out.entry && row.role == leave_out.role) continue;
                const auto compared = comparer.compare(row.who);
                if (compared.score < matching.possible) continue;
                auto match = match_of(*reg, row);
                match.score = compared.score;
                match.why = compared.why;
                match.same_number = compared.same_number;
                found.push_back(std::move(match));
            }
    }
    sort_by_score(found, limit);
    return found;
}

/// The row of `person` and the register it is in.
struct Found {
    const Register* reg = nullptr;
    PersonRow row;
};
std::optional<Found> row_of(storage::Reader& db, RegisterList registers, const PersonRef& person)
{
    for (const auto* reg : registers)
        for (auto& row : rows_of_entry(db, person_slots(db, reg->id).current, person.entry))
            if (row.role == person.role && !is_former(row) && known_place(*reg, row))
                return Found{reg, std::move(row)};
    return std::nullopt;
}

/// Whether each word typed sounds like one of the name.
bool has_words(const std::vector<NameWord>& name, const std::vector<NameWord>& typed)
{
    return std::all_of(typed.begin(), typed.end(), [&](const NameWord& word) {
        return std::any_of(name.begin(), name.end(), [&](const NameWord& w) {
            return w.sound == word.sound;
        });
    });
}

bool asked_for(const PersonDescription& who, const PersonSearch& search)
{
    const auto has = [](const std::string& text, const std::string& typed) {
        return typed.empty() || has_words(name_words(text), name_words(typed));
    };
    if (!search.who.sex.empty() && who.sex != search.who.sex) return false;
    if (search.born_from != 0 && who.born_year < search.born_from) return false;
    if (search.born_to != 0 && who.born_year > search.born_to) return false;
    return has(who.mother, search.who.mother) && has(who.father, search.who.father);
}

/// The keys a search is answered from.
std::vector<Pass> search_passes(const PersonSearch& search, const PersonDescription& hidden, Day today)
{
    constexpr std::int64_t rows_max = 600;
    const auto own = blocks_of(hidden, true);
    if (!own.numbers.empty()) return {{own.numbers, rows_max}};
    const auto name = name_words(hidden.name);
    if (name.empty()) return {};
    if (hidden.born_on) return passes_for(hidden, 0);
    constexpr std::int64_t oldest = 115;
    constexpr std::int64_t given_years = 12;
    const auto last = search.born_to == 0 ? year_of(today) : std::min(search.born_to, year_of(today));
    const auto first = std::max(search.born_from, year_of(today) - oldest);
    const auto parent = name_words(hidden.mother.empty() ? hidden.father : hidden.mother);
    Pass whole{{}, rows_max};
    Pass of_parent{{}, rows_max};
    Pass given{{}, rows_max};
    for (auto year = last; year >= first; --year) {
        if (name.size() > 1) whole.blocks.push_back(name_block(name, year));
        // A given name is common: with the whole name of a parent its people are found all the same.
        if (parent.size() > 1) of_parent.blocks.push_back(parent_block(parent, year));
        if (search.subjects_only && (name.size() == 1 || last - first < given_years))
            given.blocks.push_back(given_block(name.back(), year));
    }
    std::vector<Pass> passes;
    for (auto& pass : {whole, of_parent, given})
        if (!pass.blocks.empty()) passes.push_back(pass);
    return passes;
}

}  // namespace

std::vector<PersonMatch> find_persons(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    RegisterList registers,
    const Matching& matching,
    const PersonDescription& who,
    int limit
)
{
    auto hidden = hidden_numbers(NumberHider(keys), who);
    if (hidden.born_on) hidden.born_year = year_of(*hidden.born_on);
    return find_hidden(db, registers, matching, hidden, {}, limit);
}

std::vector<PersonMatch> persons_like(
    storage::Reader& db, RegisterList registers, const Matching& matching, const PersonRef& person, int limit
)
{
    const auto found = row_of(db, registers, person);
    if (!found) return {};
    return find_hidden(db, registers, matching, found->row.who, person, limit);
}

namespace {

/// Persons with one of the numbers of `who`, which are hidden.
std::vector<PersonMatch> numbered(
    storage::Reader& db, RegisterList registers, const PersonDescription& who, std::string_view condition
)
{
    constexpr std::int64_t rows_max = 200;
    const auto blocks = blocks_of({.number = who.number, .paper = who.paper}, true).numbers;
    std::vector<PersonMatch> out;
    if (blocks.empty()) return out;
    for (const auto* reg : registers)
        for (const auto& row :
             rows_under(db, person_slots(db, reg->id).current, {blocks, rows_max}, [&](int) {
                 return Condition{std::string(condition), {}};
             })) {
            const bool number = !who.number.empty() && row.who.number == who.number;
            const bool paper = !who.paper.empty() && row.who.paper == who.paper;
            if (!known_place(*reg, row) || is_former(row) || (!number && !paper)) continue;
            out.push_back(match_of(*reg, row));
            out.back().same_number = true;
        }
    return out;
}

}  // namespace

std::vector<PersonMatch> same_person_by_number(
    storage::Reader& db, RegisterList registers, const PersonRef& person
)
{
    const auto found = row_of(db, registers, person);
    if (!found) return {};
    std::vector<PersonMatch> out{match_of(*found->reg, found->row)};
    for (auto& match : numbered(db, registers, found->row.who, ""))
        if (match.person != person) out.push_back(std::move(match));
    return out;
}

std::vector<PersonMatch> persons_numbered(
    storage::Reader& db, const crypto::KeyRing& keys, RegisterList registers, std::string_view number
)
{
    const auto who = hidden_numbers(NumberHider(keys), {.paper = std::string(number)});
    return numbered(db, registers, who, state_condition(false));
}

std::optional<PersonMatch> find_person(storage::Reader& db, RegisterList registers, const PersonRef& person)
{
    const auto found = row_of(db, registers, person);
    return found ? std::optional(match_of(*found->reg, found->row)) : std::nullopt;
}

std::vector<PersonMatch> search_persons(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    const Actor& actor,
    Day today,
    RegisterList registers,
    const Matching& matching,
    const PersonSearch& search,
    int limit
)
{
    auto hidden = hidden_numbers(NumberHider(keys), search.who);
    if (hidden.born_on) hidden.born_year = year_of(*hidden.born_on);
    const auto passes = search_passes(search, hidden, today);
    const PersonComparer comparer(matching, hidden);
    const auto typed = name_words(hidden.name);
    std::vector<PersonMatch> found;
    const auto condition = [&](int first) {
        auto visible = identity::visible(
            db, actor, "registers.read", today, first, {.agency = "p.agency", .owner = "", .sealed = ""}
        );
        Condition out{
            state_condition(search.subjects_only) + " AND " + visible.sql, std::move(visible.values)};
        if (search.agency) {
            out.sql += " AND p.agency = ?" + std::to_string(first + int(out.values.size()));
            out.values.push_back(search.agency.value);
        }
        return out;
    };
    for (const auto* reg : registers) {
        const auto slot = person_slots(db, reg->id).current;
        std::set<std::pair<std::int64_t, std::int64_t>> seen;
        for (const auto& pass : passes)
            for (const auto& row : rows_under(db, slot, pass, condition)) {
                if (!known_place(*reg, row) || !seen.insert({row.entry.value, row.place}).second) continue;
                if (!asked_for(row.who, search)) continue;
                const auto compared = comparer.compare(row.who);
                if (!compared.same_number && !has_words(name_words(row.who.name), typed) &&
                    compared.score < matching.possible)
                    continue;
                found.push_back(match_of(*reg, row));
                found.back().score = compared.score;
                found.back().why = compared.why;
                found.back().same_number = compared.same_number;
            }
    }
    sort_by_score(found, limit);
    return found;
}

}  // namespace thien_an::registers

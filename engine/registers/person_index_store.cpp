#include <algorithm>

#include "engine/registers/person_rows.h"

namespace thien_an::registers {
namespace {

/// "(?1, ?2), (?1, ?3)": `count` rows of `columns` values; the first value of each row is the slot, bound once.
std::string rows_text(std::string_view head, std::size_t count, int columns, std::string_view tail)
{
    std::string sql(head);
    int next = 2;
    for (std::size_t i = 0; i < count; ++i) {
        sql += i == 0 ? " (?1" : ", (?1";
        for (int c = 1; c < columns; ++c) sql += ", ?" + std::to_string(next++);
        sql += ')';
    }
    return sql + std::string(tail);
}

constexpr std::string_view insert_row = R"sql(
    INSERT INTO register_person (slot, entry, place, role, agency, in_force, subject, event_on, name, born_on, born_year,
                                 sex, mother, father, number, paper, mother_number)
    VALUES)sql";
constexpr std::string_view insert_key = "INSERT INTO register_person_key (slot, block, entry, place) VALUES";
constexpr int row_columns = 17;
constexpr int key_columns = 4;
constexpr std::size_t rows_at_once = 64;
constexpr std::size_t keys_at_once = 256;

/// The statement for `count` rows; whole batches are the same text, so it is put together once.
template <typename Make>
const std::string& statement(std::vector<std::string>& made, std::size_t count, Make make)
{
    if (made.size() <= count) made.resize(count + 1);
    if (made[count].empty()) made[count] = make(count);
    return made[count];
}

ByteView bytes_in(const std::string& text) { return bytes_of(text); }

void delete_rows(storage::Writer& db, std::int64_t slot, EntryId entry)
{
    const auto before = rows_of_entry(db, slot, entry);
    if (before.empty()) return;
    for (const auto& key : keys_of(before))
        db.execute(
            "DELETE FROM register_person_key WHERE slot = ?1 AND block = ?2 AND entry = ?3 AND place = ?4",
            slot,
            key.block,
            key.entry,
            key.place
        );
    db.execute("DELETE FROM register_person WHERE slot = ?1 AND entry = ?2", slot, entry);
}

}  // namespace

PersonSlots person_slots(storage::Reader& db, std::string_view register_id)
{
    auto rows = db.query("SELECT half, building FROM register_person_index WHERE register = ?1", register_id);
    if (!rows.next()) return {person_slot(register_id, 0), std::nullopt};
    const auto building = rows.integer_or_null(1);
    return {
        person_slot(register_id, rows.integer(0)),
        building ? std::optional(person_slot(register_id, *building)) : std::nullopt};
}

void insert_person_rows(storage::Writer& db, std::int64_t slot, std::span<const PersonRow> rows)
{
    thread_local std::vector<std::string> made;
    while (!rows.empty()) {
        const auto now = rows.first(std::min(rows.size(), rows_at_once));
        rows = rows.subspan(now.size());
        std::vector<storage::Value> values{storage::bound(slot)};
        values.reserve(1 + now.size() * (row_columns - 1));
        for (const auto& row : now) {
            const auto& who = row.who;
            for (const auto& value : std::initializer_list<storage::Value>{
                     storage::bound(row.entry),
                     storage::bound(row.place),
                     storage::bound(row.role),
                     storage::bound(row.agency),
                     storage::bound(row.in_force),
                     storage::bound(row.subject),
                     storage::bound(row.event_on),
                     storage::bound(who.name),
                     storage::bound(who.born_on),
                     storage::bound(who.born_year),
                     storage::bound(who.sex),
                     storage::bound(who.mother),
                     storage::bound(who.father),
                     bytes_in(who.number),
                     bytes_in(who.paper),
                     bytes_in(who.mother_number)})
                values.push_back(value);
        }
        const auto& sql = statement(made, now.size(), [](std::size_t count) {
            return rows_text(insert_row, count, row_columns, " ON CONFLICT (slot, entry, place) DO NOTHING");
        });
        db.execute_all(sql, values);
    }
}

void insert_person_keys(storage::Writer& db, std::int64_t slot, std::span<const PersonKey> keys)
{
    thread_local std::vector<std::string> made;
    while (!keys.empty()) {
        const auto now = keys.first(std::min(keys.size(), keys_at_once));
        keys = keys.subspan(now.size());
        std::vector<storage::Value> values{storage::bound(slot)};
        values.reserve(1 + now.size() * (key_columns - 1));
        for (const auto& key : now)
            for (const auto part : {key.block, key.entry, key.place}) values.push_back(storage::bound(part));
        const auto& sql = statement(made, now.size(), [](std::size_t count) {
            return rows_text(
                insert_key, count, key_columns, " ON CONFLICT (slot, block, entry, place) DO NOTHING"
            );
        });
        db.execute_all(sql, values);
    }
}

std::vector<PersonRow> rows_of_entry(storage::Reader& db, std::int64_t slot, EntryId entry)
{
    static const std::string sql = "SELECT " + std::string(person_columns) +
                                   " FROM register_person p WHERE p.slot = ?1 AND p.entry = ?2 "
                                   "ORDER BY p.place LIMIT 100";
    auto rows = db.query(sql, slot, entry);
    std::vector<PersonRow> out;
    while (rows.next()) out.push_back(person_row(rows));
    return out;
}

void hold_person_index(storage::Writer& db, std::string_view register_id)
{
    db.execute("UPDATE register_person_index SET built_at = built_at WHERE register = ?1", register_id);
}

void write_persons(
    storage::Writer& db,
    const crypto::KeyRing& keys,
    const Register& reg,
    const IndexedEntry& entry,
    const json::object& fields,
    std::span<const json::object> former
)
{
    if (reg.people.persons.empty()) return;
    const auto slots = person_slots(db, reg.id);
    const auto rows = person_rows(NumberHider(keys), reg, entry, fields, former);
    const auto blocks = keys_of(rows);
    const auto replace = [&](std::int64_t slot) {
        delete_rows(db, slot, entry.id);
        insert_person_rows(db, slot, rows);
        insert_person_keys(db, slot, blocks);
    };
    if (slots.building) hold_person_index(db, reg.id);
    replace(slots.current);
    if (!slots.building) return;
    replace(*slots.building);
    db.execute(
        "INSERT INTO register_person_fresh (slot, entry) VALUES (?1, ?2) ON CONFLICT (slot, entry) DO "
        "NOTHING",
        *slots.building,
        entry.id
    );
}

PersonCheck::PersonCheck(storage::Reader& db, const crypto::KeyRing& keys, const Register& reg)
    : db_(db), reg_(reg), hider_(keys), slot_(person_slots(db, reg.id).current)
{
}

bool PersonCheck::same(const Entry& entry)
{
    if (reg_.people.persons.empty()) return true;
    const auto wanted = person_rows(
        hider_, reg_, {entry.id, entry.agency, entry.in_force}, entry.fields, former_fields(entry)
    );
    const auto keys = keys_of(wanted);
    rows_ += std::int64_t(wanted.size());
    keys_ += std::int64_t(keys.size());
    const auto stored = rows_of_entry(db_, slot_, entry.id);
    const bool same_rows = std::equal(
        wanted.begin(),
        wanted.end(),
        stored.begin(),
        stored.end(),
        [](const PersonRow& a, const PersonRow& b) {
            return a.place == b.place && a.role == b.role && a.agency == b.agency &&
                   a.in_force == b.in_force && a.subject == b.subject && a.event_on == b.event_on &&
                   a.who == b.who;
        }
    );
    return same_rows && std::all_of(keys.begin(), keys.end(), [&](const PersonKey& key) {
               return db_
                   .query(
                       "SELECT 1 FROM register_person_key WHERE slot = ?1 AND block = ?2 AND entry = ?3 AND "
                       "place = ?4",
                       slot_,
                       key.block,
                       key.entry,
                       key.place
                   )
                   .next();
           });
}

bool PersonCheck::left_over()
{
    const auto count = [&](std::string_view sql) {
        auto rows = db_.query(sql, slot_);
        rows.next();
        return rows.integer(0);
    };
    return count("SELECT COUNT(*) FROM register_person WHERE slot = ?1") != rows_ ||
           count("SELECT COUNT(*) FROM register_person_key WHERE slot = ?1") != keys_;
}

}  // namespace thien_an::registers

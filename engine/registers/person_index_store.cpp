#include <algorithm>

#include "engine/registers/person_rows.h"

namespace thien_an::registers {
namespace {

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
    constexpr std::size_t width = 17;
    std::vector<storage::Value> values;
    values.reserve(rows.size() * width);
    for (const auto& row : rows) {
        const auto& who = row.who;
        for (const auto& value : std::initializer_list<storage::Value>{
                 storage::bound(slot),
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
    db.insert(
        {"register_person",
         "slot, entry, place, role, agency, in_force, subject, event_on, name, born_on, born_year, sex, "
         "mother, father, number, paper, mother_number",
         width,
         values}
    );
}

void insert_person_keys(storage::Writer& db, std::int64_t slot, std::span<const PersonKey> keys)
{
    constexpr std::size_t width = 4;
    std::vector<storage::Value> values;
    values.reserve(keys.size() * width);
    for (const auto& key : keys)
        for (const auto part : {slot, key.block, key.entry, key.place})
            values.push_back(storage::bound(part));
    db.insert({"register_person_key", "slot, block, entry, place", width, values});
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

void hold_person_index(storage::Writer& db, std::int64_t slot, storage::Hold how)
{
    db.hold({"registers.person_index", slot}, how);
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
    if (slots.building) hold_person_index(db, *slots.building, storage::Hold::alone);
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

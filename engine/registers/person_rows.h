#pragma once

#include <span>

#include "engine/crypto/cipher.h"
#include "engine/crypto/mac.h"
#include "engine/registers/entry_rows.h"
#include "engine/registers/matching.h"

/// Rows of the index of persons as values: shared by writing, searching, filling anew and verifying; included by nobody
/// else.
namespace thien_an::registers {

/// Hides identity numbers: equal numbers give equal bytes, of whatever register and field.
class NumberHider {
public:
    explicit NumberHider(const crypto::KeyRing& keys);
    /// 16 bytes of the digits and letters of `number`; empty when there are none.
    Bytes hidden(std::string_view number) const;

private:
    crypto::HmacSha256 mac_;
};

/// A row of register_person. In `who` numbers are the bytes of their blind index.
struct PersonRow {
    EntryId entry;
    std::int64_t place = 0;
    std::string role;
    AgencyId agency;
    bool in_force = true;
    bool subject = false;
    std::optional<Day> event_on;
    PersonDescription who;
};
/// What an entry's persons are indexed by.
struct IndexedEntry {
    EntryId id;
    AgencyId agency;
    bool in_force = true;
};
/// Places of a role as it was before a note changed it: its own and a multiple of this.
inline constexpr std::int64_t former_places = 64;
inline std::int64_t role_place(const PersonRow& row) { return row.place % former_places; }
inline bool is_former(const PersonRow& row) { return row.place >= former_places; }
/// Fields of the entry as they stood before each note that changed some, the first first.
std::vector<json::object> former_fields(const Entry& entry);
/// One row for each role that has a name or number, and one for each other description of it in `former`: whoever was
/// renamed is found by the old name too. Marked names and days are left out.
std::vector<PersonRow> person_rows(
    const NumberHider& hider,
    const Register& reg,
    const IndexedEntry& entry,
    const json::object& fields,
    std::span<const json::object> former
);
/// `who` with its numbers hidden, twelve digits apart from other papers.
PersonDescription hidden_numbers(const NumberHider& hider, PersonDescription who);

/// A row of register_person_key.
struct PersonKey {
    std::int64_t block = 0;
    std::int64_t entry = 0;
    std::int64_t place = 0;
    auto operator<=>(const PersonKey&) const = default;
};
/// What two descriptions may share. Each is empty when the description does not have what it needs.
/// READING: found by what generated pairs of one person still share (systems/civil_status/person_pairs).
struct PersonBlocks {
    std::vector<std::int64_t> numbers;  ///< An identity number.
    std::vector<std::int64_t> family;   ///< The name and a parent's.
    std::vector<std::int64_t> day;      ///< Birth day and initials.
    std::vector<std::int64_t> name;     ///< The name and the year of birth.
    std::vector<std::int64_t> parent;   ///< A parent's name and the year of birth.
    std::vector<std::int64_t> given;  ///< The last word of the name and the year of birth; of subjects only.
};
PersonBlocks blocks_of(const PersonDescription& who, bool subject);
std::int64_t day_block(const std::vector<NameWord>& name, Day day);
std::int64_t name_block(const std::vector<NameWord>& name, std::int64_t year);
std::int64_t parent_block(const std::vector<NameWord>& parent, std::int64_t year);
std::int64_t given_block(const NameWord& word, std::int64_t year);
std::vector<PersonKey> keys_of(const std::vector<PersonRow>& rows);

/// The slot of `half` (0 or 1) of a register.
std::int64_t person_slot(std::string_view register_id, std::int64_t half);
/// Slots of a register: the one in use, and the one being filled.
struct PersonSlots {
    std::int64_t current = 0;
    std::optional<std::int64_t> building;
};
PersonSlots person_slots(storage::Reader& db, std::string_view register_id);

void insert_person_rows(storage::Writer& db, std::int64_t slot, std::span<const PersonRow> rows);
void insert_person_keys(storage::Writer& db, std::int64_t slot, std::span<const PersonKey> keys);
/// Rows of one entry, in order of place.
std::vector<PersonRow> rows_of_entry(storage::Reader& db, std::int64_t slot, EntryId entry);

/// The columns of register_person as `p`, in the order person_row reads them from `first`.
inline constexpr std::string_view person_columns =
    "p.entry, p.place, p.role, p.agency, p.in_force, p.subject, p.event_on, p.name, p.born_on, p.born_year, "
    "p.sex, "
    "p.mother, p.father, p.number, p.paper, p.mother_number";
PersonRow person_row(const storage::Rows& rows);

/// While a slot is being filled, a command (alone) and the batches that fill it (shared) follow one another: on PostgreSQL
/// neither would see what the other has not committed.
void hold_person_index(storage::Writer& db, std::int64_t slot, storage::Hold how);
/// Makes the rows of an entry what its fields say, in the slot in use and in the one being filled.
void write_persons(
    storage::Writer& db,
    const crypto::KeyRing& keys,
    const Register& reg,
    const IndexedEntry& entry,
    const json::object& fields,
    std::span<const json::object> former
);

/// Compares the slot in use with the fold of the entries.
class PersonCheck {
public:
    PersonCheck(storage::Reader& db, const crypto::KeyRing& keys, const Register& reg);
    bool same(const Entry& entry);
    /// Whether there are rows or keys of no entry seen; asked at the end.
    bool left_over();

private:
    storage::Reader& db_;
    const Register& reg_;
    NumberHider hider_;
    std::int64_t slot_;
    std::int64_t rows_ = 0;
    std::int64_t keys_ = 0;
};

}  // namespace thien_an::registers

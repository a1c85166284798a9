#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/identity/actor.h"
#include "engine/registers/register.h"
#include "engine/storage/database.h"

namespace thien_an::crypto {
class KeyRing;
}

/// Entries of a register ("sổ"): numbered without gaps in the transaction that makes them, never changed. What comes
/// later is a note that names the entry and the decision; the state of an entry is the fold of both.
namespace thien_an::registers {

using EntryId = Id<struct RegisterEntryTag>;
using SeriesId = Id<struct RegisterSeriesTag>;  ///< The numbers of one register, agency and year.
using identity::Act;
using identity::Actor;
using identity::AgencyId;

/// The series a number will come from; made when it is not there. Take the lock {"book", id} for the command that enters.
SeriesId series_of(
    storage::Database& database,
    IdSource& ids,
    std::string_view register_id,
    AgencyId agency,
    std::int64_t year
);
storage::Lock lock_of(SeriesId series);

struct NewEntry {
    SeriesId series;
    Day registered_on;
    std::int64_t dossier = 0;
    json::object fields;  ///< By id; days as "2016-03-12".
};

struct Numbered {
    EntryId id;
    std::int64_t number = 0;
    std::int64_t year = 0;
    std::int64_t book = 0;  ///< 1, 2... of the year.
    std::int64_t page = 0;
    std::string printed;  ///< "05/2016"
};

/// Enters with the next number; the caller holds lock_of(series) and has checked the right. Audited.
/// Problems "registers.field_missing", "registers.bad_value", "registers.unknown_field" (field is the field's pointer),
/// "registers.book_closed" (words year, closed).
Result<Numbered> enter(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    const NewEntry& entry
);

struct NewNote {
    EntryId entry;
    std::string kind;      ///< "completion" sets fields that were empty; the others are the register's kinds.
    std::string decision;  ///< Needed unless it is a completion.
    std::string content;   ///< What the margin says.
    json::object fields;   ///< New values; empty: only words.
    std::string evidence = {};           ///< The papers it rests on.
    identity::PartyId prepared_by = {};  ///< Who prepared it, when the actor is the second, who approves.
    identity::PostId prepared_as = {};
};
/// Problems "registers.no_such_entry", "registers.decision_missing", "registers.not_in_force",
/// "registers.already_set" (a completion of a field that has a value), those of enter. The caller holds the lock of the
/// entry's series (series_of_entry). Audited.
Result<Done> add_note(
    storage::Writer& db, const Act& act, const crypto::KeyRing& keys, const Register& reg, const NewNote& note
);
SeriesId series_of_entry(storage::Reader& db, EntryId entry);
struct Entry;
/// Whether add_note would take it on the entry as it stands.
Result<Done> check_note(const Register& reg, const NewNote& note, const Entry& entry);

struct Note {
    std::int64_t number = 0;
    std::string kind;
    Instant noted_at;
    Day noted_on;
    identity::PartyId party;
    identity::PostId post;
    std::string decision;
    std::string content;
    json::object fields;
    std::string evidence;
    identity::PartyId prepared_by;  ///< 0: the one person above.
    identity::PostId prepared_as;
};

struct Entry {
    EntryId id;
    std::string register_id;
    AgencyId agency;
    std::int64_t number = 0;
    std::int64_t year = 0;
    std::int64_t book = 0;
    std::int64_t page = 0;
    std::string printed;
    Instant entered_at;
    Day registered_on;
    identity::PartyId party;
    identity::PostId post;
    std::int64_t dossier = 0;
    bool in_force = true;
    json::object fields;  ///< After all notes (or those before `as_of`).
    json::object first;   ///< As entered.
    std::vector<Note> notes;
};

/// As it was at `as_of` (empty: now). No audit row: for the program itself. Problem "registers.no_such_entry".
Result<Entry> find_entry(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    const Register& reg,
    EntryId id,
    std::optional<Instant> as_of = {}
);
std::optional<EntryId> entry_of_dossier(storage::Reader& db, std::int64_t dossier);
std::optional<EntryId> entry_numbered(
    storage::Reader& db, std::string_view register_id, AgencyId agency, std::int64_t year, std::int64_t number
);

enum class Reveal { masked, clear };
/// For a person with the right "registers.read" on the agency: audited in this transaction, so show it after COMMIT.
/// In clear it needs a reason. Sealed fields are left out unless the actor holds an opening (openings.h). As it was at
/// `as_of` (empty: now). Problems "registers.no_such_entry" (also without the right), "registers.reason_missing".
Result<Entry> read_entry(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    EntryId id,
    Reveal reveal,
    std::string_view reason,
    std::optional<Instant> as_of = {}
);

struct EntryRow {
    EntryId id;
    AgencyId agency;
    std::string printed;
    std::int64_t number = 0;
    std::int64_t year = 0;
    bool in_force = true;
    json::object fields;  ///< Those not marked sensitive.
};
struct EntryQuery {
    std::string words;      ///< Of the searched fields, marks not needed; "15/2016" is a number. Empty: all.
    std::int64_t year = 0;  ///< 0: any.
    AgencyId agency = {};   ///< 0: all the actor may see.
    std::string cursor;
    int limit = 50;
};
struct EntryList {
    std::vector<EntryRow> rows;  ///< The latest number first.
    std::string next;
};
/// Entries the actor may see ("registers.read").
EntryList search_entries(
    storage::Reader& db, const Actor& actor, Day today, const Register& reg, const EntryQuery& query
);

/// In force, with this value in an indexed field (folded text, or clear text of a blind index); at most `limit`.
std::vector<EntryId> entries_with(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    const Register& reg,
    std::string_view field,
    std::string_view value,
    int limit
);
/// In force, with a day or integer of an indexed field in [from, to].
std::vector<EntryId> entries_between(
    storage::Reader& db,
    const Register& reg,
    std::string_view field,
    std::int64_t from,
    std::int64_t to,
    int limit
);

/// One thing wrong with a register.
struct RegisterFault {
    /// "changed", "missing", "gap", "doubled", "reordered", "state_differs", "index_differs", "unreadable",
    /// "series_differs", "person_differs", "closing_differs" (number is the book's).
    std::string kind;
    SeriesId series;
    std::int64_t number = 0;  ///< Of the entry; 0 when none.
    std::int64_t link = 0;
};
struct RegisterReport {
    std::int64_t series = 0;
    std::int64_t entries = 0;
    std::int64_t notes = 0;
    std::vector<RegisterFault> faults;  ///< At most 100.
};
/// Numbers without gaps, chain of hashes, state and indexes equal to the fold of the history.
RegisterReport verify(storage::Database& database, const crypto::KeyRing& keys, const Register& reg);

}  // namespace thien_an::registers

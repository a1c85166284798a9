#pragma once

#include <filesystem>
#include <functional>
#include <span>

#include "engine/registers/entries.h"
#include "engine/registers/matching.h"

/// The persons of entries, found whatever way their names are written. The index of persons holds a row for each role of
/// an entry and a few keys of what two descriptions of one person share; a search reads the entries under its keys, a
/// bounded number of each, and compares.
namespace thien_an::registers {

/// A person of an entry.
struct PersonRef {
    EntryId entry;
    std::string role;  ///< "child"
    auto operator<=>(const PersonRef&) const = default;
};

/// A person of an entry as the index has it.
struct PersonMatch {
    std::string register_id;
    PersonRef person;
    AgencyId agency;
    bool subject = false;
    bool in_force = true;
    std::optional<Day> event_on;
    std::string name;     ///< Masked when the register masks it; "" when it is marked.
    bool former = false;  ///< Found as it was before a note changed it; `name` is the one of then.
    std::optional<Day> born_on;
    std::int64_t born_year = 0;
    std::string sex;
    double score = 0;
    std::vector<Evidence> why;
    bool same_number = false;
};

using RegisterList = std::span<const Register* const>;

/// Persons like `who` (numbers in clear), the likeliest first, from matching.possible on; in force only.
/// For the program itself: whose entries they are is for the caller to ask. At most `limit`.
std::vector<PersonMatch> find_persons(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    RegisterList registers,
    const Matching& matching,
    const PersonDescription& who,
    int limit
);
/// As find_persons for a person of an entry, that one left out.
std::vector<PersonMatch> persons_like(
    storage::Reader& db, RegisterList registers, const Matching& matching, const PersonRef& person, int limit
);
/// Persons with the personal number or identity paper of `person`, and itself first; not in force too.
/// Empty when the index has no such person.
std::vector<PersonMatch> same_person_by_number(
    storage::Reader& db, RegisterList registers, const PersonRef& person
);
/// Persons with one of these numbers, given in clear; in force only.
std::vector<PersonMatch> persons_numbered(
    storage::Reader& db, const crypto::KeyRing& keys, RegisterList registers, std::string_view number
);
std::optional<PersonMatch> find_person(storage::Reader& db, RegisterList registers, const PersonRef& person);

/// What somebody at a desk looks for. A number, or a name of one word (the given name) or more.
struct PersonSearch {
    PersonDescription who;
    std::int64_t born_from = 0;  ///< Years; 0: any.
    std::int64_t born_to = 0;
    bool subjects_only = true;
    AgencyId agency = {};  ///< 0: all the actor may see.
};
/// Entries the actor may see ("registers.read", at whatever level of administration his post is), the likeliest first.
std::vector<PersonMatch> search_persons(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    const Actor& actor,
    Day today,
    RegisterList registers,
    const Matching& matching,
    const PersonSearch& search,
    int limit
);

/// A decision of an officer that two persons of entries are one.
struct PersonLink {
    std::int64_t id = 0;
    PersonRef one;
    PersonRef other;
    Instant linked_at;
    identity::PartyId party;
    identity::PostId post;
    std::string reason;
};
/// Audited. Problems "registers.reason_missing", "registers.no_such_person", "registers.linked_already".
Result<std::int64_t> link_persons(
    storage::Writer& db,
    const Act& act,
    RegisterList registers,
    const PersonRef& one,
    const PersonRef& other,
    std::string_view reason
);
/// Audited; the link stays as history. Problems "registers.reason_missing", "registers.no_such_link".
Result<Done> unlink_persons(storage::Writer& db, const Act& act, std::int64_t link, std::string_view reason);
/// Links in force of `person`; at most 100.
std::vector<PersonLink> links_of(storage::Reader& db, const PersonRef& person);

/// What filling the index of persons anew did.
struct ReindexReport {
    std::int64_t entries = 0;
    std::int64_t persons = 0;
    std::int64_t keys = 0;
    double seconds = 0;        ///< Until the new index answered.
    double seconds_swept = 0;  ///< And the old one was gone.
};
/// Fills the other slot from the entries, in short commands, while searches use the first and clerks go on entering; then
/// the new one answers. `spool` is an empty folder for keys on their way (24 bytes each). Begun again after it was cut
/// off, it starts anew. One at a time for a register.
ReindexReport reindex_persons(
    storage::Database& database,
    const crypto::KeyRing& keys,
    const Register& reg,
    const std::filesystem::path& spool,
    Instant now,
    const std::function<void(std::int64_t entries)>& progress = {}
);

}  // namespace thien_an::registers

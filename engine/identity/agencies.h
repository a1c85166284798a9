#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/identity/actor.h"
#include "engine/identity/units.h"

/// Agencies ("cơ quan") as they were on each day. An AgencyId lasts as long as the agency does; its name,
/// code, unit and parent are dated.
namespace thien_an::identity {

struct Agency {
    AgencyId id;
    std::string key;  ///< "ubnd-21172": the name used in data packs, never changes.
    std::string
        code;  ///< Official code ("000.00.17.H48") or else the unit's code of that day; starts dossier codes.
    std::string unit;  ///< Code of the unit it serves.
    std::string kind;  ///< "peoples_committee", "department"...
    UnitLevel level;
    std::string name_vi;
    std::string name_en;
    std::string short_name;  ///< For notations: "UBND", "STP".
    AgencyId parent;         ///< 0 at the top.
    std::string desk_vi;     ///< Name of its one-stop desk; empty when it has none.
    std::string desk_en;
    std::string address;
    std::string phone;
    Validity validity;
};

/// Problem "identity.no_such_agency" when it was not in force on `day`.
Result<Agency> agency_on(storage::Reader& db, AgencyId id, Day day);
Result<Agency> agency_by_key(storage::Reader& db, std::string_view key, Day day);
/// By official code or code of the unit, as a dossier code starts and POST /dossiers names it.
Result<Agency> agency_by_code(storage::Reader& db, std::string_view code, Day day);
/// The agency of the unit that decides in general ("ủy ban nhân dân"); kind "peoples_committee".
Result<Agency> agency_for_unit(storage::Reader& db, std::string_view unit, Day day);
/// The agency and all below it on `day`, itself first; at most 1,000.
std::vector<Agency> agencies_below(storage::Reader& db, AgencyId above, Day day);
bool is_below(
    storage::Reader& db, AgencyId agency, AgencyId above, Day day
);  ///< True for the agency itself too.
/// Agencies whose name has every word of `words` (empty: all), marks not needed; the best first.
std::vector<Agency> search_agencies(storage::Reader& db, std::string_view words, Day day, int limit);
/// Agencies in force on `day` that took over from one that has ended; itself when still in force.
std::vector<AgencyId> agencies_after(storage::Reader& db, AgencyId agency, Day day);

/// Ended agencies whose place `heir` has taken by `day`: what they had, it sees.
std::vector<AgencyId> ended_before(storage::Reader& db, AgencyId heir, Day day);

/// The first day `agency` was there no more, with heirs in its place; nothing while it goes on.
std::optional<Day> ended_on(storage::Reader& db, AgencyId agency);

/// Who stands in the place of an ended agency on `day`, those that ended themselves since too.
std::vector<AgencyId> heirs_of(storage::Reader& db, AgencyId ended, Day day);

/// Brings the tables to `agencies` (province/agencies.json). Problem "identity.bad_agencies" (words row,
/// reason).
Result<Done> import_agencies(storage::Writer& db, IdSource& ids, const json::value& agencies);

}  // namespace thien_an::identity

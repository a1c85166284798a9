#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/storage/database.h"

/// Administrative units ("đơn vị hành chính"): provinces, districts and communes as they were on each day.
/// A unit is named by its code and a day: the same code may have another name, parent or kind later.
namespace thien_an::identity {

enum class UnitLevel : std::int64_t { province = 1, district = 2, commune = 3 };

struct Unit {
    std::string code;  ///< "21172", the official code.
    std::string kind;  ///< "commune", "ward", "township", "district", "city"...
    UnitLevel level;
    std::string name_vi;  ///< "Xã Bình Thuận"
    std::string name_en;
    std::string short_name;  ///< "Bình Thuận"
    std::string parent;      ///< Code of the unit above; empty for a province.
    Validity validity;
};

/// Problem "identity.no_such_unit" when no unit had this code on `day`.
Result<Unit> unit_on(storage::Reader& db, std::string_view code, Day day);
/// The unit itself, then the one above, up to the province: the parts of an address. Empty when there is
/// none.
std::vector<Unit> unit_path(storage::Reader& db, std::string_view code, Day day);
/// Units directly below `parent`, by short name; at most 500.
std::vector<Unit> units_below(storage::Reader& db, std::string_view parent, Day day);
/// All units of a level, by parent and short name; at most 1,000.
std::vector<Unit> units_at(storage::Reader& db, UnitLevel level, Day day);
/// Units whose name has every word of `words`, marks not needed; the best first.
std::vector<Unit> search_units(storage::Reader& db, std::string_view words, Day day, int limit);
/// Codes of the units in force on `day` that took over from the unit `code`, through as many changes as it
/// took. The unit itself when it is still in force.
std::vector<std::string> units_after(storage::Reader& db, std::string_view code, Day day);

/// Brings the tables to `units` (province/units.json), in the caller's transaction.
/// Problem "identity.bad_units" (words row, reason) when a row is not usable; nothing is kept then.
Result<Done> import_units(storage::Writer& db, const json::value& units);

}  // namespace thien_an::identity

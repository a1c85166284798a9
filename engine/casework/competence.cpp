#include "engine/casework/competence.h"

#include <algorithm>

#include "engine/casework/form.h"
#include "engine/identity/reference_rows.h"
#include "engine/identity/units.h"

namespace thien_an::casework {
namespace {

const json::array& rows_of(const json::value& procedure)
{
    static const json::array none;
    const auto* rows = json::member(procedure, "competence");
    return rows == nullptr || !rows->is_array() ? none : rows->get_array();
}

/// The highest level a row names decides how far up a unit is taken; a commune when it names none.
identity::UnitLevel level_of(const json::value& row)
{
    auto level = identity::UnitLevel::commune;
    const auto* names = json::member(row, "agency_levels");
    if (names == nullptr || !names->is_array()) return level;
    for (const auto& name : names->get_array()) {
        if (name == "district") level = std::min(level, identity::UnitLevel::district);
        if (name == "province") level = std::min(level, identity::UnitLevel::province);
    }
    return level;
}

std::string unit_at_level(storage::Reader& db, const std::string& code, identity::UnitLevel level, Day day)
{
    for (const auto& unit : identity::unit_path(db, code, day))
        if (unit.level <= level) return unit.code;
    return code;
}

/// What to call it when nobody competent decides: where any desk receives, the row itself names no Problem.
std::string problem_code(const json::value& procedure, const json::value& row)
{
    if (auto code = json::string_or(row, "wrong_agency"); !code.empty()) return code;
    for (const auto& other : rows_of(procedure))
        if (auto code = json::string_or(other, "wrong_agency"); !code.empty()) return code;
    return "";
}

std::string first_law(const json::value& row)
{
    const auto* laws = json::member(row, "law");
    if (laws == nullptr || !laws->is_array() || laws->get_array().empty()) return "";
    return std::string(laws->get_array().front().as_string());
}

}  // namespace

std::vector<CompetentUnit> competent_units(
    storage::Reader& db, const json::value& procedure, const json::value& form, Day day
)
{
    std::vector<CompetentUnit> units;
    for (const auto& row : rows_of(procedure)) {
        const auto* pointers = json::member(row, "unit_of");
        if (pointers == nullptr || !pointers->is_array()) continue;
        const auto validity = identity::validity_of(row);
        if (!validity || !validity->covers(day)) continue;
        for (const auto& pointer : pointers->get_array()) {
            const auto* answer = json::find(form, std::string_view(pointer.as_string()));
            if (answer == nullptr || !answer->is_string() || *answer == "elsewhere") continue;
            auto code = unit_at_level(db, std::string(answer->get_string()), level_of(row), day);
            const bool known = std::any_of(units.begin(), units.end(), [&](const CompetentUnit& unit) {
                return unit.unit == code;
            });
            if (!known) units.push_back({std::move(code), &row});
        }
    }
    return units;
}

std::string level_that_decides(const json::value& procedure, Day day)
{
    for (const auto& row : rows_of(procedure)) {
        const auto validity = identity::validity_of(row);
        const auto* levels = json::member(row, "agency_levels");
        if (!validity || !validity->covers(day) || levels == nullptr || !levels->is_array()) continue;
        if (!levels->get_array().empty()) return std::string(levels->get_array().front().as_string());
    }
    return json::string_or(procedure, "agency_level");
}

Result<RuleAnswer> competent_agency(const RuleInput& input)
{
    const auto units = competent_units(input.db, input.procedure, input.form, input.today);
    const bool competent = std::any_of(units.begin(), units.end(), [&](const CompetentUnit& unit) {
        return unit.unit == input.agency.unit;
    });
    // READING: those who all live outside the province are registered there; the desk answers those who ask here.
    if (units.empty() || competent) return RuleAnswer{};
    const auto& row = *units.front().row;
    auto code = problem_code(input.procedure, row);
    if (code.empty()) return RuleAnswer{};
    std::string names;
    for (const auto& unit : units)
        if (const auto name = input.codes.unit_name(unit.unit, input.today); !name.empty())
            names += (names.empty() ? "" : ", ") + name;
    return Problem{
        .code = std::move(code), .field = "/agency", .law = first_law(row), .words = {{"agencies", names}}};
}

}  // namespace thien_an::casework

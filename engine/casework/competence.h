#pragma once

#include <string>
#include <vector>

#include "engine/casework/rules.h"

/// Who may decide: what the rows "competence" of procedure.json say of the answers, on each day.
namespace thien_an::casework {

/// A unit whose agency may decide, and the row that says so (of the procedure asked with; it must outlive this).
struct CompetentUnit {
    std::string unit;
    const json::value* row = nullptr;
};

/// The units the answers name where the rows in force on `day` look ("unit_of"), in that order, each once. A unit below
/// the level of its row stands for the one above it of that level: a commune for its district.
std::vector<CompetentUnit> competent_units(
    storage::Reader& db, const json::value& procedure, const json::value& form, Day day
);

/// The level that decides on `day`: the first a row in force names ("district" to 2025-06-30, "commune" after), else
/// `agency_level` of the procedure.
std::string level_that_decides(const json::value& procedure, Day day);

/// The Problem a row names ("wrong_agency") when the agency asked to decide is none of them; words `agencies` are their
/// names. No answer names a unit here: nothing to say, the desk knows. A rule for the book of a system.
Result<RuleAnswer> competent_agency(const RuleInput& input);

}  // namespace thien_an::casework

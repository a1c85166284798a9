#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/day.h"
#include "engine/base/json.h"

/// Answers of a form as the rules of civil status read them.
namespace thien_an::civil_status {

/// "" when there is none or it is no text.
std::string answer_text(const json::value& form, std::string_view pointer);
/// Nothing when there is none or it is no day.
std::optional<Day> answer_day(const json::value& form, std::string_view pointer);
/// False when there is none.
bool answer_yes(const json::value& form, std::string_view pointer);

/// Whole years lived on `on`: one more from the birthday on; who was born on 29 February has it on 1 March in other
/// years (READING of law-91-2015/art-148: a period of years ends with the same day, the last of the month when there
/// is none, so the age is reached on the day after 28 February).
int age_on(Day born_on, Day on);

}  // namespace thien_an::civil_status

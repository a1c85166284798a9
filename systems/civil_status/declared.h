#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/day.h"
#include "engine/base/json.h"

/// What the rules of civil status read in a declaration, and how they count years and months.
namespace thien_an::civil_status {

/// The answer as text; "" when it is not there or no text.
std::string answer(const json::value& form, std::string_view pointer);
/// The answer as a day; nothing when it is none (the form tells).
std::optional<Day> day_answer(const json::value& form, std::string_view pointer);
/// Whether the answer is yes; false when it is not there.
bool answered_yes(const json::value& form, std::string_view pointer);

/// The day someone born on `born_on` is `years` old. READING: born on 29 February, in a common year on 1 March.
/// Law: law-91-2015/art-148.
Day birthday(Day born_on, int years);
/// Full years of age on `day`; negative before birth.
int age_on(Day born_on, Day day);
/// The same day `months` later, or the last of that month when it has no such day. Law: law-91-2015/art-148.
Day months_after(Day day, int months);

}  // namespace thien_an::civil_status

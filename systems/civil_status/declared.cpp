#include "systems/civil_status/declared.h"

namespace thien_an::civil_status {

using std::chrono::year_month_day;

std::string answer(const json::value& form, std::string_view pointer)
{
    const auto* v = json::find(form, pointer);
    return v == nullptr || !v->is_string() ? "" : std::string(v->get_string());
}

std::optional<Day> day_answer(const json::value& form, std::string_view pointer)
{
    const auto day = parse_day(answer(form, pointer));
    return day ? std::optional(day.value()) : std::nullopt;
}

bool answered_yes(const json::value& form, std::string_view pointer)
{
    const auto* v = json::find(form, pointer);
    return v != nullptr && v->is_bool() && v->get_bool();
}

Day birthday(Day born_on, int years)
{
    const year_month_day born{born_on};
    const auto same = (born.year() + std::chrono::years{years}) / born.month() / born.day();
    // Only 29 February may be missing: day 29 of a shorter February is 1 March.
    return Day{same};
}

int age_on(Day born_on, Day day)
{
    const int years = int(year_month_day{day}.year()) - int(year_month_day{born_on}.year());
    return birthday(born_on, years) <= day ? years : years - 1;
}

Day months_after(Day day, int months)
{
    const year_month_day from{day};
    const auto month = from.year() / from.month() + std::chrono::months{months};
    const auto same = month / from.day();
    return same.ok() ? Day{same} : Day{month / std::chrono::last};
}

}  // namespace thien_an::civil_status

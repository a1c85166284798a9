#include "systems/civil_status/answers.h"

namespace thien_an::civil_status {

std::string answer_text(const json::value& form, std::string_view pointer)
{
    const auto* v = json::find(form, pointer);
    return v == nullptr || !v->is_string() ? "" : std::string(v->get_string());
}

std::optional<Day> answer_day(const json::value& form, std::string_view pointer)
{
    const auto day = parse_day(answer_text(form, pointer));
    return day ? std::optional(day.value()) : std::nullopt;
}

bool answer_yes(const json::value& form, std::string_view pointer)
{
    const auto* v = json::find(form, pointer);
    return v != nullptr && v->is_bool() && v->get_bool();
}

int age_on(Day born_on, Day on)
{
    const std::chrono::year_month_day born{born_on};
    const std::chrono::year_month_day day{on};
    const int years = int(day.year()) - int(born.year());
    const auto month = unsigned(day.month());
    const bool reached = month > unsigned(born.month()) ||
                         (month == unsigned(born.month()) && unsigned(day.day()) >= unsigned(born.day()));
    return reached ? years : years - 1;
}

}  // namespace thien_an::civil_status

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/day.h"
#include "engine/workflow/decimal.h"

/// Dates, times and durations as FEEL has them: wide years, nanoseconds, zones by offset or by name.
namespace thien_an::workflow::feel {

constexpr std::int64_t nanos_per_second = 1'000'000'000;
constexpr std::int64_t nanos_per_day = 86'400 * nanos_per_second;

/// Of the proleptic Gregorian calendar; years -999999999 to 999999999.
struct Date {
    std::int32_t year = 1970;
    std::int32_t month = 1;
    std::int32_t day = 1;
    auto operator<=>(const Date&) const = default;
};

/// None, an offset from UTC, or a named zone ("Asia/Ho_Chi_Minh") whose offset depends on the day.
struct Zone {
    std::optional<std::int32_t> offset;       ///< Seconds east of UTC.
    std::shared_ptr<const std::string> name;  ///< Shared because values are copied and names are long.
    bool local() const { return !offset && !name; }
};

struct Time {
    std::int64_t nanos = 0;  ///< Since midnight.
    Zone zone;
};

struct DateTime {
    Date date;
    Time time;
};

/// Days, hours, minutes, seconds: an exact length, in nanoseconds.
struct DayDuration {
    WideSigned nanos = 0;
    auto operator<=>(const DayDuration&) const = default;
};

/// Years and months: a length that depends on where it starts.
struct MonthDuration {
    std::int64_t months = 0;
    auto operator<=>(const MonthDuration&) const = default;
};

bool valid(const Date& date);
int days_in_month(std::int64_t year, int month);
std::int64_t days_since_epoch(const Date& date);
Date date_from_days(std::int64_t days);
int weekday(const Date& date);  ///< 1 Monday to 7 Sunday.
Date plus_months(Date date, std::int64_t months);

/// Seconds east of UTC of `zone` at local time `date`, `nanos`; nothing for a local time.
std::optional<std::int32_t> offset_of(const Zone& zone, const Date& date, std::int64_t nanos);
/// Nanoseconds since 1970 in UTC; a local time counts as UTC.
WideSigned instant_nanos(const DateTime& value);
/// `value` moved by an exact length; keeps the zone.
std::optional<DateTime> plus(const DateTime& value, WideSigned nanos);
Time plus(const Time& value, WideSigned nanos);
/// A time's distance from midnight UTC, for comparison.
std::int64_t utc_nanos(const Time& value);

std::optional<Date> parse_date(std::string_view text);
std::optional<Time> parse_time(std::string_view text);
std::optional<DateTime> parse_date_time(std::string_view text);
std::optional<DayDuration> parse_day_duration(std::string_view text);
std::optional<MonthDuration> parse_month_duration(std::string_view text);

std::string text_of(const Date& value);
std::string text_of(const Time& value);
std::string text_of(const DateTime& value);
std::string text_of(const DayDuration& value);
std::string text_of(const MonthDuration& value);

/// The moment as a date and time in Vietnam (+07:00).
DateTime date_time_of(Instant instant);
Date date_of(Day day);

}  // namespace thien_an::workflow::feel

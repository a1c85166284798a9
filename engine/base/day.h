#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

/// Days and instants. Vietnam is UTC+7 all year; a Day is a date there, an Instant is UTC.
namespace thien_an {

using Day = std::chrono::sys_days;  ///< A calendar day in Vietnam, no time of day.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;  ///< A moment, UTC.
using Minutes = std::chrono::minutes;                              ///< Of a day, or a length of working time.

constexpr std::chrono::hours vietnam_offset{7};

/// The date in Vietnam at `instant`.
Day day_of(Instant instant);
/// Minutes since midnight in Vietnam at `instant`, whole minutes passed.
Minutes time_of_day(Instant instant);
/// The moment when Vietnamese clocks show `time` on `day`; 24:00 is midnight of the next day.
Instant at(Day day, Minutes time);

std::int64_t column(Instant instant);  ///< Microseconds since 1970, as stored.
std::int64_t column(Day day);          ///< Days since 1970, as stored.
Instant instant_from(std::int64_t column);
Day day_from(std::int64_t column);

/// "2016-07-01". Problem "base.bad_day" when the text is no day of the calendar.
Result<Day> parse_day(std::string_view text);
/// RFC 3339 with a zone ("Z" or an offset), or Vietnamese local time without one. Problem "base.bad_instant".
Result<Instant> parse_instant(std::string_view text);

std::string iso(Day day);                 ///< "2016-07-01"
std::string iso(Instant instant);         ///< "2016-07-01T08:00:00+07:00"
std::string shown(Day day);               ///< "1/7/2016", as pages write it.
std::string shown_time(Instant instant);  ///< "08:05", Vietnamese time.
std::string shown(Instant instant);       ///< "08:05 1/7/2016", Vietnamese time.

/// Half-open [from, to); no `to` means still in force.
struct Validity {
    Day from;
    std::optional<Day> to;
    bool covers(Day day) const { return from <= day && (!to || day < *to); }
};

/// Tells the time. The business clock may start elsewhere (--as-of) and ticks; deadlines of the wire use the real one.
class Clock {
public:
    Clock() = default;
    /// A clock that shows `start` now and ticks from there.
    explicit Clock(Instant start);
    /// A clock that stands still until `set` moves it: worked examples and tests.
    static Clock stopped(Instant start);
    void set(Instant to) { stopped_at_ = column(to); }  ///< Only of a stopped clock.
    Clock(const Clock& other) : offset_(other.offset_), stopped_at_(other.stopped_at_.load()) {}
    Clock& operator=(const Clock& other)
    {
        offset_ = other.offset_;
        stopped_at_ = other.stopped_at_.load();
        return *this;
    }

    Instant now() const;

private:
    std::chrono::microseconds offset_{0};
    std::atomic<std::int64_t> stopped_at_{0};  ///< 0: it ticks.
};

}  // namespace thien_an

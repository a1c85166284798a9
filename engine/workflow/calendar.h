#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

/// Working time: which minutes of which days count, and when a budget of them is used up. Pure; data come
/// as JSON.
namespace thien_an::workflow {

/// [from, to) within a day, minutes since midnight in Vietnam.
struct Span {
    Minutes from;
    Minutes to;
    bool operator==(const Span&) const = default;
};
using Hours = std::vector<Span>;  ///< Sorted, apart.

/// One calendar of an agency: reception hours, or the hours that count. A plain value.
struct Calendar {
    /// The week in force on some days; Monday first.
    struct Week {
        Validity validity;
        std::array<Hours, 7> hours;
        int swapped_work_as = 0;  ///< Hours of a swapped working day: those of this weekday, 0 Monday.
    };
    std::string id;
    std::vector<Week> weeks;
    std::map<Day, Hours> exceptions;  ///< Days whose hours are not their weekday's: none for a holiday.
    std::vector<Day> swapped_work;    ///< Working days whose hours follow the week in force.

    /// Hours that count on `day`; empty on a day off.
    const Hours& hours(Day day) const;
    bool works(Day day) const { return !hours(day).empty(); }
    /// Minutes that count on `day`.
    Minutes length(Day day) const;
};

/// The calendar `id` of a document {"calendars": [{id, versions: [{hours: {monday:
/// [["07:00","11:30"],...]}}]}],
/// "days": [{day, kind, hours?}], "kinds": {kind: "off"|"work"}}. A day's own "hours" make half days.
/// Problems "workflow.no_such_calendar", "workflow.bad_calendar" (words what).
Result<Calendar> calendar_from(const json::value& document, std::string_view id);

/// What a limit is counted in.
enum class Unit { working_minutes, working_days, calendar_days };

/// "P5WD", "P0.5WD", "PT8WH", "PT30WM", "P10D". Half days are counted in half days, so amounts of days are
/// doubled.
struct Budget {
    Unit unit = Unit::working_minutes;
    std::int64_t amount = 0;  ///< Minutes; half days for days.
    bool operator==(const Budget&) const = default;
};
/// Problem "workflow.bad_budget" (words text).
Result<Budget> parse_budget(std::string_view text);
std::string text_of(const Budget& budget);

/// How a limit begins: what is received at or after `cutoff` counts as received on the next working day.
struct Receipt {
    std::optional<Minutes> cutoff;
};

/// The next moment, from `instant` on, that counts; `instant` itself when it does.
Instant next_working(const Calendar& calendar, Instant instant);
/// The first working day after `day`.
Day next_working_day(const Calendar& calendar, Day day);
/// The moment `minutes` of working time after `from`; 0 gives `from`.
Instant plus_working(const Calendar& calendar, Instant from, Minutes minutes);
/// Working time between two moments, 0 when `to` is not after `from`.
Minutes working_between(const Calendar& calendar, Instant from, Instant to);

/// When `budget`, begun at `from`, ends. Working days: the day of receipt does not count, the last one ends
/// with its
/// working time (a half day at the noon break); calendar days: as the same, moved to the end of the
/// next working day when the last is a day off. Minutes count from the minute.
Instant due(const Calendar& calendar, Instant from, const Budget& budget, const Receipt& receipt = {});
/// The day that counts as the day of receipt.
Day receipt_day(const Calendar& calendar, Instant from, const Receipt& receipt);

}  // namespace thien_an::workflow

#pragma once

#include <map>
#include <vector>

#include "engine/workflow/clock.h"

/// Working time of one calendar laid out as a table, for those who ask it millions of times. Gives what the
/// functions of calendar.h give.
namespace thien_an::workflow {

class WorkTime {
public:
    /// Knows the days from `from` to before `to`; asked about others it stops at its ends.
    WorkTime(const Calendar& calendar, Day from, Day to);

    const Calendar& calendar() const { return calendar_; }
    /// Working time from the first day to `instant`.
    std::chrono::microseconds worked(Instant instant) const;
    /// The moment that much has been worked.
    Instant instant(std::chrono::microseconds worked) const;
    Instant next_working(Instant instant) const;
    /// As plus_working from the next working moment.
    Instant plus(Instant from, std::chrono::microseconds work) const;
    /// As due() of calendar.h.
    Instant due(Instant from, const Budget& budget, const Receipt& receipt = {});

private:
    struct Stretch {
        Instant from;
        Instant to;
        std::chrono::microseconds before;  ///< Worked until `from`.
    };
    std::size_t first_from(Instant instant) const;
    std::vector<Instant>& table_for(const Budget& budget, const Receipt& receipt);

    Calendar calendar_;
    Day from_;
    std::vector<Stretch> stretches_;
    std::vector<std::size_t> first_of_day_;  ///< By day: the first stretch of it or after.
    /// By unit, amount and cutoff: ends of budgets in days, which depend on the minute alone.
    std::map<std::array<std::int64_t, 3>, std::vector<Instant>> ends_;
};

}  // namespace thien_an::workflow

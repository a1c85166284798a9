#include "engine/workflow/work_time.h"

#include <algorithm>

namespace thien_an::workflow {

WorkTime::WorkTime(const Calendar& calendar, Day from, Day to) : calendar_(calendar), from_(from)
{
    std::chrono::microseconds before{0};
    for (Day day = from; day < to; day += std::chrono::days(1)) {
        first_of_day_.push_back(stretches_.size());
        for (const auto& span : calendar_.hours(day)) {
            stretches_.push_back({at(day, span.from), at(day, span.to), before});
            before += span.to - span.from;
        }
    }
    const Instant end = at(to, Minutes(0));
    stretches_.push_back({end, end, before});
}

/// The first stretch that is not over at `instant`.
std::size_t WorkTime::first_from(Instant instant) const
{
    const auto day = (day_of(instant) - from_).count();
    if (day < 0) return 0;
    std::size_t i =
        std::size_t(day) < first_of_day_.size() ? first_of_day_[std::size_t(day)] : stretches_.size() - 1;
    while (i + 1 < stretches_.size() && stretches_[i].to <= instant) ++i;
    return i;
}

std::chrono::microseconds WorkTime::worked(Instant instant) const
{
    const auto& stretch = stretches_[first_from(instant)];
    return stretch.before +
           std::max(std::chrono::microseconds(0), std::min(instant, stretch.to) - stretch.from);
}

Instant WorkTime::instant(std::chrono::microseconds worked) const
{
    // The last stretch that begins before: its end is reached in it, not at the beginning of the next.
    auto after = std::lower_bound(
        stretches_.begin() + 1,
        stretches_.end(),
        worked,
        [](const Stretch& s, std::chrono::microseconds wanted) { return s.before < wanted; }
    );
    const auto& stretch = *std::prev(after);
    return std::min(stretch.from + (worked - stretch.before), stretch.to);
}

Instant WorkTime::next_working(Instant instant) const
{
    return std::max(instant, stretches_[first_from(instant)].from);
}

Instant WorkTime::plus(Instant from, std::chrono::microseconds work) const
{
    const auto start = next_working(from);
    return work.count() <= 0 ? start : instant(worked(start) + work);
}

std::vector<Instant>& WorkTime::table_for(const Budget& budget, const Receipt& receipt)
{
    const std::int64_t cutoff = receipt.cutoff ? receipt.cutoff->count() : -1;
    auto& table = ends_[{std::int64_t(budget.unit), budget.amount, cutoff}];
    if (table.empty()) table.resize(first_of_day_.size() * 24 * 60);
    return table;
}

Instant WorkTime::due(Instant from, const Budget& budget, const Receipt& receipt)
{
    if (budget.unit == Unit::working_minutes && !receipt.cutoff) return plus(from, Minutes(budget.amount));
    const auto minute = std::chrono::floor<Minutes>(from - at(from_, Minutes(0))).count();
    const bool known = minute >= 0 && minute < std::int64_t(first_of_day_.size()) * 24 * 60;
    if (budget.unit == Unit::working_minutes || !known)
        return workflow::due(calendar_, from, budget, receipt);
    auto& end = table_for(budget, receipt)[std::size_t(minute)];
    if (end == Instant{}) end = workflow::due(calendar_, from, budget, receipt);
    return end;
}

}  // namespace thien_an::workflow

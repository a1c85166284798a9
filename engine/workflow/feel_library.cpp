#include "engine/workflow/feel_library.h"

#include <algorithm>

#include "engine/workflow/feel_machine.h"

namespace thien_an::workflow::feel {
namespace {

std::vector<Builtin> make_library()
{
    std::vector<Builtin> rows;
    for (const auto part :
         {number_builtins(),
          text_builtins(),
          list_builtins(),
          temporal_builtins(),
          range_builtins(),
          context_builtins()})
        rows.insert(rows.end(), part.begin(), part.end());
    std::sort(rows.begin(), rows.end(), [](const Builtin& a, const Builtin& b) { return a.name < b.name; });
    return rows;
}

Value date_member(const Date& date, std::string_view name)
{
    if (name == "year") return date.year;
    if (name == "month") return date.month;
    if (name == "day") return date.day;
    if (name == "weekday") return weekday(date);
    return {};
}

Value time_member(const Time& time, const Date& date, std::string_view name)
{
    const std::int64_t seconds = time.nanos / nanos_per_second;
    if (name == "hour") return seconds / 3600;
    if (name == "minute") return seconds / 60 % 60;
    if (name == "second") return seconds % 60;
    if (name == "time offset") {
        const auto offset = offset_of(time.zone, date, time.nanos);
        return offset ? Value(DayDuration{WideSigned(*offset) * nanos_per_second}) : Value{};
    }
    if (name == "timezone") return time.zone.name ? Value(*time.zone.name) : Value{};
    return {};
}

Value duration_member(const DayDuration& duration, std::string_view name)
{
    const auto seconds = std::int64_t(duration.nanos / nanos_per_second);
    if (name == "days") return seconds / 86'400;
    if (name == "hours") return seconds / 3600 % 24;
    if (name == "minutes") return seconds / 60 % 60;
    if (name == "seconds") return seconds % 60;
    return {};
}

Value range_member(const Range& range, std::string_view name)
{
    if (name == "start") return range.low;
    if (name == "end") return range.high;
    if (name == "start included") return range.low_closed && range.has_low;
    if (name == "end included") return range.high_closed && range.has_high;
    return {};
}

}  // namespace

std::span<const Builtin> library()
{
    static const std::vector<Builtin> rows = make_library();
    return rows;
}

const Builtin* find_builtin(std::string_view name)
{
    const auto rows = library();
    const auto found =
        std::lower_bound(rows.begin(), rows.end(), name, [](const Builtin& row, std::string_view wanted) {
            return row.name < wanted;
        });
    return found != rows.end() && found->name == name ? &*found : nullptr;
}

Value call_builtin(Evaluation& evaluation, const Builtin& builtin, Arguments arguments)
{
    const auto count = int(arguments.size());
    if (count < builtin.least || (builtin.most >= 0 && count > builtin.most))
        return evaluation.note("wrong number of arguments of " + std::string(builtin.name));
    Value out = builtin.call(evaluation, arguments);
    if (out.null()) evaluation.note(std::string(builtin.name) + " has no result");
    return out;
}

Value member_of(const Value& value, std::string_view name)
{
    if (const auto* context = value.context()) {
        const auto* found = context->find(name);
        return found != nullptr ? *found : Value{};
    }
    if (value.date() != nullptr) return date_member(*value.date(), name);
    if (const auto* date_time = value.date_time()) {
        Value part = date_member(date_time->date, name);
        return part.null() ? time_member(date_time->time, date_time->date, name) : part;
    }
    if (value.time() != nullptr) return time_member(*value.time(), Date{}, name);
    if (value.day_duration() != nullptr) return duration_member(*value.day_duration(), name);
    if (const auto* months = value.month_duration()) {
        if (name == "years") return months->months / 12;
        if (name == "months") return months->months % 12;
    }
    if (value.range() != nullptr) return range_member(*value.range(), name);
    return {};
}

}  // namespace thien_an::workflow::feel

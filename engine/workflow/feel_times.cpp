#include <array>

#include "engine/workflow/feel_arguments.h"

// Dates, times, durations, and how ranges lie to each other.
namespace thien_an::workflow::feel {
namespace {

const Value& at(const Arguments& a, std::size_t i) { return single(a[i]); }

Value fn_date(Evaluation&, Arguments& a)
{
    if (a.size() == 3) {
        const auto year = integer_at(a, 0);
        const auto month = integer_at(a, 1);
        const auto day = integer_at(a, 2);
        if (!year || !month || !day || *year > 999'999'999 || *year < -999'999'999) return {};
        if (*month < 1 || *month > 12 || *day < 1 || *day > 31) return {};
        const Date date{std::int32_t(*year), std::int32_t(*month), std::int32_t(*day)};
        return valid(date) ? Value(date) : Value{};
    }
    if (a.size() != 1) return {};
    if (at(a, 0).text() != nullptr) return parse_date(*at(a, 0).text());
    if (at(a, 0).date_time() != nullptr) return at(a, 0).date_time()->date;
    return at(a, 0).date() != nullptr ? at(a, 0) : Value{};
}

Value time_from_parts(const Arguments& a)
{
    const auto hour = integer_at(a, 0);
    const auto minute = integer_at(a, 1);
    const auto* second = number_at(a, 2);
    if (!hour || !minute || second == nullptr || second->negative) return {};
    const auto nanos = multiply(*second, Decimal(nanos_per_second));
    const auto flat = nanos ? rounded(*nanos, 0, Rounding::down) : std::nullopt;
    const auto whole = flat ? flat->integer() : std::nullopt;
    if (!whole || *whole >= 60 * nanos_per_second || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59)
        return {};
    Time out{.nanos = (*hour * 60 + *minute) * 60 * nanos_per_second + *whole, .zone = {}};
    if (a.size() > 3 && !a[3].null()) {
        if (at(a, 3).day_duration() == nullptr) return {};
        const auto offset = std::int64_t(at(a, 3).day_duration()->nanos / nanos_per_second);
        if (offset > 18 * 3600 || offset < -18 * 3600) return {};
        out.zone.offset = std::int32_t(offset);
    }
    return out;
}

Value fn_time(Evaluation&, Arguments& a)
{
    if (a.size() >= 3) return time_from_parts(a);
    if (a.size() != 1) return {};
    if (at(a, 0).text() != nullptr) return parse_time(*at(a, 0).text());
    if (at(a, 0).date_time() != nullptr) return at(a, 0).date_time()->time;
    if (at(a, 0).date() != nullptr) return Time{.nanos = 0, .zone = {.offset = 0, .name = nullptr}};
    return at(a, 0).time() != nullptr ? at(a, 0) : Value{};
}

Value fn_date_time(Evaluation&, Arguments& a)
{
    if (a.size() == 2) {
        const Value& day = at(a, 0);
        if (at(a, 1).text() != nullptr && day.date_time() != nullptr) {
            auto moved = *day.date_time();
            const auto shown = parse_time("00:00:00@" + *at(a, 1).text());
            if (!shown) return {};
            moved.time.zone = shown->zone;
            return plus(moved, instant_nanos(*day.date_time()) - instant_nanos(moved));
        }
        if (at(a, 1).time() == nullptr) return {};
        if (day.date() != nullptr) return DateTime{*day.date(), *at(a, 1).time()};
        return day.date_time() != nullptr ? Value(DateTime{day.date_time()->date, *at(a, 1).time()})
                                          : Value{};
    }
    if (at(a, 0).text() != nullptr) return parse_date_time(*at(a, 0).text());
    if (at(a, 0).date() != nullptr)
        return DateTime{*at(a, 0).date(), {.nanos = 0, .zone = {.offset = 0, .name = nullptr}}};
    return at(a, 0).date_time() != nullptr ? at(a, 0) : Value{};
}

Value fn_duration(Evaluation&, Arguments& a)
{
    const Value& v = at(a, 0);
    if (v.day_duration() != nullptr || v.month_duration() != nullptr) return v;
    if (v.text() == nullptr) return {};
    if (const auto months = parse_month_duration(*v.text())) return *months;
    return parse_day_duration(*v.text());
}

std::optional<Date> date_part(const Value& v)
{
    if (v.date() != nullptr) return *v.date();
    if (v.date_time() != nullptr) return v.date_time()->date;
    return std::nullopt;
}

Value fn_months_between(Evaluation&, Arguments& a)
{
    const auto from = date_part(at(a, 0));
    const auto to = date_part(at(a, 1));
    if (!from || !to) return {};
    std::int64_t months = (std::int64_t(to->year) - from->year) * 12 + to->month - from->month;
    if (months > 0 && to->day < from->day) --months;
    if (months < 0 && to->day > from->day) ++months;
    return MonthDuration{months};
}

Value fn_day_of_year(Evaluation&, Arguments& a)
{
    const auto date = date_part(at(a, 0));
    if (!date) return {};
    return days_since_epoch(*date) - days_since_epoch({date->year, 1, 1}) + 1;
}

Value fn_day_of_week(Evaluation&, Arguments& a)
{
    constexpr std::array<const char*, 7> names{
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    const auto date = date_part(at(a, 0));
    return date ? Value(names.at(std::size_t(weekday(*date) - 1))) : Value{};
}

Value fn_month_of_year(Evaluation&, Arguments& a)
{
    constexpr std::array<const char*, 12> names{
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December"};
    const auto date = date_part(at(a, 0));
    return date ? Value(names.at(std::size_t(date->month - 1))) : Value{};
}

Value fn_week_of_year(Evaluation&, Arguments& a)
{
    const auto date = date_part(at(a, 0));
    if (!date) return {};
    // The week belongs to the year of its Thursday.
    const std::int64_t thursday = days_since_epoch(*date) - weekday(*date) + 4;
    const Date of_year = date_from_days(thursday);
    return (thursday - days_since_epoch({of_year.year, 1, 1})) / 7 + 1;
}

Value fn_now(Evaluation& evaluation, Arguments&) { return date_time_of(evaluation.now()); }
Value fn_today(Evaluation& evaluation, Arguments&) { return date_of(day_of(evaluation.now())); }

/// A point seen as the range that holds it alone.
Range as_range(const Value& v)
{
    if (v.range() != nullptr) return *v.range();
    return {.low = v, .high = v};
}

bool is_range(const Arguments& a, std::size_t i) { return a[i].range() != nullptr; }

/// Order of where two ranges begin or end: the cut is just before or after the value.
std::optional<int> order_of_lows(const Range& a, const Range& b)
{
    if (!a.has_low || !b.has_low) return int(a.has_low) - int(b.has_low);
    const auto order = compare(a.low, b.low);
    if (!order || *order != 0) return order;
    return int(b.low_closed) - int(a.low_closed);
}

std::optional<int> order_of_highs(const Range& a, const Range& b)
{
    if (!a.has_high || !b.has_high) return int(b.has_high) - int(a.has_high);
    const auto order = compare(a.high, b.high);
    if (!order || *order != 0) return order;
    return int(a.high_closed) - int(b.high_closed);
}

/// Where a's end lies to b's beginning: -1 before it with a gap or a touch that shares no point, 0 one
/// shared point.
std::optional<int> end_to_start(const Range& a, const Range& b)
{
    if (!a.has_high || !b.has_low) return 1;
    const auto order = compare(a.high, b.low);
    if (!order || *order != 0) return order;
    return a.high_closed && b.low_closed ? 0 : -1;
}

Value before(const Range& a, const Range& b)
{
    const auto order = end_to_start(a, b);
    return order ? Value(*order < 0) : Value{};
}

Value fn_before(Evaluation&, Arguments& a) { return before(as_range(a[0]), as_range(a[1])); }
Value fn_after(Evaluation&, Arguments& a) { return before(as_range(a[1]), as_range(a[0])); }

Value meets(const Range& a, const Range& b)
{
    if (!a.has_high || !b.has_low) return false;
    const auto order = compare(a.high, b.low);
    if (!order) return {};
    return *order == 0 && a.high_closed && b.low_closed;
}
Value fn_meets(Evaluation&, Arguments& a)
{
    return is_range(a, 0) && is_range(a, 1) ? meets(*a[0].range(), *a[1].range()) : Value{};
}
Value fn_met_by(Evaluation&, Arguments& a)
{
    return is_range(a, 0) && is_range(a, 1) ? meets(*a[1].range(), *a[0].range()) : Value{};
}

Value fn_overlaps(Evaluation&, Arguments& a)
{
    if (!is_range(a, 0) || !is_range(a, 1)) return {};
    const auto one = end_to_start(*a[0].range(), *a[1].range());
    const auto two = end_to_start(*a[1].range(), *a[0].range());
    return one && two ? Value(*one >= 0 && *two >= 0) : Value{};
}

Value overlaps_before(const Range& a, const Range& b)
{
    const auto lows = order_of_lows(a, b);
    const auto highs = order_of_highs(a, b);
    const auto touch = end_to_start(a, b);
    if (!lows || !highs || !touch) return {};
    return *lows < 0 && *highs <= 0 && *touch >= 0;
}
Value fn_overlaps_before(Evaluation&, Arguments& a)
{
    return is_range(a, 0) && is_range(a, 1) ? overlaps_before(*a[0].range(), *a[1].range()) : Value{};
}
Value fn_overlaps_after(Evaluation&, Arguments& a)
{
    return is_range(a, 0) && is_range(a, 1) ? overlaps_before(*a[1].range(), *a[0].range()) : Value{};
}

Value finishes(const Value& a, const Value& b)
{
    if (b.range() == nullptr) return {};
    const Range x = as_range(a);
    const auto lows = order_of_lows(x, *b.range());
    const auto highs = order_of_highs(x, *b.range());
    return lows && highs ? Value(*highs == 0 && *lows >= 0) : Value{};
}
Value fn_finishes(Evaluation&, Arguments& a) { return finishes(a[0], a[1]); }
Value fn_finished_by(Evaluation&, Arguments& a) { return finishes(a[1], a[0]); }

Value starts(const Value& a, const Value& b)
{
    if (b.range() == nullptr) return {};
    const Range x = as_range(a);
    const auto lows = order_of_lows(x, *b.range());
    const auto highs = order_of_highs(x, *b.range());
    return lows && highs ? Value(*lows == 0 && *highs <= 0) : Value{};
}
Value fn_starts(Evaluation&, Arguments& a) { return starts(a[0], a[1]); }
Value fn_started_by(Evaluation&, Arguments& a) { return starts(a[1], a[0]); }

Value during(const Value& a, const Value& b)
{
    if (b.range() == nullptr) return {};
    const Range x = as_range(a);
    const auto lows = order_of_lows(x, *b.range());
    const auto highs = order_of_highs(x, *b.range());
    return lows && highs ? Value(*lows >= 0 && *highs <= 0) : Value{};
}
Value fn_during(Evaluation&, Arguments& a) { return during(a[0], a[1]); }
Value fn_includes(Evaluation&, Arguments& a) { return during(a[1], a[0]); }

Value fn_coincides(Evaluation&, Arguments& a)
{
    if (is_range(a, 0) != is_range(a, 1)) return {};
    if (!is_range(a, 0)) return equals(a[0], a[1]);
    const auto lows = order_of_lows(*a[0].range(), *a[1].range());
    const auto highs = order_of_highs(*a[0].range(), *a[1].range());
    return lows && highs ? Value(*lows == 0 && *highs == 0) : Value{};
}

/// An end of a range written in a string: a literal, never an expression.
Value range_end(std::string_view text)
{
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    const auto compiled = compile(text, {});
    if (!compiled) return {};
    Evaluation evaluation;
    Value out = evaluation.value(compiled.value(), {});
    const bool fits = compare(out, out).has_value();
    return fits ? out : Value{};
}

Value fn_range(Evaluation&, Arguments& a)
{
    const auto* text = text_at(a, 0);
    if (text == nullptr || text->size() < 5) return {};
    const char first = text->front();
    const char last = text->back();
    const auto dots = text->find("..");
    if (std::string_view("[(]").find(first) == std::string_view::npos ||
        std::string_view("])[").find(last) == std::string_view::npos)
        return {};
    if (dots == std::string::npos) return {};
    Range out;
    const auto low = std::string_view(*text).substr(1, dots - 1);
    const auto high = std::string_view(*text).substr(dots + 2, text->size() - dots - 3);
    out.has_low = !low.empty();
    out.has_high = !high.empty();
    out.low = range_end(low);
    out.high = range_end(high);
    out.low_closed = first == '[';
    out.high_closed = last == ']';
    if ((out.has_low && out.low.null()) || (out.has_high && out.high.null()) ||
        (!out.has_low && !out.has_high))
        return {};
    if (out.has_low && out.has_high) {
        const auto order = compare(out.low, out.high);
        if (!order || *order > 0) return {};
    }
    return out;
}

}  // namespace

std::span<const Builtin> temporal_builtins()
{
    static constexpr std::array<Builtin, 11> rows{{
        {"date", "from|year,month,day", 1, 3, fn_date},
        {"time", "from|hour,minute,second,offset", 1, 4, fn_time},
        {"date and time", "from|date,time|year,month,day,hour,minute,second", 1, 2, fn_date_time},
        {"duration", "from", 1, 1, fn_duration},
        {"years and months duration", "from,to", 2, 2, fn_months_between},
        {"day of year", "date", 1, 1, fn_day_of_year},
        {"day of week", "date", 1, 1, fn_day_of_week},
        {"month of year", "date", 1, 1, fn_month_of_year},
        {"week of year", "date", 1, 1, fn_week_of_year},
        {"now", "", 0, 0, fn_now},
        {"today", "", 0, 0, fn_today},
    }};
    return rows;
}

std::span<const Builtin> range_builtins()
{
    static constexpr std::array<Builtin, 15> rows{{
        {"before", "point1,point2|range1,range2|point,range|range,point", 2, 2, fn_before},
        {"after", "point1,point2|range1,range2|point,range|range,point", 2, 2, fn_after},
        {"meets", "range1,range2", 2, 2, fn_meets},
        {"met by", "range1,range2", 2, 2, fn_met_by},
        {"overlaps", "range1,range2", 2, 2, fn_overlaps},
        {"overlaps before", "range1,range2", 2, 2, fn_overlaps_before},
        {"overlaps after", "range1,range2", 2, 2, fn_overlaps_after},
        {"finishes", "point,range|range1,range2", 2, 2, fn_finishes},
        {"finished by", "range,point|range1,range2", 2, 2, fn_finished_by},
        {"includes", "range,point|range1,range2", 2, 2, fn_includes},
        {"during", "point,range|range1,range2", 2, 2, fn_during},
        {"starts", "point,range|range1,range2", 2, 2, fn_starts},
        {"started by", "range,point|range1,range2", 2, 2, fn_started_by},
        {"coincides", "point1,point2|range1,range2", 2, 2, fn_coincides},
        {"range", "from", 1, 1, fn_range},
    }};
    return rows;
}

}  // namespace thien_an::workflow::feel

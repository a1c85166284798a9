#include "engine/workflow/calendar.h"

#include <algorithm>
#include <stdexcept>

namespace thien_an::workflow {
namespace {

constexpr int empty_days_max = 1000;  ///< A calendar without work for longer is broken, not on holiday.
constexpr std::array<std::string_view, 7> weekday_names{
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

Problem bad(std::string_view what)
{
    return {.code = "workflow.bad_calendar", .field = "", .law = "", .words = {{"what", std::string(what)}}};
}

/// 0 Monday to 6 Sunday.
std::size_t weekday_of(Day day) { return std::chrono::weekday(day).iso_encoding() - 1; }

Result<Minutes> parse_time_of_day(std::string_view text)
{
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4))
        return bad(text);
    const int hour = (text[0] - '0') * 10 + text[1] - '0';
    const int minute = (text[3] - '0') * 10 + text[4] - '0';
    if (hour * 60 + minute > 24 * 60 || minute > 59) return bad(text);
    return Minutes(hour * 60 + minute);
}

Result<Hours> parse_hours(const json::value& v)
{
    if (!v.is_array()) return bad("hours");
    Hours out;
    for (const auto& span : v.as_array()) {
        const bool pair = span.is_array() && span.as_array().size() == 2 && span.as_array()[0].is_string() &&
                          span.as_array()[1].is_string();
        if (!pair) return bad("hours");
        const Span parsed{
            TRY(parse_time_of_day(span.as_array()[0].as_string())),
            TRY(parse_time_of_day(span.as_array()[1].as_string()))};
        const bool in_order = parsed.from < parsed.to && (out.empty() || out.back().to <= parsed.from);
        if (!in_order) return bad(json::text_of(span));
        out.push_back(parsed);
    }
    return out;
}

Result<Calendar::Week> parse_week(const json::value& version)
{
    Calendar::Week week{
        .validity = {.from = TRY(parse_day(json::string_or(version, "valid_from", "1900-01-01"))), .to = {}},
        .hours = {}};
    if (const auto to = json::string_or(version, "valid_to"); !to.empty())
        week.validity.to = TRY(parse_day(to));
    const auto* hours = json::member(version, "hours");
    if (hours == nullptr || !hours->is_object()) return bad("hours");
    bool any = false;
    for (std::size_t i = 0; i < 7; ++i) {
        const auto* day = json::member(*hours, weekday_names.at(i));
        if (day == nullptr) return bad(weekday_names.at(i));
        week.hours.at(i) = TRY(parse_hours(*day));
        any = any || !week.hours.at(i).empty();
    }
    if (!any) return bad("no working time");
    const auto as = json::string_or(version, "swapped_work_hours_as", "monday");
    const auto found = std::find(weekday_names.begin(), weekday_names.end(), as);
    if (found == weekday_names.end()) return bad(as);
    week.swapped_work_as = int(found - weekday_names.begin());
    return week;
}

Result<Done> take_day(Calendar& calendar, const json::value& row, const json::value* kinds)
{
    const Day day = TRY(parse_day(json::string_or(row, "day")));
    if (const auto* hours = json::member(row, "hours")) {
        calendar.exceptions[day] = TRY(parse_hours(*hours));
        return Done{};
    }
    const auto kind = json::string_or(row, "kind");
    const auto means = kinds == nullptr ? std::string() : json::string_or(*kinds, kind);
    if (means == "off") {
        calendar.exceptions[day] = {};
    } else if (means == "work") {
        calendar.swapped_work.push_back(day);
    } else {
        return bad(kind);
    }
    return Done{};
}

const json::value* calendar_row(const json::value& document, std::string_view id)
{
    const auto* rows = json::member(document, "calendars");
    if (rows == nullptr || !rows->is_array()) return nullptr;
    for (const auto& row : rows->as_array())
        if (json::string_or(row, "id") == id) return &row;
    return nullptr;
}

/// Moment of the last minute that counts on `day`.
Instant close_of(const Calendar& calendar, Day day) { return at(day, calendar.hours(day).back().to); }

/// How many half days `day` is worth: a day much shorter than the longest of its week is half a day.
int halves_of(const Calendar& calendar, Day day)
{
    if (!calendar.works(day)) return 0;
    Minutes longest{0};
    for (int i = -3; i <= 3; ++i) longest = std::max(longest, calendar.length(day + std::chrono::days(i)));
    return calendar.length(day) * 4 >= longest * 3 ? 2 : 1;
}

/// Where the first half of a day ends: at the noon break, or in the middle of an unbroken day.
Instant middle_of(const Calendar& calendar, Day day)
{
    const auto& hours = calendar.hours(day);
    if (hours.size() > 1) return at(day, hours.front().to);
    return at(day, hours.front().from + (hours.front().to - hours.front().from) / 2);
}

Instant due_in_days(const Calendar& calendar, Day received, std::int64_t halves)
{
    if (halves == 0) return close_of(calendar, received);
    Day day = received;
    while (true) {
        day = next_working_day(calendar, day);
        const int worth = halves_of(calendar, day);
        if (worth == 2 && halves == 1) return middle_of(calendar, day);
        halves -= worth;
        if (halves <= 0) return close_of(calendar, day);
    }
}

}  // namespace

const Hours& Calendar::hours(Day day) const
{
    static const Hours none;
    if (const auto found = exceptions.find(day); found != exceptions.end()) return found->second;
    for (const auto& week : weeks) {
        if (!week.validity.covers(day)) continue;
        const bool swapped = std::binary_search(swapped_work.begin(), swapped_work.end(), day);
        return week.hours.at(swapped ? std::size_t(week.swapped_work_as) : weekday_of(day));
    }
    return none;
}

Minutes Calendar::length(Day day) const
{
    Minutes total{0};
    for (const auto& span : hours(day)) total += span.to - span.from;
    return total;
}

Result<Calendar> calendar_from(const json::value& document, std::string_view id)
{
    const auto* row = calendar_row(document, id);
    if (row == nullptr)
        return Problem{
            .code = "workflow.no_such_calendar",
            .field = "",
            .law = "",
            .words = {{"calendar", std::string(id)}}};
    Calendar calendar;
    calendar.id = std::string(id);
    const auto* versions = json::member(*row, "versions");
    if (versions == nullptr || !versions->is_array() || versions->as_array().empty()) return bad("versions");
    for (const auto& version : versions->as_array()) calendar.weeks.push_back(TRY(parse_week(version)));
    if (const auto* days = json::member(document, "days"); days != nullptr && days->is_array())
        for (const auto& day : days->as_array())
            TRY(take_day(calendar, day, json::member(document, "kinds")));
    std::sort(calendar.swapped_work.begin(), calendar.swapped_work.end());
    return calendar;
}

Result<Budget> parse_budget(std::string_view text)
{
    const Problem problem{
        .code = "workflow.bad_budget", .field = "", .law = "", .words = {{"text", std::string(text)}}};
    std::string_view rest = text;
    const bool time = rest.starts_with("PT");
    if (!rest.starts_with("P")) return problem;
    rest.remove_prefix(time ? 2 : 1);
    std::int64_t amount = 0;
    std::size_t digits = 0;
    for (; digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9' && digits < 7; ++digits)
        amount = amount * 10 + (rest[digits] - '0');
    if (digits == 0) return problem;
    rest.remove_prefix(digits);
    if (time && rest == "WH") return Budget{Unit::working_minutes, amount * 60};
    if (time && rest == "WM") return Budget{Unit::working_minutes, amount};
    if (time) return problem;
    if (rest == "WD") return Budget{Unit::working_days, amount * 2};
    if (rest == ".5WD") return Budget{Unit::working_days, amount * 2 + 1};
    if (rest == "D") return Budget{Unit::calendar_days, amount * 2};
    return problem;
}

std::string text_of(const Budget& budget)
{
    switch (budget.unit) {
    case Unit::working_minutes:
        return budget.amount % 60 == 0 ? "PT" + std::to_string(budget.amount / 60) + "WH"
                                       : "PT" + std::to_string(budget.amount) + "WM";
    case Unit::working_days:
        return "P" + std::to_string(budget.amount / 2) + (budget.amount % 2 != 0 ? ".5WD" : "WD");
    case Unit::calendar_days: return "P" + std::to_string(budget.amount / 2) + "D";
    }
    throw std::logic_error("Unit outside its enumerators");
}

Day next_working_day(const Calendar& calendar, Day day)
{
    for (int i = 0; i < empty_days_max; ++i) {
        day += std::chrono::days(1);
        if (calendar.works(day)) return day;
    }
    throw std::logic_error("calendar " + calendar.id + " has no working day after " + iso(day));
}

Instant next_working(const Calendar& calendar, Instant instant)
{
    const Day day = day_of(instant);
    for (const auto& span : calendar.hours(day)) {
        if (instant < at(day, span.from)) return at(day, span.from);
        if (instant < at(day, span.to)) return instant;
    }
    const Day next = next_working_day(calendar, day);
    return at(next, calendar.hours(next).front().from);
}

Instant plus_working(const Calendar& calendar, Instant from, Minutes minutes)
{
    if (minutes.count() <= 0) return from;
    std::chrono::microseconds left = minutes;
    Day day = day_of(from);
    while (true) {
        for (const auto& span : calendar.hours(day)) {
            const Instant start = std::max(from, at(day, span.from));
            const Instant end = at(day, span.to);
            if (start >= end) continue;
            if (left <= end - start) return start + left;
            left -= end - start;
        }
        day = next_working_day(calendar, day);
    }
}

Minutes working_between(const Calendar& calendar, Instant from, Instant to)
{
    std::chrono::microseconds total{0};
    for (Day day = day_of(from); at(day, Minutes(0)) < to; day += std::chrono::days(1))
        for (const auto& span : calendar.hours(day)) {
            const Instant start = std::max(from, at(day, span.from));
            const Instant end = std::min(to, at(day, span.to));
            if (start < end) total += end - start;
        }
    return std::chrono::floor<Minutes>(total);
}

Day receipt_day(const Calendar& calendar, Instant from, const Receipt& receipt)
{
    const Day day = day_of(from);
    if (!calendar.works(day)) return next_working_day(calendar, day);
    const bool too_late = receipt.cutoff && from >= at(day, *receipt.cutoff);
    return too_late ? next_working_day(calendar, day) : day;
}

Instant due(const Calendar& calendar, Instant from, const Budget& budget, const Receipt& receipt)
{
    if (budget.unit == Unit::working_minutes) {
        const Day day = receipt_day(calendar, from, receipt);
        const Instant start =
            receipt.cutoff && day != day_of(from) ? at(day, calendar.hours(day).front().from) : from;
        return plus_working(calendar, next_working(calendar, start), Minutes(budget.amount));
    }
    Day received = receipt_day(calendar, from, receipt);
    if (budget.amount == 0) {
        // The same day, unless its working time is already over.
        if (from >= close_of(calendar, received)) received = next_working_day(calendar, received);
        return close_of(calendar, received);
    }
    // Received on a day off, the first working day after it is already day one.
    if (!calendar.works(day_of(from))) received = day_of(from);
    if (budget.unit == Unit::working_days) return due_in_days(calendar, received, budget.amount);
    Day last = received + std::chrono::days(budget.amount / 2);
    if (!calendar.works(last)) last = next_working_day(calendar, last);
    return close_of(calendar, last);
}

}  // namespace thien_an::workflow

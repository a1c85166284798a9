#include "engine/workflow/temporal.h"

#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <array>
#include <charconv>

namespace thien_an::workflow::feel {
namespace {

constexpr std::int64_t seconds_per_day = 86'400;

bool leap(std::int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

bool digit(char c) { return c >= '0' && c <= '9'; }

/// Reads a text from the left; every step says whether it could.
struct Cursor {
    std::string_view text;
    std::size_t at = 0;

    bool end() const { return at == text.size(); }
    bool next_is(char c) const { return at < text.size() && text[at] == c; }
    bool take(char c)
    {
        if (!next_is(c)) return false;
        ++at;
        return true;
    }
    /// A run of `least` to `most` digits.
    std::optional<std::int64_t> number(std::size_t least, std::size_t most)
    {
        std::size_t end = at;
        while (end < text.size() && end - at < most && digit(text[end])) ++end;
        if (end - at < least) return std::nullopt;
        std::int64_t value = 0;
        std::from_chars(text.data() + at, text.data() + end, value);
        at = end;
        return value;
    }
};

std::optional<Date> take_date(Cursor& in)
{
    const bool minus = in.take('-');
    const std::size_t from = in.at;
    const auto year = in.number(4, 9);
    if (!year || (in.at - from > 4 && in.text[from] == '0') || !in.take('-')) return std::nullopt;
    const auto month = in.number(2, 2);
    if (!month || !in.take('-')) return std::nullopt;
    const auto day = in.number(2, 2);
    if (!day) return std::nullopt;
    const Date date{std::int32_t(minus ? -*year : *year), std::int32_t(*month), std::int32_t(*day)};
    return valid(date) ? std::optional(date) : std::nullopt;
}

bool known_zone(const std::string& name)
{
    const std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name)
    ));
    return zone && *zone != icu::TimeZone::getUnknown();
}

std::optional<std::int32_t> take_offset(Cursor& in, bool minus)
{
    const auto hours = in.number(2, 2);
    if (!hours || *hours > 18 || !in.take(':')) return std::nullopt;
    const auto minutes = in.number(2, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    std::int64_t seconds = 0;
    if (in.take(':')) {
        const auto more = in.number(2, 2);
        if (!more || *more > 59) return std::nullopt;
        seconds = *more;
    }
    const auto total = std::int32_t(*hours * 3600 + *minutes * 60 + seconds);
    if (total > 18 * 3600) return std::nullopt;
    return minus ? -total : total;
}

std::optional<Zone> take_zone(Cursor& in)
{
    Zone zone;
    if (in.end()) return zone;
    if (in.take('Z') || in.take('z')) {
        zone.offset = 0;
    } else if (in.next_is('+') || in.next_is('-')) {
        const bool minus = in.text[in.at++] == '-';
        zone.offset = take_offset(in, minus);
        if (!zone.offset) return std::nullopt;
    } else if (in.take('@')) {
        std::string name(in.text.substr(in.at));
        if (name.empty() || !known_zone(name)) return std::nullopt;
        in.at = in.text.size();
        zone.name = std::make_shared<const std::string>(std::move(name));
    }
    return in.end() ? std::optional(zone) : std::nullopt;
}

std::optional<Time> take_time(Cursor& in)
{
    const auto hour = in.number(2, 2);
    if (!hour || *hour > 24 || !in.take(':')) return std::nullopt;
    const auto minute = in.number(2, 2);
    if (!minute || *minute > 59 || !in.take(':')) return std::nullopt;
    const auto second = in.number(2, 2);
    if (!second || *second > 59) return std::nullopt;
    Time time{.nanos = ((*hour * 60 + *minute) * 60 + *second) * nanos_per_second, .zone = {}};
    if (in.take('.')) {
        const std::size_t from = in.at;
        auto fraction = in.number(1, 9);
        if (!fraction) return std::nullopt;
        for (std::size_t i = in.at - from; i < 9; ++i) *fraction *= 10;
        time.nanos += *fraction;
        while (!in.end() && digit(in.text[in.at])) ++in.at;
    }
    if (*hour == 24 && time.nanos != nanos_per_day) return std::nullopt;
    auto zone = take_zone(in);
    if (!zone) return std::nullopt;
    time.zone = std::move(*zone);
    return time;
}

std::string two(std::int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

std::string fraction_text(std::int64_t nanos)
{
    if (nanos == 0) return "";
    std::string digits = std::to_string(nanos);
    digits.insert(0, 9 - digits.size(), '0');
    while (digits.back() == '0') digits.pop_back();
    return "." + digits;
}

std::string zone_text(const Zone& zone)
{
    if (zone.name) return "@" + *zone.name;
    if (!zone.offset) return "";
    if (*zone.offset == 0) return "Z";
    const std::int32_t size = *zone.offset < 0 ? -*zone.offset : *zone.offset;
    return (*zone.offset < 0 ? "-" : "+") + two(size / 3600) + ":" + two(size / 60 % 60) +
           (size % 60 != 0 ? ":" + two(size % 60) : "");
}

/// The offset of a named zone at a UTC (or local) moment.
std::int32_t named_offset(const std::string& name, std::int64_t seconds, bool is_local)
{
    const std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name)
    ));
    int32_t raw = 0;
    int32_t dst = 0;
    UErrorCode status = U_ZERO_ERROR;
    zone->getOffset(double(seconds) * 1000.0, UBool(is_local), raw, dst, status);
    return (raw + dst) / 1000;
}

std::int64_t floor_div(WideSigned a, std::int64_t b)
{
    const WideSigned q = a / b;
    return std::int64_t(a % b < 0 ? q - 1 : q);
}

/// Amounts of "P1Y2M3DT4H5M6.7S" by their letter; time letters in lower case.
struct DurationParts {
    bool minus = false;
    bool any = false;
    std::array<std::int64_t, 128> amount{};
    std::array<bool, 128> seen{};
    std::int64_t nanos = 0;
};

std::optional<DurationParts> duration_parts(std::string_view text)
{
    Cursor in{.text = text, .at = 0};
    DurationParts out;
    out.minus = in.take('-');
    if (!in.take('P')) return std::nullopt;
    bool in_time = false;
    std::string_view order = "YMD";
    while (!in.end()) {
        if (!in_time && in.take('T')) {
            in_time = true;
            order = "HMS";
            if (in.end()) return std::nullopt;
        }
        const auto amount = in.number(1, 18);
        if (!amount) return std::nullopt;
        if (in_time && in.take('.')) {
            const std::size_t from = in.at;
            auto fraction = in.number(0, 9);  // "PT0.S" is allowed.
            if (!fraction || !in.next_is('S')) return std::nullopt;
            for (std::size_t i = in.at - from; i < 9; ++i) *fraction *= 10;
            out.nanos = *fraction;
        }
        if (in.end()) return std::nullopt;
        const auto place = order.find(in.text[in.at]);
        if (place == std::string_view::npos) return std::nullopt;
        const auto letter = std::size_t(in_time ? in.text[in.at] + 32 : in.text[in.at]);
        order = order.substr(place + 1);
        out.amount[letter] = *amount;
        out.seen[letter] = true;
        out.any = true;
        ++in.at;
    }
    return out.any ? std::optional(out) : std::nullopt;
}

}  // namespace

int days_in_month(std::int64_t year, int month)
{
    constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap(year) ? 29 : days.at(std::size_t(month - 1));
}

bool valid(const Date& date)
{
    return date.month >= 1 && date.month <= 12 && date.day >= 1 &&
           date.day <= days_in_month(date.year, date.month);
}

std::int64_t days_since_epoch(const Date& date)
{
    // Years from March, so that the leap day is the last of its year.
    const std::int64_t y = std::int64_t(date.year) - (date.month <= 2 ? 1 : 0);
    const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
    const std::int64_t year_of_era = y - era * 400;
    const std::int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

Date date_from_days(std::int64_t days)
{
    days += 719'468;
    const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
    const std::int64_t day_of_era = days - era * 146'097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t shifted = (5 * day_of_year + 2) / 153;
    const auto month = std::int32_t(shifted < 10 ? shifted + 3 : shifted - 9);
    const auto day = std::int32_t(day_of_year - (153 * shifted + 2) / 5 + 1);
    return {std::int32_t(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), month, day};
}

int weekday(const Date& date)
{
    const std::int64_t days = days_since_epoch(date) + 3;
    return int(((days % 7) + 7) % 7) + 1;
}

Date plus_months(Date date, std::int64_t months)
{
    const std::int64_t total = std::int64_t(date.year) * 12 + date.month - 1 + months;
    const std::int64_t year = floor_div(total, 12);
    date.year = std::int32_t(year);
    date.month = std::int32_t(total - year * 12 + 1);
    date.day = std::min(date.day, std::int32_t(days_in_month(year, date.month)));
    return date;
}

std::optional<std::int32_t> offset_of(const Zone& zone, const Date& date, std::int64_t nanos)
{
    if (zone.offset) return zone.offset;
    if (!zone.name) return std::nullopt;
    return named_offset(
        *zone.name, days_since_epoch(date) * seconds_per_day + nanos / nanos_per_second, true
    );
}

WideSigned instant_nanos(const DateTime& value)
{
    const WideSigned local = WideSigned(days_since_epoch(value.date)) * nanos_per_day + value.time.nanos;
    const auto offset = offset_of(value.time.zone, value.date, value.time.nanos);
    return local - WideSigned(offset.value_or(0)) * nanos_per_second;
}

std::optional<DateTime> plus(const DateTime& value, WideSigned nanos)
{
    WideSigned total = instant_nanos(value) + nanos;
    const std::int64_t utc_seconds = floor_div(total, nanos_per_second);
    std::int32_t offset = value.time.zone.offset.value_or(0);
    if (value.time.zone.name) offset = named_offset(*value.time.zone.name, utc_seconds, false);
    total += WideSigned(offset) * nanos_per_second;
    const std::int64_t days = floor_div(total, nanos_per_day);
    if (days > 365'242'000'000 || days < -365'242'000'000) return std::nullopt;
    DateTime out = value;
    out.date = date_from_days(days);
    out.time.nanos = std::int64_t(total - WideSigned(days) * nanos_per_day);
    return out;
}

Time plus(const Time& value, WideSigned nanos)
{
    Time out = value;
    const WideSigned total = (value.nanos + nanos) % nanos_per_day;
    out.nanos = std::int64_t(total < 0 ? total + nanos_per_day : total);
    return out;
}

std::int64_t utc_nanos(const Time& value)
{
    const auto offset = offset_of(value.zone, Date{}, value.nanos);
    return value.nanos - std::int64_t(offset.value_or(0)) * nanos_per_second;
}

std::optional<Date> parse_date(std::string_view text)
{
    Cursor in{.text = text, .at = 0};
    const auto date = take_date(in);
    return in.end() ? date : std::nullopt;
}

std::optional<Time> parse_time(std::string_view text)
{
    Cursor in{.text = text, .at = 0};
    auto time = take_time(in);
    if (time && time->nanos == nanos_per_day) time->nanos = 0;
    return time;
}

std::optional<DateTime> parse_date_time(std::string_view text)
{
    Cursor in{.text = text, .at = 0};
    const auto date = take_date(in);
    if (!date) return std::nullopt;
    if (in.end()) return DateTime{*date, {}};
    if (!in.take('T')) return std::nullopt;
    auto time = take_time(in);
    if (!time) return std::nullopt;
    DateTime out{*date, std::move(*time)};
    if (out.time.nanos == nanos_per_day) {
        out.time.nanos = 0;
        out.date = date_from_days(days_since_epoch(out.date) + 1);
    }
    return out;
}

std::optional<DayDuration> parse_day_duration(std::string_view text)
{
    const auto parts = duration_parts(text);
    if (!parts || parts->seen['Y'] || parts->seen['M']) return std::nullopt;
    WideSigned seconds =
        WideSigned(parts->amount['D']) * seconds_per_day + WideSigned(parts->amount['h']) * 3600;
    seconds += WideSigned(parts->amount['m']) * 60 + parts->amount['s'];
    const WideSigned nanos = seconds * nanos_per_second + parts->nanos;
    return DayDuration{parts->minus ? -nanos : nanos};
}

std::optional<MonthDuration> parse_month_duration(std::string_view text)
{
    const auto parts = duration_parts(text);
    if (!parts) return std::nullopt;
    for (const char other : {'D', 'h', 'm', 's'})
        if (parts->seen[std::size_t(other)]) return std::nullopt;
    if (parts->amount['Y'] > 100'000'000'000'000'000) return std::nullopt;
    const std::int64_t months = parts->amount['Y'] * 12 + parts->amount['M'];
    return MonthDuration{parts->minus ? -months : months};
}

std::string text_of(const Date& value)
{
    const std::int64_t size = value.year < 0 ? -std::int64_t(value.year) : value.year;
    std::string year = std::to_string(size);
    if (year.size() < 4) year.insert(0, 4 - year.size(), '0');
    return (value.year < 0 ? "-" : "") + year + "-" + two(value.month) + "-" + two(value.day);
}

std::string text_of(const Time& value)
{
    const std::int64_t seconds = value.nanos / nanos_per_second;
    return two(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60) +
           fraction_text(value.nanos % nanos_per_second) + zone_text(value.zone);
}

std::string text_of(const DateTime& value) { return text_of(value.date) + "T" + text_of(value.time); }

std::string text_of(const DayDuration& value)
{
    const WideSigned size = value.nanos < 0 ? -value.nanos : value.nanos;
    const auto seconds = std::int64_t(size / nanos_per_second);
    const std::string fraction = fraction_text(std::int64_t(size % nanos_per_second));
    std::string out = value.nanos < 0 ? "-P" : "P";
    if (seconds >= seconds_per_day) out += std::to_string(seconds / seconds_per_day) + "D";
    std::string time;
    if (seconds / 3600 % 24 != 0) time += std::to_string(seconds / 3600 % 24) + "H";
    if (seconds / 60 % 60 != 0) time += std::to_string(seconds / 60 % 60) + "M";
    if (seconds % 60 != 0 || !fraction.empty()) time += std::to_string(seconds % 60) + fraction + "S";
    if (size == 0) return "PT0S";
    return time.empty() ? out : out + "T" + time;
}

std::string text_of(const MonthDuration& value)
{
    if (value.months == 0) return "P0M";
    const std::int64_t size = value.months < 0 ? -value.months : value.months;
    std::string out = value.months < 0 ? "-P" : "P";
    if (size >= 12) out += std::to_string(size / 12) + "Y";
    if (size % 12 != 0) out += std::to_string(size % 12) + "M";
    return out;
}

DateTime date_time_of(Instant instant)
{
    const std::int64_t micros = instant.time_since_epoch().count();
    DateTime utc{Date{}, {.nanos = 0, .zone = {.offset = 7 * 3600, .name = nullptr}}};
    utc.time.nanos = 7 * 3600 * nanos_per_second;
    return *plus(utc, WideSigned(micros) * 1000);
}

Date date_of(Day day) { return date_from_days(day.time_since_epoch().count()); }

}  // namespace thien_an::workflow::feel

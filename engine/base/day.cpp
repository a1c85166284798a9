#include "engine/base/day.h"

#include <fmt/format.h>

#include <charconv>

namespace thien_an {
namespace {

Instant system_now()
{
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// Digits [at, at + count) of `text` as a number, -1 when one of them is no digit.
int digits(std::string_view text, std::size_t at, std::size_t count)
{
    if (text.size() < at + count) return -1;
    int value = 0;
    for (const char c : text.substr(at, count)) {
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

/// "+07:00", "-05:30", "Z", or nothing (Vietnam); minutes east of Greenwich.
std::optional<Minutes> zone_of(std::string_view text)
{
    if (text.empty()) return Minutes{vietnam_offset};
    if (text == "Z" || text == "z") return Minutes{0};
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
    const int hours = digits(text, 1, 2);
    const int minutes = digits(text, 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    const Minutes east{hours * 60 + minutes};
    return text[0] == '+' ? east : -east;
}

}  // namespace

Day day_of(Instant instant) { return std::chrono::floor<std::chrono::days>(instant + vietnam_offset); }

Minutes time_of_day(Instant instant)
{
    const auto local = instant + vietnam_offset;
    return std::chrono::floor<Minutes>(local - std::chrono::floor<std::chrono::days>(local));
}

Instant at(Day day, Minutes time) { return Instant{day.time_since_epoch()} + time - vietnam_offset; }

std::int64_t column(Instant instant) { return instant.time_since_epoch().count(); }
std::int64_t column(Day day) { return day.time_since_epoch().count(); }
Instant instant_from(std::int64_t column) { return Instant{std::chrono::microseconds{column}}; }
Day day_from(std::int64_t column) { return Day{std::chrono::days{column}}; }

Result<Day> parse_day(std::string_view text)
{
    const Problem bad{.code = "base.bad_day", .field = "", .law = ""};
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return bad;
    const int year = digits(text, 0, 4);
    const int month = digits(text, 5, 2);
    const int day = digits(text, 8, 2);
    if (year < 0 || month < 0 || day < 0) return bad;
    const std::chrono::year_month_day date{
        std::chrono::year{year}, std::chrono::month{unsigned(month)}, std::chrono::day{unsigned(day)}};
    if (!date.ok()) return bad;
    return Day{date};
}

Result<Instant> parse_instant(std::string_view text)
{
    const Problem bad{.code = "base.bad_instant", .field = "", .law = ""};
    if (text.size() < 16 || (text[10] != 'T' && text[10] != ' ') || text[13] != ':') return bad;
    const auto day = parse_day(text.substr(0, 10));
    const int hour = digits(text, 11, 2);
    const int minute = digits(text, 14, 2);
    if (!day || hour < 0 || hour > 23 || minute < 0 || minute > 59) return bad;
    std::size_t next = 16;
    std::chrono::microseconds rest{0};
    if (text.size() > next && text[next] == ':') {
        const int second = digits(text, next + 1, 2);
        if (second < 0 || second > 59) return bad;
        rest = std::chrono::seconds{second};
        next += 3;
    }
    if (text.size() > next && text[next] == '.') {
        std::int64_t unit = 100000;
        while (++next < text.size() && text[next] >= '0' && text[next] <= '9') {
            rest += std::chrono::microseconds{(text[next] - '0') * unit};
            unit /= 10;
        }
    }
    const auto zone = zone_of(text.substr(next));
    if (!zone) return bad;
    return Instant{day.value().time_since_epoch()} + std::chrono::hours{hour} + Minutes{minute} + rest -
           *zone;
}

std::string iso(Day day)
{
    const std::chrono::year_month_day date{day};
    return fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()), unsigned(date.day()));
}

std::string iso(Instant instant)
{
    const auto local = std::chrono::floor<std::chrono::seconds>(instant + vietnam_offset);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::hh_mm_ss time{local - day};
    return fmt::format(
        "{}T{:02}:{:02}:{:02}+07:00",
        iso(day),
        time.hours().count(),
        time.minutes().count(),
        time.seconds().count()
    );
}

std::string shown(Day day)
{
    const std::chrono::year_month_day date{day};
    return fmt::format("{}/{}/{}", unsigned(date.day()), unsigned(date.month()), int(date.year()));
}

std::string shown_time(Instant instant)
{
    const auto minutes = time_of_day(instant).count();
    return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

std::string shown(Instant instant) { return shown_time(instant) + " " + shown(day_of(instant)); }

Clock::Clock(Instant start) : offset_(start - system_now()) {}

Clock Clock::stopped(Instant start)
{
    Clock clock;
    clock.set(start);
    return clock;
}

Instant Clock::now() const
{
    const auto stopped_at = stopped_at_.load(std::memory_order_relaxed);
    return stopped_at != 0 ? instant_from(stopped_at) : system_now() + offset_;
}

}  // namespace thien_an

#include "engine/web/wire.h"

#include <fmt/format.h>

#include <array>
#include <ctime>

namespace thien_an::web {
namespace {

std::string_view reason(int status)
{
    constexpr std::array<std::pair<int, std::string_view>, 27> reasons{{
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {303, "See Other"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
        {507, "Insufficient Storage"},
    }};
    for (const auto& [code, text] : reasons)
        if (code == status) return text;
    return "";
}

bool is_clean(std::string_view text)
{
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

/// The date of now, written once a second and thread.
const std::string& date_now()
{
    thread_local std::time_t second = 0;
    thread_local std::string text;
    const auto now = std::chrono::system_clock::now();
    if (const auto t = std::chrono::system_clock::to_time_t(now); t != second) {
        second = t;
        text = http_date(now);
    }
    return text;
}

}  // namespace

std::string http_date(std::chrono::system_clock::time_point moment)
{
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(moment - day)};
    return fmt::format(
        "{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
        days.at(std::chrono::weekday{day}.c_encoding()),
        unsigned(date.day()),
        months.at(unsigned(date.month()) - 1),
        int(date.year()),
        time.hours().count(),
        time.minutes().count(),
        time.seconds().count()
    );
}

std::string head_of(const Response& response, std::optional<std::uint64_t> length, bool keep_alive)
{
    std::string out;
    out.reserve(1024);
    const auto to = std::back_inserter(out);
    fmt::format_to(
        to, "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status, reason(response.status), date_now()
    );
    const bool has_body = response.status != 204 && response.status != 304;
    if (has_body && is_clean(response.type)) fmt::format_to(to, "Content-Type: {}\r\n", response.type);
    if (has_body && length) fmt::format_to(to, "Content-Length: {}\r\n", *length);
    for (const auto& [name, value] : response.headers)
        if (is_clean(name) && is_clean(value)) fmt::format_to(to, "{}: {}\r\n", name, value);
    out += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return out;
}

}  // namespace thien_an::web

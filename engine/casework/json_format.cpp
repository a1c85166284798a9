#include <unicode/regex.h>

#include <algorithm>
#include <charconv>
#include <functional>

#include "engine/base/day.h"
#include "engine/casework/json_schema.h"

namespace thien_an::casework {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool hex_digit(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool all_digits(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), digit);
}

int number(std::string_view text)
{
    int value = -1;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

bool is_date(std::string_view text) { return text.size() == 10 && bool(parse_day(text)); }

bool is_offset(std::string_view text)
{
    if (text == "Z" || text == "z") return true;
    return text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' &&
           all_digits(text.substr(1, 2)) && all_digits(text.substr(4)) && number(text.substr(1, 2)) < 24 &&
           number(text.substr(4)) < 60;
}

/// RFC 3339 full-time; a leap second only where it is 23:59:60 in UTC.
bool is_time(std::string_view text)
{
    if (text.size() < 9 || text[2] != ':' || text[5] != ':') return false;
    if (!all_digits(text.substr(0, 2)) || !all_digits(text.substr(3, 2)) || !all_digits(text.substr(6, 2)))
        return false;
    const int hour = number(text.substr(0, 2));
    const int minute = number(text.substr(3, 2));
    const int second = number(text.substr(6, 2));
    auto rest = text.substr(8);
    if (rest.starts_with('.')) {
        const auto end = std::find_if_not(rest.begin() + 1, rest.end(), digit);
        if (end == rest.begin() + 1) return false;
        rest.remove_prefix(std::size_t(end - rest.begin()));
    }
    if (!is_offset(rest) || hour > 23 || minute > 59 || second > 60) return false;
    if (second < 60) return true;
    int utc = hour * 60 + minute;
    if (rest.size() == 6) {
        const int offset = number(rest.substr(1, 2)) * 60 + number(rest.substr(4));
        utc += rest[0] == '+' ? -offset : offset;
    }
    return (utc + 2880) % 1440 == 1439;
}

bool is_date_time(std::string_view text)
{
    return text.size() > 11 && (text[10] == 'T' || text[10] == 't') && is_date(text.substr(0, 10)) &&
           is_time(text.substr(11));
}

bool is_hostname(std::string_view text)
{
    if (text.empty() || text.size() > 253) return false;
    while (!text.empty()) {
        const auto label = text.substr(0, text.find('.'));
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
        if (!std::all_of(label.begin(), label.end(), [](char c) {
                return letter(c) || digit(c) || c == '-';
            }))
            return false;
        if (label.size() == text.size()) return true;
        text.remove_prefix(label.size() + 1);
    }
    return false;
}

bool is_email(std::string_view text)
{
    const auto at = text.rfind('@');
    if (at == std::string_view::npos || at == 0 || at > 64) return false;
    const auto local = text.substr(0, at);
    if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos)
        return false;
    constexpr std::string_view allowed = "!#$%&'*+-/=?^_`{|}~.";
    const auto fits = [&](char c) {
        return letter(c) || digit(c) || allowed.find(c) != std::string_view::npos;
    };
    return std::all_of(local.begin(), local.end(), fits) && is_hostname(text.substr(at + 1));
}

bool is_ipv4(std::string_view text)
{
    for (int part = 0; part < 4; ++part) {
        const auto piece = text.substr(0, text.find('.'));
        if (!all_digits(piece) || piece.size() > 3 || number(piece) > 255) return false;
        if (piece.size() > 1 && piece[0] == '0') return false;
        if (part == 3) return piece.size() == text.size();
        if (piece.size() == text.size()) return false;
        text.remove_prefix(piece.size() + 1);
    }
    return false;
}

bool is_ipv6(std::string_view text)
{
    const auto gap = text.find("::");
    if (gap != std::string_view::npos && text.find("::", gap + 1) != std::string_view::npos) return false;
    int groups = 0;
    const auto count = [&](std::string_view side, bool may_end_in_ipv4) {
        while (!side.empty()) {
            const auto colon = side.find(':');
            const auto piece = side.substr(0, colon);
            if (colon == std::string_view::npos && may_end_in_ipv4 && is_ipv4(piece)) {
                groups += 2;
                return true;
            }
            if (piece.empty() || piece.size() > 4 || !std::all_of(piece.begin(), piece.end(), hex_digit))
                return false;
            ++groups;
            if (colon == std::string_view::npos) return true;
            side.remove_prefix(colon + 1);
            if (side.empty()) return false;
        }
        return true;
    };
    if (gap == std::string_view::npos) return count(text, true) && groups == 8;
    return count(text.substr(0, gap), false) && count(text.substr(gap + 2), true) && groups < 8;
}

bool is_json_pointer(std::string_view text)
{
    if (text.empty()) return true;
    if (text[0] != '/') return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1')))
            return false;
    return true;
}

bool is_relative_json_pointer(std::string_view text)
{
    const auto end = std::size_t(std::find_if_not(text.begin(), text.end(), digit) - text.begin());
    if (end == 0 || (end > 1 && text[0] == '0')) return false;
    const auto rest = text.substr(end);
    return rest == "#" || is_json_pointer(rest);
}

bool uri_characters(std::string_view text)
{
    constexpr std::string_view refused = "\"<>\\^`{|} ";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c < 0x21 || c > 0x7e || refused.find(c) != std::string_view::npos) return false;
        if (c == '%' && (i + 2 >= text.size() || !hex_digit(text[i + 1]) || !hex_digit(text[i + 2])))
            return false;
    }
    return true;
}

std::size_t scheme_end(std::string_view text)
{
    if (text.empty() || !letter(text[0])) return std::string_view::npos;
    for (std::size_t i = 1; i < text.size(); ++i) {
        const char c = text[i];
        if (c == ':') return i;
        if (!letter(c) && !digit(c) && c != '+' && c != '-' && c != '.') return std::string_view::npos;
    }
    return std::string_view::npos;
}

/// Characters, one fragment, brackets only around an IPv6 host, digits in the port.
bool is_uri_reference(std::string_view text)
{
    if (!uri_characters(text) || std::count(text.begin(), text.end(), '#') > 1) return false;
    const auto scheme = scheme_end(text);
    auto rest = scheme == std::string_view::npos ? text : text.substr(scheme + 1);
    if (!rest.starts_with("//")) {
        const auto segment = rest.substr(0, rest.find_first_of("/?#"));
        if (scheme == std::string_view::npos && segment.find(':') != std::string_view::npos) return false;
        return rest.find_first_of("[]") == std::string_view::npos;
    }
    rest.remove_prefix(2);
    auto authority = rest.substr(0, rest.find_first_of("/?#"));
    if (rest.substr(authority.size()).find_first_of("[]") != std::string_view::npos) return false;
    const auto at = authority.rfind('@');
    if (at != std::string_view::npos && authority.substr(0, at).find_first_of("[]") != std::string_view::npos)
        return false;
    if (at != std::string_view::npos) authority.remove_prefix(at + 1);
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos || !is_ipv6(authority.substr(1, end - 1))) return false;
        authority.remove_prefix(end + 1);
    } else if (authority.find_first_of("[]") != std::string_view::npos) {
        return false;
    }
    const auto colon = authority.rfind(':');
    return colon == std::string_view::npos || colon + 1 == authority.size() ||
           all_digits(authority.substr(colon + 1));
}

bool is_uri(std::string_view text)
{
    return scheme_end(text) != std::string_view::npos && is_uri_reference(text);
}

bool is_regex(std::string_view text)
{
    if (text.find("\\Z") != std::string_view::npos || text.find("\\a") != std::string_view::npos)
        return false;
    UErrorCode status = U_ZERO_ERROR;
    const auto source = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), int(text.size())));
    UParseError where;
    const std::unique_ptr<icu::RegexPattern> pattern(icu::RegexPattern::compile(source, 0, where, status));
    return U_SUCCESS(status);
}

}  // namespace

bool has_format(std::string_view text, std::string_view format)
{
    using Check = bool (*)(std::string_view);
    static const std::map<std::string_view, Check> checks{
        {"date", is_date},
        {"time", is_time},
        {"date-time", is_date_time},
        {"email", is_email},
        {"hostname", is_hostname},
        {"ipv4", is_ipv4},
        {"ipv6", is_ipv6},
        {"json-pointer", is_json_pointer},
        {"relative-json-pointer", is_relative_json_pointer},
        {"uri", is_uri},
        {"uri-reference", is_uri_reference},
        {"regex", is_regex}};
    const auto found = checks.find(format);
    return found == checks.end() || found->second(text);
}

}  // namespace thien_an::casework

#include "engine/web/url.h"

#include <algorithm>

#include "engine/base/vietnamese.h"
#include "engine/web/ascii.h"

namespace thien_an::web {
namespace {

int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Takes the text up to `end` (or all) off the front, and the end itself.
std::string_view take(std::string_view& text, char end)
{
    const auto at = std::min(text.find(end), text.size());
    const auto part = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return part;
}

bool clean_parts(std::string_view path)
{
    path.remove_prefix(1);
    while (!path.empty()) {
        const bool last = path.find('/') == std::string_view::npos;
        const auto part = take(path, '/');
        if (part == "." || part == ".." || (part.empty() && !last)) return false;
    }
    return true;
}

/// A quoted string at the front of `text`, taken off it; nothing when it does not end.
std::optional<std::string> quoted(std::string_view& text)
{
    std::string out;
    for (std::size_t at = 1; at < text.size(); ++at) {
        // Browsers write %22 for a quote and do not escape a backslash, so only \" and \\ are escapes.
        if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\')) {
            out += text[++at];
        } else if (text[at] == '"') {
            text.remove_prefix(at + 1);
            return out;
        } else {
            out += text[at];
        }
    }
    return std::nullopt;
}

}  // namespace

std::string percent_encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = is_letter_or_digit(c) || c == '.' || c == '-' || c == '_' || c == '~';
        if (plain) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space)
{
    std::string out;
    out.reserve(text.size());
    bool plain = true;
    for (std::size_t at = 0; at < text.size(); ++at) {
        char c = text[at];
        if (c == '+' && plus_is_space) c = ' ';
        if (c == '%') {
            if (at + 2 >= text.size()) return std::nullopt;
            const int high = hex_value(text[at + 1]);
            const int low = hex_value(text[at + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            c = char(high << 4 | low);
            at += 2;
        }
        if (is_control(c) && c != '\t' && c != '\n' && c != '\r') return std::nullopt;
        plain = plain && static_cast<unsigned char>(c) < 0x80;
        out += c;
    }
    if (!plain && !is_utf8(out)) return std::nullopt;
    return out;
}

Result<std::string> path_of(std::string_view target)
{
    const Problem bad{.code = "web.bad_request", .field = "", .law = ""};
    const auto raw = target.substr(0, target.find('?'));
    if (!raw.starts_with('/')) return bad;
    for (std::size_t at = 0; at + 2 < raw.size(); ++at)
        if (raw[at] == '%' && raw[at + 1] == '2' && lower(raw[at + 2]) == 'f') return bad;
    auto path = percent_decoded(raw, false);
    if (!path || std::any_of(path->begin(), path->end(), [](char c) { return is_control(c) || c == '\\'; }))
        return bad;
    if (!clean_parts(*path)) return bad;
    return std::move(*path);
}

bool is_own_path(std::string_view path)
{
    const bool ours = path.starts_with('/') && !path.starts_with("//");
    return ours && std::all_of(path.begin(), path.end(), [](char c) {
               return static_cast<unsigned char>(c) > ' ' && c != 0x7f && c != '\\';
           });
}

std::string_view query_of(std::string_view target)
{
    const auto at = target.find('?');
    return at == std::string_view::npos ? std::string_view{} : target.substr(at + 1);
}

Result<Fields> parse_urlencoded(std::string_view text)
{
    const Problem bad{.code = "web.bad_form", .field = "", .law = ""};
    Fields fields;
    while (!text.empty()) {
        auto pair = take(text, '&');
        if (pair.empty()) continue;
        const auto name = percent_decoded(take(pair, '='), true);
        auto value = percent_decoded(pair, true);
        if (!name || !value || fields.size() == form_fields_max) return bad;
        fields.add(*name, std::move(*value));
    }
    return fields;
}

std::string urlencoded(const Fields& fields)
{
    std::string out;
    for (const auto& [name, value] : fields) {
        if (!out.empty()) out += '&';
        out += percent_encoded(name) + "=" + percent_encoded(value);
    }
    return out;
}

Fields parse_cookies(std::string_view header)
{
    Fields cookies;
    while (!header.empty()) {
        auto pair = trimmed(take(header, ';'));
        if (pair.find('=') == std::string_view::npos) continue;
        const auto name = trimmed(take(pair, '='));
        const auto value = trimmed(pair);
        if (name.empty() || cookies.has(name)) continue;
        cookies.add(std::string(name), std::string(value));
    }
    return cookies;
}

std::optional<HeaderValue> parse_header_value(std::string_view text)
{
    HeaderValue value;
    for (const char c : trimmed(take(text, ';'))) value.first += lower(c);
    for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        std::string name;
        for (const char c : trimmed(text.substr(0, equals))) name += lower(c);
        text = trimmed(text.substr(equals + 1));
        std::optional<std::string> content;
        if (text.starts_with('"')) {
            content = quoted(text);
            text = trimmed(text);
            if (!text.empty() && !text.starts_with(';')) return std::nullopt;
            if (!text.empty()) text.remove_prefix(1);
        } else {
            content = std::string(trimmed(take(text, ';')));
        }
        if (!content || name.empty() || value.parameters.has(name)) return std::nullopt;
        value.parameters.add(std::move(name), std::move(*content));
    }
    return value;
}

}  // namespace thien_an::web

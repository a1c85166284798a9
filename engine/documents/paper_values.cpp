#include "engine/documents/paper_values.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/dong.h"
#include "engine/base/vietnamese.h"

namespace thien_an::documents {
namespace {

constexpr std::array<std::string_view, 7> known_forms{
    "day", "full_day", "words", "number", "dong", "upper", "capital"};
constexpr std::string_view number_suffix = "number_";

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

/// The placeholder between the braces.
std::optional<TextPiece> read_placeholder(std::string_view inside)
{
    TextPiece piece{.text = {}, .value = true};
    auto end = inside.find('|');
    auto path = trimmed(inside.substr(0, end));
    if (path.ends_with('?')) {
        piece.may_miss = true;
        path.remove_suffix(1);
    }
    if (!is_path(path)) return std::nullopt;
    piece.text = path;
    while (end != std::string_view::npos) {
        const auto next = inside.find('|', end + 1);
        const auto form =
            trimmed(inside.substr(end + 1, next == std::string_view::npos ? next : next - end - 1));
        if (std::ranges::find(known_forms, form) == known_forms.end()) return std::nullopt;
        piece.forms.emplace_back(form);
        end = next;
    }
    return piece;
}

Problem bad_value(const TextPiece& piece, std::string_view form)
{
    return {
        .code = "paper.bad_value",
        .field = {},
        .law = {},
        .words = {{"value", piece.text}, {"form", std::string(form)}}};
}

std::optional<std::int64_t> whole_number(std::string_view text)
{
    if (text.empty() || text.size() > 12 || text.find_first_not_of("0123456789") != std::string_view::npos) {
        return std::nullopt;
    }
    return std::stoll(std::string(text));
}

std::string capital(const std::string& text)
{
    std::size_t first = text.empty() ? 0 : 1;
    while (first < text.size() && (static_cast<unsigned char>(text[first]) & 0xC0) == 0x80) ++first;
    return upper(text.substr(0, first)) + text.substr(first);
}

std::optional<std::string> form_of_day(std::string_view form, const std::string& text)
{
    const auto day = parse_day(text);
    if (!day) return std::nullopt;
    if (form == "day") return shown(day.value());
    if (form == "full_day") return written(day.value());
    return in_words(day.value());
}

/// Nothing when the text has not the kind of value that `form` is for.
std::optional<std::string> in_form(std::string_view form, const std::string& text)
{
    if (form == "upper") return upper(text);
    if (form == "capital") return capital(text);
    const auto number = whole_number(text);
    if (form == "day" || form == "full_day" || (form == "words" && !number)) return form_of_day(form, text);
    if (!number) return std::nullopt;
    if (form == "words") return in_words(*number);
    if (form == "number") return fmt::format("{:02}", *number);
    return written(Dong{*number});
}

std::optional<std::string> plain_text(const json::value& v)
{
    if (v.is_string()) return std::string(v.get_string());
    if (v.is_int64()) return std::to_string(v.get_int64());
    if (v.is_uint64()) return std::to_string(v.get_uint64());
    return std::nullopt;
}

bool says_something(const json::value* v)
{
    if (v == nullptr || v->is_null()) return false;
    if (v->is_bool()) return v->get_bool();
    if (v->is_int64()) return v->get_int64() != 0;
    if (v->is_string()) return !v->get_string().empty();
    if (v->is_array()) return !v->get_array().empty();
    return !v->is_object() || !v->get_object().empty();
}

}  // namespace

bool is_path(std::string_view text)
{
    if (text.empty() || text.front() == '.' || text.back() == '.' ||
        text.find("..") != std::string_view::npos)
        return false;
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '.';
    });
}

std::optional<std::vector<TextPiece>> read_pieces(std::string_view text)
{
    std::vector<TextPiece> pieces;
    while (!text.empty()) {
        const auto open = text.find("{{");
        const auto fixed = text.substr(0, open);
        if (fixed.find("}}") != std::string_view::npos) return std::nullopt;
        if (!fixed.empty()) pieces.push_back({.text = std::string(fixed)});
        if (open == std::string_view::npos) break;
        const auto close = text.find("}}", open);
        if (close == std::string_view::npos) return std::nullopt;
        const auto piece = read_placeholder(text.substr(open + 2, close - open - 2));
        if (!piece) return std::nullopt;
        pieces.push_back(*piece);
        text.remove_prefix(close + 2);
    }
    return pieces;
}

std::optional<Condition> read_condition(std::string_view text)
{
    Condition condition;
    text = trimmed(text);
    if (text.starts_with('!')) {
        condition.negated = true;
        text.remove_prefix(1);
    }
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) condition.equals = trimmed(text.substr(equals + 1));
    condition.path = trimmed(text.substr(0, equals));
    if (!is_path(condition.path)) return std::nullopt;
    return condition;
}

Values Values::with(std::string name, const json::value& item, std::size_t number) const
{
    Values more = *this;
    more.named_.insert(more.named_.begin(), {std::move(name), &item, std::to_string(number)});
    return more;
}

const json::value* Values::find(std::string_view path) const
{
    const json::value* at = root_;
    const auto first = path.substr(0, path.find('.'));
    const auto named = std::ranges::find(named_, first, &Named::name);
    if (named != named_.end()) {
        at = named->item;
        path.remove_prefix(std::min(path.size(), first.size() + 1));
    }
    while (!path.empty() && at != nullptr) {
        const auto name = path.substr(0, path.find('.'));
        at = json::member(*at, name);
        path.remove_prefix(std::min(path.size(), name.size() + 1));
    }
    return at;
}

bool Values::holds(const Condition& condition) const
{
    const auto* v = find(condition.path);
    bool answer = says_something(v);
    if (condition.equals) answer = v != nullptr && plain_text(*v) == *condition.equals;
    return answer != condition.negated;
}

Result<std::string> Values::text_of(const TextPiece& piece) const
{
    if (!piece.value) return piece.text;
    const auto dot = piece.text.rfind('.');
    if (dot != std::string::npos && piece.text.substr(dot + 1) == number_suffix) {
        const auto named = std::ranges::find(named_, piece.text.substr(0, dot), &Named::name);
        if (named != named_.end()) return named->number;
    }
    const auto* v = find(piece.text);
    if (v == nullptr || v->is_null()) {
        if (piece.may_miss) return std::string();
        return Problem{.code = "paper.no_value", .words = {{"value", piece.text}}};
    }
    auto text = plain_text(*v);
    if (!text || !is_utf8(*text)) return bad_value(piece, "");
    text = nfc(*text);
    if (text->empty() && !piece.forms.empty() && piece.may_miss) return *text;
    for (const auto& form : piece.forms) {
        text = in_form(form, *text);
        if (!text) return bad_value(piece, form);
    }
    return *text;
}

}  // namespace thien_an::documents

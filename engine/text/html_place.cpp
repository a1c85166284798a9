#include "engine/text/html_place.h"

#include <algorithm>
#include <array>

namespace thien_an::text {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

/// `piece` continues at `at` with `word`, whatever the case.
bool continues(std::string_view piece, std::size_t at, std::string_view word)
{
    if (piece.size() - at < word.size()) return false;
    return std::equal(word.begin(), word.end(), piece.begin() + long(at), [](char a, char b) {
        return a == lower(b);
    });
}

}  // namespace

bool HtmlPlace::in_address() const
{
    constexpr std::array names{"href", "src", "action", "formaction", "poster", "xlink:href", "cite", "data"};
    return kind_ == Kind::quoted && std::find(names.begin(), names.end(), attribute_) != names.end();
}

bool HtmlPlace::same_as(const HtmlPlace& other) const
{
    const bool in_value = kind_ == Kind::quoted;
    return kind_ == other.kind_ && raw_ == other.raw_ && (!in_value || attribute_ == other.attribute_) &&
           (kind_ == Kind::text || tag_ == other.tag_);
}

void HtmlPlace::value_passed() { has_value_ = has_value_ || kind_ == Kind::quoted; }

std::string HtmlPlace::advance(std::string_view piece)
{
    std::string refused;
    for (std::size_t at = 0; at < piece.size() && refused.empty(); ++at) {
        switch (kind_) {
        case Kind::text: in_text(piece, at); break;
        case Kind::tag:
        case Kind::unquoted: in_tag(piece, at, refused); break;
        case Kind::raw: in_raw(piece, at); break;
        case Kind::comment: in_comment(piece, at); break;
        case Kind::single_quoted:
            if (piece[at] == '\'') kind_ = Kind::tag;
            break;
        case Kind::quoted:
            if (piece[at] == '"') {
                refused = check_attribute();
                kind_ = Kind::tag;
            } else {
                written_ += piece[at];
            }
            break;
        }
    }
    return refused;
}

void HtmlPlace::in_text(std::string_view piece, std::size_t& at)
{
    if (piece[at] != '<') return;
    if (!raw_.empty()) {  // In <title> and <textarea> only their own end is a tag.
        if (!continues(piece, at, "</" + raw_)) return;
        raw_.clear();
    }
    if (continues(piece, at, "<!--")) {
        kind_ = Kind::comment;
        at += 3;
        return;
    }
    kind_ = Kind::tag;
    tag_.clear();
    attribute_.clear();
    naming_tag_ = true;
}

void HtmlPlace::in_comment(std::string_view piece, std::size_t& at)
{
    if (!continues(piece, at, "-->")) return;
    kind_ = Kind::text;
    at += 2;
}

void HtmlPlace::in_raw(std::string_view piece, std::size_t& at)
{
    if (!continues(piece, at, "</" + raw_)) return;
    raw_.clear();
    kind_ = Kind::tag;
    tag_.clear();
    naming_tag_ = true;
}

void HtmlPlace::close_tag()
{
    kind_ = Kind::text;
    if (tag_ == "script" || tag_ == "style") kind_ = Kind::raw;
    raw_ = tag_ == "script" || tag_ == "style" || tag_ == "title" || tag_ == "textarea" ? tag_ : "";
}

void HtmlPlace::in_tag(std::string_view piece, std::size_t& at, std::string& refused)
{
    const char c = lower(piece[at]);
    if (c == '>') {
        after_equals_ = false;
        return close_tag();
    }
    if (is_space(c)) {
        naming_tag_ = false;
        if (kind_ == Kind::unquoted && !after_equals_) kind_ = Kind::tag;
        return;
    }
    if (kind_ == Kind::unquoted) {
        if (after_equals_ && (c == '"' || c == '\'')) {
            kind_ = c == '"' ? Kind::quoted : Kind::single_quoted;
            written_.clear();
            has_value_ = false;
        }
        after_equals_ = false;
        if (kind_ != Kind::quoted) refused = check_attribute();
        return;
    }
    if (c == '=') {
        kind_ = Kind::unquoted;
        after_equals_ = true;
        return;
    }
    if (naming_tag_) {
        naming_tag_ = c != '/' || tag_.empty();  // <br/> and <script/> are br and script, </p> is /p.
        if (naming_tag_) tag_ += c;
        return;
    }
    // The first letter after a space, a quote or a slash begins a new attribute.
    const bool begins = at == 0 || is_space(piece[at - 1]) || piece[at - 1] == '"' || piece[at - 1] == '\'';
    if (begins) attribute_.clear();
    attribute_ += c;
}

std::string HtmlPlace::check_attribute() const
{
    if (attribute_ == "style") return "inline style";
    if (attribute_ == "srcdoc") return "srcdoc";
    if (attribute_.starts_with("on")) return "inline script in " + attribute_;
    std::string start;
    for (const char c : written_)
        if (!is_space(c)) start += lower(c);
    if (in_address() && (start.starts_with("javascript:") || start.starts_with("data:text")))
        return "script address";
    return "";
}

}  // namespace thien_an::text

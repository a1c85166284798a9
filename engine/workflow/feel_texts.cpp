#include <unicode/regex.h>
#include <unicode/unistr.h>

#include <array>

#include "engine/base/vietnamese.h"
#include "engine/workflow/feel_arguments.h"

// Strings: by characters (code points), and XPath's regular expressions on ICU, bounded in time and memory.
namespace thien_an::workflow::feel {
namespace {

constexpr std::int32_t regex_steps_max = 400;        ///< Of ICU's clock: well under a second.
constexpr std::int32_t regex_stack_max = 4'000'000;  ///< Bytes of backtracking.

/// Where each character starts, and the end.
std::vector<std::size_t> starts(std::string_view text)
{
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) out.push_back(i);
    out.push_back(text.size());
    return out;
}

Value fn_length(Evaluation&, Arguments& a)
{
    const auto* text = text_at(a, 0);
    return text != nullptr ? Value(std::int64_t(starts(*text).size()) - 1) : Value{};
}

Value fn_substring(Evaluation&, Arguments& a)
{
    const auto* text = text_at(a, 0);
    const auto from = integer_at(a, 1);
    if (text == nullptr || !from || *from == 0) return {};
    const auto at = starts(*text);
    const auto size = std::int64_t(at.size()) - 1;
    const std::int64_t start = *from > 0 ? *from - 1 : size + *from;
    if (start < 0 || start > size) return *from > 0 ? Value("") : Value{};
    std::int64_t length = size - start;
    if (a.size() > 2 && !a[2].null()) {
        const auto given = integer_at(a, 2);
        if (!given || *given < 1) return {};
        length = std::min(length, *given);
    }
    return text->substr(at[std::size_t(start)], at[std::size_t(start + length)] - at[std::size_t(start)]);
}

Value fn_upper(Evaluation&, Arguments& a)
{
    return text_at(a, 0) != nullptr ? Value(upper(*text_at(a, 0))) : Value{};
}
Value fn_lower(Evaluation&, Arguments& a)
{
    return text_at(a, 0) != nullptr ? Value(lower(*text_at(a, 0))) : Value{};
}

template <typename Compute>
Value of_two(const Arguments& a, Compute compute)
{
    const auto* text = text_at(a, 0);
    const auto* other = text_at(a, 1);
    return text != nullptr && other != nullptr ? Value(compute(*text, *other)) : Value{};
}

Value fn_before(Evaluation&, Arguments& a)
{
    return of_two(a, [](const std::string& text, const std::string& match) {
        const auto at = text.find(match);
        return at == std::string::npos ? std::string() : text.substr(0, at);
    });
}
Value fn_after(Evaluation&, Arguments& a)
{
    return of_two(a, [](const std::string& text, const std::string& match) {
        const auto at = text.find(match);
        return at == std::string::npos ? std::string() : text.substr(at + match.size());
    });
}
Value fn_contains(Evaluation&, Arguments& a)
{
    return of_two(a, [](const std::string& t, const std::string& m) {
        return t.find(m) != std::string::npos;
    });
}
Value fn_starts(Evaluation&, Arguments& a)
{
    return of_two(a, [](const std::string& t, const std::string& m) { return t.starts_with(m); });
}
Value fn_ends(Evaluation&, Arguments& a)
{
    return of_two(a, [](const std::string& t, const std::string& m) { return t.ends_with(m); });
}

/// Without the white space flag x takes out: everywhere but inside a class.
std::string without_space(std::string_view pattern)
{
    std::string out;
    int depth = 0;
    for (const char c : pattern) {
        if (c == '[') ++depth;
        if (c == ']') --depth;
        const bool space = c == ' ' || (c >= 9 && c <= 13);
        if (depth > 0 || !space) out += c;
    }
    return out;
}

/// XPath's pattern in ICU's words: class subtraction, blocks, the name classes \i and \c. Nothing for a
/// reference to a
/// group inside a class.
std::optional<std::string> translated(std::string_view pattern)
{
    std::string out;
    int depth = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '\\' && i + 1 < pattern.size()) {
            const char c = pattern[++i];
            if (depth > 0 && c >= '0' && c <= '9') return std::nullopt;
            const bool block = (c == 'p' || c == 'P') && pattern.substr(i + 1, 3) == "{Is";
            if (block) {
                out += {'\\', c};
                out += "{blk=";
                i += 3;
            } else if (c == 'i')
                out += "[_:\\p{L}]";
            else if (c == 'c')
                out += "[-._:\\p{L}\\p{Nd}]";
            else
                out += {'\\', c};
            continue;
        }
        if (pattern[i] == '[') {
            if (depth > 0 && i > 0 && pattern[i - 1] == '-') out += '-';
            ++depth;
        } else if (pattern[i] == ']' && depth > 0) {
            --depth;
        }
        out += pattern[i];
    }
    return out;
}

/// Flags of XPath; nothing for an unknown one.
std::optional<std::uint32_t> regex_flags(std::string_view flags)
{
    std::uint32_t out = 0;
    for (const char c : flags) {
        switch (c) {
        case 's': out |= UREGEX_DOTALL; break;
        case 'm': out |= UREGEX_MULTILINE; break;
        case 'i': out |= UREGEX_CASE_INSENSITIVE; break;
        case 'x': break;  // Taken out of the pattern: ICU reads classes otherwise.
        case 'q': out |= UREGEX_LITERAL; break;
        default: return std::nullopt;
        }
    }
    return out;
}

struct Regex {
    icu::UnicodeString input;
    std::unique_ptr<icu::RegexMatcher> matcher;
};

/// A matcher over `text`; nothing for a pattern or flags that are not right.
std::unique_ptr<Regex> regex(
    const std::string& text, const std::string& pattern, const Arguments& a, std::size_t flags_at
)
{
    std::uint32_t flags = 0;
    bool spaced = false;
    if (flags_at < a.size() && !a[flags_at].null()) {
        const auto* given = text_at(a, flags_at);
        const auto known = given != nullptr ? regex_flags(*given) : std::nullopt;
        if (!known) return nullptr;
        flags = *known;
        spaced = given->find('x') != std::string::npos;
    }
    const bool literal = (flags & UREGEX_LITERAL) != 0;
    const auto ready =
        literal ? std::optional(pattern) : translated(spaced ? without_space(pattern) : pattern);
    if (!ready) return nullptr;
    auto out = std::make_unique<Regex>();
    out->input = icu::UnicodeString::fromUTF8(text);
    UErrorCode status = U_ZERO_ERROR;
    out->matcher = std::make_unique<icu::RegexMatcher>(icu::UnicodeString::fromUTF8(*ready), flags, status);
    if (U_FAILURE(status) != 0) return nullptr;
    out->matcher->setTimeLimit(regex_steps_max, status);
    out->matcher->setStackLimit(regex_stack_max, status);
    out->matcher->reset(out->input);
    return out;
}

Value fn_matches(Evaluation&, Arguments& a)
{
    const auto* text = text_at(a, 0);
    const auto* pattern = text_at(a, 1);
    if (text == nullptr || pattern == nullptr) return {};
    const auto r = regex(*text, *pattern, a, 2);
    if (!r) return {};
    UErrorCode status = U_ZERO_ERROR;
    const bool found = r->matcher->find(status) != 0;
    return U_FAILURE(status) != 0 ? Value{} : Value(found);
}

/// XPath's replacement: $1 is a group, \$ a dollar, \\ a backslash; anything else after \ is wrong.
bool replacement_ok(std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = i + 1 < text.size() ? text[i + 1] : '\0';
        if (text[i] == '\\' && next != '\\' && next != '$') return false;
        if (text[i] == '$' && (next < '0' || next > '9')) return false;
        if (text[i] == '\\') ++i;
    }
    return true;
}

Value fn_replace(Evaluation&, Arguments& a)
{
    const auto* text = text_at(a, 0);
    const auto* pattern = text_at(a, 1);
    const auto* replacement = text_at(a, 2);
    if (text == nullptr || pattern == nullptr || replacement == nullptr) return {};
    const auto r = regex(*text, *pattern, a, 3);
    if (!r) return {};
    std::string with = *replacement;
    const bool literal =
        a.size() > 3 && text_at(a, 3) != nullptr && text_at(a, 3)->find('q') != std::string::npos;
    if (literal) {
        std::string escaped;
        for (const char c : with) escaped += (c == '$' || c == '\\') ? std::string{'\\', c} : std::string{c};
        with = escaped;
    } else if (!replacement_ok(with)) {
        return {};
    }
    UErrorCode status = U_ZERO_ERROR;
    const auto out = r->matcher->replaceAll(icu::UnicodeString::fromUTF8(with), status);
    if (U_FAILURE(status) != 0) return {};
    std::string utf8;
    return out.toUTF8String(utf8);
}

Value fn_split(Evaluation&, Arguments& a)
{
    const auto* text = text_at(a, 0);
    const auto* pattern = text_at(a, 1);
    if (text == nullptr || pattern == nullptr) return {};
    const auto r = regex(*text, *pattern, a, 2);
    if (!r) return {};
    List out;
    std::int32_t from = 0;
    UErrorCode status = U_ZERO_ERROR;
    const auto piece = [&](std::int32_t to) {
        std::string utf8;
        out.emplace_back(r->input.tempSubStringBetween(from, to).toUTF8String(utf8));
    };
    while (r->matcher->find(status) != 0 && U_FAILURE(status) == 0) {
        if (r->matcher->end(status) == r->matcher->start(status)) return {};
        piece(r->matcher->start(status));
        from = r->matcher->end(status);
    }
    if (U_FAILURE(status) != 0) return {};
    piece(r->input.length());
    return out;
}

Value fn_string(Evaluation&, Arguments& a) { return a[0].null() ? Value{} : Value(text_of(a[0])); }

Value fn_join(Evaluation&, Arguments& a)
{
    const auto list = list_at(a, 0);
    if (!list) return {};
    std::string delimiter;
    if (a.size() > 1 && !a[1].null()) {
        if (text_at(a, 1) == nullptr) return {};
        delimiter = *text_at(a, 1);
    }
    std::string out;
    bool first = true;
    for (const auto& item : *list) {
        if (item.null()) continue;
        if (item.text() == nullptr) return {};
        if (!first) out += delimiter;
        out += *item.text();
        first = false;
    }
    return out;
}

}  // namespace

std::span<const Builtin> text_builtins()
{
    static constexpr std::array<Builtin, 14> rows{{
        {"string length", "string", 1, 1, fn_length},
        {"substring", "string,start position,length", 2, 3, fn_substring},
        {"upper case", "string", 1, 1, fn_upper},
        {"lower case", "string", 1, 1, fn_lower},
        {"substring before", "string,match", 2, 2, fn_before},
        {"substring after", "string,match", 2, 2, fn_after},
        {"contains", "string,match", 2, 2, fn_contains},
        {"starts with", "string,match", 2, 2, fn_starts},
        {"ends with", "string,match", 2, 2, fn_ends},
        {"matches", "input,pattern,flags", 2, 3, fn_matches},
        {"replace", "input,pattern,replacement,flags", 3, 4, fn_replace},
        {"split", "string,delimiter", 2, 3, fn_split},
        {"string", "from", 1, 1, fn_string},
        {"string join", "list,delimiter", 1, 2, fn_join},
    }};
    return rows;
}

}  // namespace thien_an::workflow::feel

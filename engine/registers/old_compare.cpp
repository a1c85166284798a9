#include "engine/registers/old_compare.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <charconv>

#include "engine/base/day.h"
#include "engine/base/vietnamese.h"

namespace thien_an::registers {
namespace {

Problem bad(std::string_view code, std::string_view field)
{
    return {.code = std::string(code), .field = "/" + std::string(field), .law = ""};
}

/// Composed, single spaces, none at the ends.
std::string tidy(std::string_view text)
{
    std::string out;
    for (const char c : nfc(text)) {
        const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!space)
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

std::optional<std::int64_t> whole(std::string_view text)
{
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (text.empty() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return number;
}

/// Day, month, year as far as they are given; zeros before.
struct Parts {
    std::int64_t day = 0;
    std::int64_t month = 0;
    std::int64_t year = 0;
};
std::optional<Parts> parts_of(std::string_view text)
{
    if (const auto iso_day = parse_day(text)) {
        const std::chrono::year_month_day day{iso_day.value()};
        return Parts{unsigned(day.day()), unsigned(day.month()), int(day.year())};
    }
    std::vector<std::int64_t> numbers;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find_first_of("/-.", at), text.size());
        const auto number = whole(text.substr(at, end - at));
        if (!number || numbers.size() == 3) return std::nullopt;
        numbers.push_back(*number);
        at = end + 1;
    }
    numbers.insert(numbers.begin(), 3 - numbers.size(), 0);
    constexpr std::int64_t first_year = 1800;
    constexpr std::int64_t last_year = 2200;
    if (numbers[2] < first_year || numbers[2] > last_year || numbers[1] > 12) return std::nullopt;
    return Parts{numbers[0], numbers[1], numbers[2]};
}

std::optional<std::string> day_value(std::string_view text)
{
    const auto parts = parts_of(text);
    if (!parts) return std::nullopt;
    if (parts->month == 0) return std::to_string(parts->year);
    if (parts->day == 0) return std::to_string(parts->month) + "/" + std::to_string(parts->year);
    const std::chrono::year_month_day day{
        std::chrono::year(int(parts->year)),
        std::chrono::month(unsigned(parts->month)),
        std::chrono::day(unsigned(parts->day))};
    if (!day.ok()) return std::nullopt;
    return iso(Day{day});
}

constexpr UChar32 grave = 0x0300;
constexpr UChar32 acute = 0x0301;
constexpr UChar32 tilde = 0x0303;
constexpr UChar32 hook = 0x0309;
constexpr UChar32 dot_below = 0x0323;

bool is_tone(UChar32 c) { return c == grave || c == acute || c == tilde || c == hook || c == dot_below; }

/// Every word decomposed, its tone behind it wherever the mark stood: both spellings of a name become one.
icu::UnicodeString tones_last(std::string_view text)
{
    UErrorCode error = U_ZERO_ERROR;
    const auto* decomposer = icu::Normalizer2::getNFDInstance(error);
    if (U_FAILURE(error)) throw std::runtime_error("ICU has no NFD");
    const auto apart =
        decomposer->normalize(icu::UnicodeString::fromUTF8({text.data(), int32_t(text.size())}), error);
    icu::UnicodeString out;
    icu::UnicodeString tones;
    for (int32_t i = 0; i < apart.length(); i = apart.moveIndex32(i, 1)) {
        const auto c = apart.char32At(i);
        if (c == ' ') {
            out += tones;
            tones.remove();
        }
        (is_tone(c) ? tones : out).append(c);
    }
    return out + tones;
}

std::string compared_text(const Register& reg, std::string_view field, std::string_view typed)
{
    const auto value = old_value(reg, field, typed);
    if (!value) return tidy(typed);
    const auto& v = value.value();
    if (v.is_null()) return "";
    return v.is_string() ? std::string(v.get_string()) : json::text_of(v);
}

/// The entry of `all` with this number that is not used yet; -1 when there is none.
int numbered(const std::vector<TypedEntry>& all, const std::vector<bool>& used, std::string_view number)
{
    for (std::size_t i = 0; i < all.size(); ++i)
        if (!used[i] && tidy(text_at(all[i].fields, number_field)) == number) return int(i);
    return -1;
}

}  // namespace

std::string text_at(const json::object& fields, std::string_view field)
{
    const auto* v = fields.if_contains(field);
    if (v == nullptr || !v->is_string()) return "";
    return std::string(v->get_string());
}

Result<json::value> old_value(const Register& reg, std::string_view id, std::string_view typed)
{
    const auto text = tidy(typed);
    constexpr std::size_t bytes_max = 4000;
    if (text.size() > bytes_max) return bad("registers.bad_value", id);
    if (text.empty()) return json::value(nullptr);
    if (id == number_field) {
        const auto number = whole(text);
        if (!number || *number < 1) return bad("registers.bad_number", id);
        return json::value(*number);
    }
    if (id == margin_field || id == there_field) return json::value(text);
    const auto* field = reg.field(id);
    if (field == nullptr) return bad("registers.unknown_field", id);
    const bool lost = text == unreadable;
    switch (field->type) {
    case FieldType::text:
    case FieldType::name:
    case FieldType::code: return json::value(text);
    case FieldType::day: {
        const auto day = lost ? std::optional(text) : day_value(text);
        if (!day) return bad("registers.bad_value", id);
        return json::value(*day);
    }
    case FieldType::integer: {
        if (lost) return json::value(nullptr);
        const auto number = whole(text);
        if (!number) return bad("registers.bad_value", id);
        return json::value(*number);
    }
    case FieldType::choice:
        if (lost) return json::value(nullptr);
        if (std::find(field->choices.begin(), field->choices.end(), text) == field->choices.end())
            return bad("registers.bad_value", id);
        return json::value(text);
    }
    throw std::logic_error("FieldType outside its enumerators");
}

std::optional<Day> first_day(std::string_view value)
{
    const auto parts = parts_of(value);
    if (!parts) return std::nullopt;
    const std::chrono::year_month_day day{
        std::chrono::year(int(parts->year)),
        std::chrono::month(unsigned(std::max<std::int64_t>(parts->month, 1))),
        std::chrono::day(unsigned(std::max<std::int64_t>(parts->day, 1)))};
    return day.ok() ? std::optional(Day{day}) : std::nullopt;
}

Likeness likeness(const Register& reg, std::string_view field, std::string_view one, std::string_view other)
{
    const auto a = compared_text(reg, field, one);
    const auto b = compared_text(reg, field, other);
    if (a == b) return Likeness::same;
    return tones_last(a) == tones_last(b) ? Likeness::tone : Likeness::differs;
}

std::vector<std::string> compared_fields(const Register& reg)
{
    std::vector<std::string> fields{std::string(number_field)};
    for (const auto& field : reg.fields) fields.push_back(field.id);
    fields.emplace_back(margin_field);
    return fields;
}

std::vector<Line> aligned(const std::vector<TypedEntry>& first, const std::vector<TypedEntry>& second)
{
    constexpr std::int64_t second_only = 1000;
    std::vector<bool> used(second.size());
    std::vector<Line> lines;
    for (const auto& entry : first) {
        Line line{entry.place, entry, std::nullopt};
        const auto number = tidy(text_at(entry.fields, number_field));
        if (const auto found = number.empty() ? -1 : numbered(second, used, number); found >= 0) {
            line.second = second[std::size_t(found)];
            used[std::size_t(found)] = true;
        }
        lines.push_back(std::move(line));
    }
    for (std::size_t i = 0; i < second.size(); ++i) {
        if (used[i]) continue;
        const auto alone = std::find_if(lines.begin(), lines.end(), [](const Line& l) { return !l.both(); });
        if (alone != lines.end() && alone->first)
            alone->second = second[i];
        else
            lines.push_back({second_only + second[i].place, std::nullopt, second[i]});
    }
    return lines;
}

std::vector<Mismatch> mismatches(const Register& reg, const std::vector<Line>& lines)
{
    std::vector<Mismatch> found;
    const auto fields = compared_fields(reg);
    for (const auto& line : lines) {
        if (!line.both()) {
            const auto in = [](bool has) { return std::string(has ? there : not_there); };
            found.push_back(
                {line.id, std::string(there_field), in(line.first.has_value()), in(line.second.has_value())}
            );
            continue;
        }
        for (const auto& field : fields) {
            Mismatch one{
                line.id, field, text_at(line.first->fields, field), text_at(line.second->fields, field)};
            one.likeness = likeness(reg, field, one.first, one.second);
            if (one.likeness != Likeness::same) found.push_back(std::move(one));
        }
    }
    return found;
}

}  // namespace thien_an::registers

#include "engine/base/vietnamese.h"

#include <unicode/brkiter.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <vector>

namespace thien_an {
namespace {

icu::UnicodeString unicode(std::string_view utf8)
{
    return icu::UnicodeString::fromUTF8({utf8.data(), int32_t(utf8.size())});
}

std::string utf8_of(const icu::UnicodeString& text)
{
    std::string out;
    text.toUTF8String(out);
    return out;
}

const icu::Normalizer2& composer()
{
    UErrorCode error = U_ZERO_ERROR;
    const auto* instance = icu::Normalizer2::getNFCInstance(error);
    if (U_FAILURE(error)) throw std::runtime_error("ICU has no NFC");
    return *instance;
}

icu::UnicodeString decomposed(const icu::UnicodeString& text)
{
    UErrorCode error = U_ZERO_ERROR;
    const auto* instance = icu::Normalizer2::getNFDInstance(error);
    if (U_FAILURE(error)) throw std::runtime_error("ICU has no NFD");
    return instance->normalize(text, error);
}

constexpr UChar32 d_with_stroke = 0x0111;

bool is_ascii(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Adds a letter or digit, after a space where there was a gap.
void add_folded(char c, bool& gap, std::string& out)
{
    if (gap) out += ' ';
    gap = false;
    out += c;
}

std::string folded_ascii(std::string_view text)
{
    std::string out;
    bool gap = false;
    for (const char c : text) {
        const bool upper = c >= 'A' && c <= 'Z';
        if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            add_folded(upper ? char(c - 'A' + 'a') : c, gap, out);
        else
            gap = !out.empty();
    }
    return out;
}

std::string joined(const std::vector<std::string>& words)
{
    std::string out;
    for (const auto& word : words) {
        if (!out.empty()) out += ' ';
        out += word;
    }
    return out;
}

constexpr std::array digit_words{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"};

std::string unit_word(int unit, int ten)
{
    if (unit == 1 && ten > 1) return "mốt";
    if (unit == 5 && ten > 0) return "lăm";
    return digit_words.at(std::size_t(unit));
}

/// 0 to 999; `full` reads the hundred even when it is zero ("không trăm linh năm").
void read_group(int group, bool full, std::vector<std::string>& words)
{
    const int hundred = group / 100;
    const int ten = group / 10 % 10;
    const int unit = group % 10;
    if (hundred > 0 || full) {
        words.emplace_back(digit_words.at(std::size_t(hundred)));
        words.emplace_back("trăm");
    }
    if (ten == 0 && unit > 0 && (hundred > 0 || full)) words.emplace_back("linh");
    if (ten == 1) words.emplace_back("mười");
    if (ten > 1) {
        words.emplace_back(digit_words.at(std::size_t(ten)));
        words.emplace_back("mươi");
    }
    if (unit > 0) words.push_back(unit_word(unit, ten));
}

}  // namespace

bool is_utf8(std::string_view text)
{
    if (is_ascii(text)) return true;
    UErrorCode error = U_ZERO_ERROR;
    int32_t units = 0;
    u_strFromUTF8(nullptr, 0, &units, text.data(), int32_t(text.size()), &error);
    return error == U_ZERO_ERROR || error == U_BUFFER_OVERFLOW_ERROR ||
           error == U_STRING_NOT_TERMINATED_WARNING;
}

std::string nfc(std::string_view utf8)
{
    UErrorCode error = U_ZERO_ERROR;
    // What people type is composed already, nearly always.
    if (is_ascii(utf8) ||
        (is_utf8(utf8) && composer().isNormalizedUTF8({utf8.data(), int32_t(utf8.size())}, error)))
        return std::string(utf8);
    return utf8_of(composer().normalize(unicode(utf8), error));
}

std::string folded(std::string_view utf8)
{
    if (is_ascii(utf8)) return folded_ascii(utf8);
    icu::UnicodeString text = decomposed(unicode(utf8));
    text.foldCase();
    std::string out;
    bool gap = false;
    for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
        const UChar32 c = text.char32At(at);
        if (u_charType(c) == U_NON_SPACING_MARK) continue;
        if (!u_isalnum(c)) {
            gap = !out.empty();
            continue;
        }
        const auto plain = c == d_with_stroke ? UChar32('d') : c;
        if (plain < 0x80) {
            add_folded(char(plain), gap, out);
            continue;
        }
        if (gap) out += ' ';
        gap = false;
        out += utf8_of(icu::UnicodeString(plain));
    }
    return out;
}

std::string upper(std::string_view utf8) { return utf8_of(unicode(utf8).toUpper()); }
std::string lower(std::string_view utf8) { return utf8_of(unicode(utf8).toLower()); }

std::string tidy_name(std::string_view utf8)
{
    const icu::UnicodeString text = unicode(nfc(utf8));
    icu::UnicodeString out;
    bool start = true;
    for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
        const UChar32 c = text.char32At(at);
        if (u_isUWhiteSpace(c)) {
            start = true;
            continue;
        }
        if (start && !out.isEmpty()) out.append(UChar32(' '));
        out.append(start ? u_toupper(c) : u_tolower(c));
        start = false;
    }
    return utf8_of(out);
}

namespace {

/// Letters where none is put together of several characters: ASCII without line ends, Latin letters up to those with two
/// marks of Vietnamese. Nothing for other text.
std::optional<std::size_t> letters_of_plain_latin(const icu::UnicodeString& text)
{
    for (int32_t at = 0; at < text.length(); ++at) {
        const auto unit = text.charAt(at);
        const bool latin = (unit >= 0x20 && unit < 0x7f) || (unit >= 0xc0 && unit < 0x0250);
        const bool vietnamese = unit >= 0x1ea0 && unit < 0x1f00;
        if (!latin && !vietnamese) return std::nullopt;
    }
    return std::size_t(text.length());
}

}  // namespace

std::size_t letters(std::string_view utf8)
{
    const auto text = unicode(utf8);
    if (const auto count = letters_of_plain_latin(text)) return *count;
    UErrorCode error = U_ZERO_ERROR;
    const std::unique_ptr<icu::BreakIterator> iterator{
        icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), error)};
    if (U_FAILURE(error)) throw std::runtime_error("ICU has no character iterator");
    iterator->setText(text);
    std::size_t count = 0;
    while (iterator->next() != icu::BreakIterator::DONE) ++count;
    return count;
}

std::string in_words(std::int64_t number)
{
    if (number < 0 || number > 999'999'999'999) throw std::out_of_range("in_words: 0 to 999,999,999,999");
    if (number == 0) return digit_words[0];
    constexpr std::array<std::string_view, 4> scales{"", "nghìn", "triệu", "tỷ"};
    std::vector<std::string> words;
    std::int64_t divisor = 1'000'000'000;
    for (int scale = 3; scale >= 0; --scale, divisor /= 1000) {
        const int group = int(number / divisor % 1000);
        if (group == 0) continue;
        read_group(group, !words.empty(), words);
        if (scale > 0) words.emplace_back(scales.at(std::size_t(scale)));
    }
    return joined(words);
}

std::string in_words(Day day)
{
    const std::chrono::year_month_day date{day};
    const auto month = unsigned(date.month());
    // The fourth month is read "tư" on papers.
    const std::string month_words = month == 4 ? "tư" : in_words(std::int64_t(month));
    return "ngày " + in_words(std::int64_t(unsigned(date.day()))) + " tháng " + month_words + " năm " +
           in_words(std::int64_t(int(date.year())));
}

std::string written(Day day)
{
    const std::chrono::year_month_day date{day};
    const auto two = [](unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    const auto month = unsigned(date.month());
    return "ngày " + two(unsigned(date.day())) + " tháng " +
           (month <= 2 ? two(month) : std::to_string(month)) + " năm " + std::to_string(int(date.year()));
}

}  // namespace thien_an

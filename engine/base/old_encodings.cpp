// TCVN3 (font .VnTime) and VNI for Windows, as they look when a page takes their bytes for Latin-1.
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <map>

#include "engine/base/vietnamese.h"

namespace thien_an {
namespace {

using icu::UnicodeString;

/// Latin-1 characters from 0xA1 on and what they are in TCVN3; a space where TCVN3 has nothing.
UnicodeString tcvn3_from_a1()
{
    return UnicodeString::fromUTF8(
        "ĂÂÊÔƠƯĐăâêôơưđ      àảãáạ ằẳẵắ       ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò ỏõóọồổỗốộờởỡớợù ủũúụừửữứựỳỷỹýỵ"
    );
}

/// VNI writes a letter and, after it, a mark; here by base letter: marks in the order of `vni_marks`.
struct VniLetter {
    char16_t base;
    const char* results;
};
constexpr const char* vni_marks = "øùûõïâàáåãäêèéúüë";
constexpr std::array vni_letters{
    VniLetter{u'a', "àáảãạâầấẩẫậăằắẳẵặ"},
    VniLetter{u'e', "èéẻẽẹêềếểễệ      "},
    VniLetter{u'o', "òóỏõọôồốổỗộ      "},
    VniLetter{u'u', "ùúủũụ            "},
    VniLetter{u'y', "ỳýỷỹ             "},
    VniLetter{u'ô', "ờớởỡợ            "},
    VniLetter{u'ö', "ừứửữự            "}};
constexpr const char* vni_alone = "ôöñæóòîÔÖÑÆÓÒÎ";
constexpr const char* vni_alone_results = "ơưđỉĩịỵƠƯĐỈĨỊỴ";

std::string utf8(const UnicodeString& text)
{
    std::string out;
    text.toUTF8String(out);
    return out;
}

UnicodeString from_tcvn3(const UnicodeString& text)
{
    static const auto table = tcvn3_from_a1();
    UnicodeString out;
    for (int i = 0; i < text.length(); ++i) {
        const char16_t c = text[i];
        const int place = c - 0xA1;
        const bool known = c >= 0xA1 && place < table.length() && table[place] != u' ';
        out.append(known ? table[place] : c);
    }
    return out;
}

const std::map<std::pair<char16_t, char16_t>, char16_t>& vni_pairs()
{
    static const auto pairs = [] {
        std::map<std::pair<char16_t, char16_t>, char16_t> made;
        const auto marks = UnicodeString::fromUTF8(vni_marks);
        for (const auto& letter : vni_letters) {
            const auto results = UnicodeString::fromUTF8(letter.results);
            for (int i = 0; i < marks.length() && i < results.length(); ++i) {
                if (results[i] == u' ') continue;
                made[{letter.base, marks[i]}] = results[i];
                const auto upper = char16_t(u_toupper(results[i]));
                made[{char16_t(u_toupper(letter.base)), char16_t(u_toupper(marks[i]))}] = upper;
                made[{char16_t(u_toupper(letter.base)), marks[i]}] = upper;
            }
        }
        return made;
    }();
    return pairs;
}

UnicodeString from_vni(const UnicodeString& text)
{
    static const auto alone = UnicodeString::fromUTF8(vni_alone);
    static const auto alone_results = UnicodeString::fromUTF8(vni_alone_results);
    UnicodeString out;
    for (int i = 0; i < text.length(); ++i) {
        const auto pair =
            i + 1 < text.length() ? vni_pairs().find({text[i], text[i + 1]}) : vni_pairs().end();
        if (pair != vni_pairs().end()) {
            out.append(pair->second);
            ++i;
            continue;
        }
        const int place = alone.indexOf(text[i]);
        out.append(place < 0 ? text[i] : alone_results[place]);
    }
    return out;
}

bool is_foreign(char16_t c)
{
    static const auto vietnamese = UnicodeString::fromUTF8("ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúý");
    return c >= 0xA1 && c <= 0xFF && vietnamese.indexOf(c) < 0;
}

bool is_tone(char16_t c) { return c == 0x300 || c == 0x301 || c == 0x303 || c == 0x309 || c == 0x323; }

/// How much of the text no Vietnamese word has: foreign letters, capitals inside words, two tones in a syllable.
int oddities(const UnicodeString& text)
{
    int count = 0;
    int tones = 0;
    UErrorCode status = U_ZERO_ERROR;
    const auto apart = icu::Normalizer2::getNFDInstance(status)->normalize(text, status);
    bool lower_before = false;
    for (int i = 0; i < apart.length(); ++i) {
        const char16_t c = apart[i];
        if (is_tone(c)) {
            if (++tones > 1) ++count;
        } else if (u_isalpha(c) || c > 0x300) {
            if (u_isupper(c) && lower_before) ++count;
            if (u_isalpha(c)) lower_before = u_islower(c);
        } else if (!is_foreign(c)) {
            tones = 0;
            lower_before = false;
        }
    }
    for (int i = 0; i < text.length(); ++i) count += int(is_foreign(text[i]));
    return count;
}

}  // namespace

Encoding guess_encoding(std::string_view text)
{
    const auto source = UnicodeString::fromUTF8(icu::StringPiece(text.data(), int(text.size())));
    const int as_unicode = oddities(source);
    if (as_unicode == 0) return nfc(text) == text ? Encoding::unicode : Encoding::unicode_decomposed;
    const int as_tcvn3 = oddities(from_tcvn3(source));
    const int as_vni = oddities(from_vni(source));
    if (std::min(as_tcvn3, as_vni) >= as_unicode) return Encoding::unicode;
    return as_tcvn3 < as_vni ? Encoding::tcvn3 : Encoding::vni;
}

std::string converted(std::string_view text, Encoding from)
{
    const auto source = UnicodeString::fromUTF8(icu::StringPiece(text.data(), int(text.size())));
    switch (from) {
    case Encoding::unicode:
    case Encoding::unicode_decomposed: return nfc(text);
    case Encoding::tcvn3: return nfc(utf8(from_tcvn3(source)));
    case Encoding::vni: return nfc(utf8(from_vni(source)));
    }
    throw std::logic_error("Encoding outside its enumerators");
}

}  // namespace thien_an

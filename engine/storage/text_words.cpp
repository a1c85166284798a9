#include "engine/storage/text_words.h"

#include <fmt/format.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "engine/base/vietnamese.h"

namespace thien_an::storage {
namespace {

constexpr std::size_t word_bytes_max = 40;

std::vector<std::string> split(std::string_view text)
{
    std::vector<std::string> words;
    icu::UnicodeString word;
    const auto flush = [&] {
        if (!word.isEmpty()) word.toUTF8String(words.emplace_back());
        word.remove();
    };
    const auto letters =
        icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), std::int32_t(text.size())));
    for (std::int32_t at = 0; at < letters.length(); at = letters.moveIndex32(at, 1)) {
        const auto letter = letters.char32At(at);
        if (u_isalnum(letter) != 0) {
            word.append(letter);
        } else {
            flush();
        }
    }
    flush();
    return words;
}

}  // namespace

std::vector<std::string> folded_words(std::string_view text) { return split(folded(text)); }

std::vector<std::string> marked_words(std::string_view text) { return split(lower(nfc(text))); }

std::string plain_word(std::string_view word)
{
    std::string plain;
    for (const char c : word.substr(0, word_bytes_max)) {
        const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (kept) {
            plain += c;
        } else {
            plain += fmt::format("{:02x}", static_cast<unsigned char>(c));
        }
    }
    return plain;
}

}  // namespace thien_an::storage

#include "engine/notices/mail_message.h"

#include <fmt/chrono.h>

#include <algorithm>

#include "engine/base/bytes.h"

namespace thien_an::notices {
namespace {

constexpr std::size_t base64_line = 76;
constexpr std::size_t word_bytes = 42;  // of text in one encoded word: 75 characters at most when written

/// Without anything that could end a header.
std::string one_line(std::string text)
{
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < ' '; }, ' '
    );
    return text;
}

/// RFC 2047 words of whole characters, folded.
std::string encoded_words(std::string_view text)
{
    std::string out;
    while (!text.empty()) {
        auto end = std::min(word_bytes, text.size());
        while (end < text.size() && end > 1 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
            --end;
        if (!out.empty()) out += "\r\n ";
        out += "=?UTF-8?B?" + base64(bytes_of(text.substr(0, end))) + "?=";
        text.remove_prefix(end);
    }
    return out;
}

std::string wrapped(const std::string& text)
{
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += base64_line)
        out += text.substr(at, base64_line) + "\r\n";
    return out;
}

}  // namespace

std::string mail_message(const Outgoing& message, const std::string& from, Instant now)
{
    const auto domain = from.substr(std::min(from.find('@'), from.size() - 1) + 1);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
    return "Date: " + fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000", seconds) + "\r\nFrom: <" +
           one_line(from) + ">\r\nTo: <" + one_line(message.contact) + ">\r\nMessage-ID: <" +
           text_of(message.id) + "@" + domain + ">\r\nSubject: " + encoded_words(one_line(message.subject)) +
           "\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\nContent-Type: text/plain; "
           "charset=utf-8\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\n" +
           wrapped(base64(bytes_of(message.body)));
}

}  // namespace thien_an::notices

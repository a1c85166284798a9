#include <algorithm>
#include <cctype>

#include "engine/base/vietnamese.h"
#include "engine/identity/parties.h"

namespace thien_an::identity {
namespace {

constexpr std::size_t email_bytes_max = 254;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string digits_of(std::string_view text)
{
    std::string digits;
    std::ranges::copy_if(text, std::back_inserter(digits), is_digit);
    return digits;
}

std::string trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return "";
    return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

Problem bad(std::string_view what)
{
    return Problem{.code = "identity.bad_" + std::string(what), .field = "/" + std::string(what), .law = ""};
}

std::size_t utf8_length(unsigned char lead)
{
    if (lead < 0x80) return 1;
    if (lead < 0xE0) return 2;
    return lead < 0xF0 ? 3 : 4;
}

std::string dots(std::size_t count)
{
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "•";
    return text;
}

}  // namespace

Result<std::string> tidy_phone(std::string_view typed)
{
    const auto text = trimmed(typed);
    if (text.find_first_not_of("0123456789 .-+()") != std::string::npos) return bad("phone");
    auto digits = digits_of(text);
    if (digits.starts_with("84") && digits.size() >= 11)
        digits.erase(0, 2);
    else if (digits.starts_with("0"))
        digits.erase(0, 1);
    else
        return bad("phone");
    // Nine digits after the leading zero; ten for the eleven-digit mobile numbers of before September 2018
    // and land lines.
    if (digits.size() < 9 || digits.size() > 10 || digits.front() == '0') return bad("phone");
    return "+84" + digits;
}

Result<std::string> tidy_email(std::string_view typed)
{
    const auto text = lower(trimmed(typed));
    const auto at = text.find('@');
    const bool one_at = at != std::string::npos && at > 0 && text.find('@', at + 1) == std::string::npos;
    const auto dot = text.find('.', one_at ? at + 2 : 0);
    const bool shape = one_at && dot != std::string::npos && dot + 1 < text.size() && text.back() != '.';
    const bool clean = std::ranges::none_of(text, [](unsigned char c) {
        return c <= ' ' || c >= 0x7F ||
               std::string_view("\"(),:;<>[]\\").find(char(c)) != std::string_view::npos;
    });
    if (!shape || !clean || text.size() > email_bytes_max) return bad("email");
    return text;
}

Result<std::string> tidy_contact(std::string_view typed)
{
    auto contact = typed.find('@') == std::string_view::npos ? tidy_phone(typed) : tidy_email(typed);
    if (!contact) return bad("contact");
    return contact;
}

Result<std::string> tidy_identity_number(std::string_view typed)
{
    const auto text = trimmed(typed);
    const auto digits = digits_of(text);
    const bool only_digits = text.find_first_not_of("0123456789 .") == std::string::npos;
    if (!only_digits || (digits.size() != 9 && digits.size() != 12)) return bad("identity_number");
    return digits;
}

std::string masked(std::string_view value, std::size_t kept)
{
    if (const auto at = value.find('@'); at != std::string_view::npos && at > 0)
        return std::string(value.substr(0, utf8_length(static_cast<unsigned char>(value[0])))) + dots(3) +
               std::string(value.substr(at));
    std::vector<std::string_view> characters;
    for (std::size_t i = 0; i < value.size();) {
        const auto length = std::min(utf8_length(static_cast<unsigned char>(value[i])), value.size() - i);
        characters.push_back(value.substr(i, length));
        i += length;
    }
    std::string shown;
    // What is as short as the part that stays is hidden whole.
    const auto hidden = characters.size() <= kept ? characters.size() : characters.size() - kept;
    // The length of an address says something too, and a line of dots nothing.
    constexpr std::size_t dots_max = 9;
    shown = dots(std::min(hidden, dots_max));
    for (std::size_t i = hidden; i < characters.size(); ++i) shown += characters[i];
    return shown;
}

}  // namespace thien_an::identity

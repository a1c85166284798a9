#include <algorithm>
#include <array>

#include "engine/base/vietnamese.h"
#include "engine/identity/accounts.h"

namespace thien_an::identity {
namespace {

constexpr std::size_t password_bytes_max = 200;

/// What thieves try first and is long enough to pass the rule of length; folded.
constexpr std::array<std::string_view, 28> common{
    "1234567890",   "0123456789",   "0987654321",   "9876543210",    "12345678910",   "123456789a",
    "password123",  "password12",   "passw0rd123",  "qwertyuiop",    "qwerty12345",   "1q2w3e4r5t",
    "1qaz2wsx3edc", "matkhau123",   "matkhau1234",  "matkhau12345",  "matkhaucuatoi", "anhyeuem123",
    "emyeuanh123",  "iloveyou123",  "quangngai123", "quangngai2016", "quangngai2026", "vietnam123",
    "vietnam1234",  "abcdef123456", "abc123456789", "a123456789"};

Problem refused(std::string_view why)
{
    return Problem{.code = "identity.password_" + std::string(why), .field = "/password", .law = ""};
}

/// "aaaaaaaaaa", "1111111111", "ababababab": few letters, many times.
bool monotonous(std::string_view text)
{
    std::string different(text);
    std::ranges::sort(different);
    different.erase(std::ranges::unique(different).begin(), different.end());
    return different.size() < 4;
}

std::string without_spaces(std::string text)
{
    std::erase(text, ' ');
    return text;
}

}  // namespace

Result<Done> check_password_rules(
    std::string_view password, std::string_view login, std::string_view name, int letters_min
)
{
    if (password.size() > password_bytes_max || !is_utf8(password)) return refused("long");
    if (letters(password) < std::size_t(letters_min)) {
        auto problem = refused("short");
        problem.words.emplace_back("least", std::to_string(letters_min));
        return problem;
    }
    const auto plain = without_spaces(folded(password));
    if (monotonous(lower(password)) || std::ranges::find(common, plain) != common.end())
        return refused("common");
    const auto has = [&](std::string_view part) {
        const auto wanted = without_spaces(folded(part));
        return wanted.size() >= 4 && plain.find(wanted) != std::string::npos;
    };
    if (has(name) || has(login.substr(0, login.find('@'))) ||
        (login.starts_with("+84") && has(login.substr(3))))
        return refused("has_name");
    return Done{};
}

}  // namespace thien_an::identity

#include "engine/crypto/one_time.h"

#include <fmt/format.h>
#include <openssl/hmac.h>

#include "engine/crypto/hash.h"
#include "engine/crypto/openssl.h"
#include "engine/crypto/random.h"

namespace thien_an::crypto {
namespace {

const EVP_MD* algorithm(TotpHash hash)
{
    switch (hash) {
    case TotpHash::sha1: return EVP_sha1();
    case TotpHash::sha256: return EVP_sha256();
    case TotpHash::sha512: return EVP_sha512();
    }
    throw std::logic_error("TotpHash outside its enumerators");
}

std::int64_t step_of(Instant now, const TotpSettings& settings)
{
    return std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count() / settings.step.count();
}

/// RFC 4226 section 5.3: dynamic truncation of an HMAC over the counter.
std::string code_of_step(ByteView secret, std::int64_t step, const TotpSettings& settings)
{
    std::array<std::uint8_t, 8> counter{};
    for (std::size_t i = 0; i < 8; ++i) counter[7 - i] = std::uint8_t(step >> (8 * i));
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    made(
        HMAC(
            algorithm(settings.hash),
            secret.data(),
            int(secret.size()),
            counter.data(),
            counter.size(),
            mac.data(),
            &size
        ),
        "totp"
    );
    const std::size_t offset = mac[size - 1] & 15;
    const std::uint32_t number = std::uint32_t(mac[offset] & 0x7f) << 24 |
                                 std::uint32_t(mac[offset + 1]) << 16 | std::uint32_t(mac[offset + 2]) << 8 |
                                 mac[offset + 3];
    std::uint32_t modulus = 1;
    for (int i = 0; i < settings.digits; ++i) modulus *= 10;
    return fmt::format("{:0{}}", number % modulus, settings.digits);
}

std::string percent_encoded(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            out += c;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

}  // namespace

Bytes new_totp_secret() { return random_bytes(20); }

std::string base32(ByteView bytes)
{
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string out;
    std::uint32_t held = 0;
    int bits = 0;
    for (const auto byte : bytes) {
        held = held << 8 | byte;
        for (bits += 8; bits >= 5;) out += alphabet[held >> (bits -= 5) & 31];
    }
    if (bits > 0) out += alphabet[held << (5 - bits) & 31];
    return out;
}

std::string totp_address(ByteView secret, std::string_view issuer, std::string_view account)
{
    const auto label = percent_encoded(issuer);
    return fmt::format(
        "otpauth://totp/{}:{}?secret={}&issuer={}", label, percent_encoded(account), base32(secret), label
    );
}

std::string totp_code(ByteView secret, Instant now, TotpSettings settings)
{
    return code_of_step(secret, step_of(now, settings), settings);
}

std::optional<std::int64_t> verify_totp(
    ByteView secret, std::string_view code, Instant now, std::int64_t last_step, TotpSettings settings
)
{
    const auto present = step_of(now, settings);
    for (const auto step : {present, present - 1, present + 1}) {
        if (step < 0) continue;
        const bool same = equal_constant_time(bytes_of(code_of_step(secret, step, settings)), bytes_of(code));
        if (same) return step > last_step ? std::optional(step) : std::nullopt;
    }
    return std::nullopt;
}

std::vector<std::string> new_recovery_codes(std::size_t count)
{
    std::vector<std::string> out;
    for (std::size_t i = 0; i < count; ++i) {
        const auto code = random_readable(16);
        out.push_back(fmt::format(
            "{}-{}-{}-{}", code.substr(0, 4), code.substr(4, 4), code.substr(8, 4), code.substr(12, 4)
        ));
    }
    return out;
}

std::string recovery_code_hash(std::string_view code)
{
    std::string plain;
    for (const char c : code) {
        if (c >= 'a' && c <= 'z') plain += char(c - 'a' + 'A');
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) plain += c;
    }
    return hex(sha256(plain));
}

}  // namespace thien_an::crypto

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/day.h"

/// Second factors: time-based codes (RFC 6238) and recovery codes.
namespace thien_an::crypto {

enum class TotpHash { sha1, sha256, sha512 };

/// What authenticator apps expect: SHA-1, 30 seconds, 6 digits.
struct TotpSettings {
    TotpHash hash = TotpHash::sha1;
    int digits = 6;
    std::chrono::seconds step{30};
};

/// 20 random bytes; keep them sealed (KeyRing).
Bytes new_totp_secret();
/// RFC 4648 base32 without padding, as apps take it.
std::string base32(ByteView bytes);
/// "otpauth://totp/..." to show as a QR code once.
std::string totp_address(ByteView secret, std::string_view issuer, std::string_view account);

std::string totp_code(ByteView secret, Instant now, TotpSettings settings = {});

/// The step whose code was typed: the present one, or the one before or after. Nothing when it is none of them, or
/// not later than `last_step`: a code works once. Store the answer as the next `last_step`.
std::optional<std::int64_t> verify_totp(
    ByteView secret, std::string_view code, Instant now, std::int64_t last_step, TotpSettings settings = {}
);

/// Codes that replace a lost phone, each once: "7KQD-M2XV-9RTB-4HNC", 78 bits. Show them once, store only hashes.
std::vector<std::string> new_recovery_codes(std::size_t count = 10);
/// The stored form; spaces, dashes and case do not matter. The codes are random, so a plain digest is enough.
std::string recovery_code_hash(std::string_view code);

}  // namespace thien_an::crypto

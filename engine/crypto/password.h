#pragma once

#include <string>
#include <string_view>

#include "engine/base/bytes.h"

/// Passwords: argon2id with its parameters in the stored text. Slow on purpose: never inside a command.
namespace thien_an::crypto {

/// What one hash costs. The default takes 19 MiB and two passes.
struct PasswordCost {
    std::uint32_t memory_kib = 19456;
    std::uint32_t passes = 2;
    std::uint32_t lanes = 1;
    auto operator<=>(const PasswordCost&) const = default;
};

/// "$argon2id$v=19$m=19456,t=2,p=1$salt$hash" with a fresh salt. The password is brought to NFC first: the same
/// keys on two Vietnamese keyboards may give composed or decomposed letters.
std::string hash_password(std::string_view password, PasswordCost cost = {});

/// False for a wrong password and for a text that is no argon2id hash.
bool verify_password(std::string_view encoded, std::string_view password);

/// Whether `encoded` was made with less than `cost` (or is no argon2id hash): hash again at the next log-in.
bool needs_rehash(std::string_view encoded, PasswordCost cost = {});

}  // namespace thien_an::crypto

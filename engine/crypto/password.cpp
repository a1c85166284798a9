#include "engine/crypto/password.h"

#include <argon2.h>

#include <charconv>
#include <optional>

#include "engine/base/vietnamese.h"
#include "engine/crypto/openssl.h"
#include "engine/crypto/random.h"

namespace thien_an::crypto {
namespace {

constexpr std::size_t salt_bytes = 16;
constexpr std::size_t hash_bytes = 32;
constexpr std::uint32_t memory_kib_max = 1024 * 1024;  // What a stored hash may ask of us: 1 GiB.

std::string composed(std::string_view password)
{
    return is_utf8(password) ? nfc(password) : std::string(password);
}

/// The number after `name` in the parameters; moves `text` behind it.
std::optional<std::uint32_t> parameter(std::string_view& text, std::string_view name)
{
    if (!text.starts_with(name)) return std::nullopt;
    text.remove_prefix(name.size());
    std::uint32_t number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    if (end.ec != std::errc{}) return std::nullopt;
    text.remove_prefix(std::size_t(end.ptr - text.data()));
    return number;
}

std::optional<PasswordCost> cost_of(std::string_view encoded)
{
    const auto memory = parameter(encoded, "$argon2id$v=19$m=");
    if (!memory) return std::nullopt;
    const auto passes = parameter(encoded, ",t=");
    if (!passes) return std::nullopt;
    const auto lanes = parameter(encoded, ",p=");
    if (!lanes || !encoded.starts_with('$')) return std::nullopt;
    return PasswordCost{*memory, *passes, *lanes};
}

}  // namespace

std::string hash_password(std::string_view password, PasswordCost cost)
{
    const auto text = composed(password);
    const auto salt = random_bytes(salt_bytes);
    std::string encoded(
        argon2_encodedlen(cost.passes, cost.memory_kib, cost.lanes, salt_bytes, hash_bytes, Argon2_id), '\0'
    );
    const int answer = argon2id_hash_encoded(
        cost.passes,
        cost.memory_kib,
        cost.lanes,
        text.data(),
        text.size(),
        salt.data(),
        salt.size(),
        hash_bytes,
        encoded.data(),
        encoded.size()
    );
    if (answer != ARGON2_OK) throw CryptoError(argon2_error_message(answer));
    encoded.resize(encoded.find('\0'));
    return encoded;
}

bool verify_password(std::string_view encoded, std::string_view password)
{
    const auto cost = cost_of(encoded);
    if (!cost || cost->memory_kib > memory_kib_max) return false;
    const auto text = composed(password);
    return argon2id_verify(std::string(encoded).c_str(), text.data(), text.size()) == ARGON2_OK;
}

bool needs_rehash(std::string_view encoded, PasswordCost cost)
{
    const auto used = cost_of(encoded);
    return !used || used->memory_kib < cost.memory_kib || used->passes < cost.passes ||
           used->lanes < cost.lanes;
}

}  // namespace thien_an::crypto

#pragma once

#include <array>
#include <optional>

#include "engine/base/bytes.h"

/// AES-256-GCM and key derivation with the nonce in the caller's hands: the bricks of KeyRing and sealed files.
namespace thien_an::crypto {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

/// 32 secret bytes, wiped when they go out of scope.
class Secret {
public:
    Secret() = default;
    explicit Secret(ByteView bytes);  ///< Exactly 32.
    ~Secret();
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    Secret(Secret&&) = default;
    Secret& operator=(Secret&&) = default;

    static Secret random();
    ByteView bytes() const { return bytes_; }

private:
    std::array<std::uint8_t, key_bytes> bytes_{};
};

/// Ciphertext and tag. A nonce must never meet the same key twice.
Bytes seal(const Secret& key, ByteView nonce, ByteView plain, ByteView associated);
/// Nothing when key, nonce, associated data or one bit of `sealed` is not what it was.
std::optional<Bytes> unseal(const Secret& key, ByteView nonce, ByteView sealed, ByteView associated);

/// A fresh random nonce, then ciphertext and tag.
Bytes seal_with_nonce(const Secret& key, ByteView plain, ByteView associated);
std::optional<Bytes> unseal_with_nonce(const Secret& key, ByteView sealed, ByteView associated);

/// HKDF-SHA256 of `key` for the purpose `info`.
Secret derived(ByteView key, std::string_view info);

}  // namespace thien_an::crypto

#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "engine/base/bytes.h"

/// Digests and message authentication.
namespace thien_an::crypto {

using Sha256 = std::array<std::uint8_t, 32>;
using Sha512 = std::array<std::uint8_t, 64>;

Sha256 sha256(ByteView bytes);
Sha512 sha512(ByteView bytes);
inline Sha256 sha256(std::string_view text) { return sha256(bytes_of(text)); }
inline Sha512 sha512(std::string_view text) { return sha512(bytes_of(text)); }

Sha256 hmac_sha256(ByteView key, ByteView message);

/// Takes the time of the longer one whatever they hold; use it to compare secrets.
bool equal_constant_time(ByteView a, ByteView b);

/// A digest of what arrives piece by piece.
template <typename Digest>
class Hasher {
public:
    Hasher();
    ~Hasher();
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;

    void update(ByteView bytes);
    void update(std::string_view text) { update(bytes_of(text)); }
    /// The digest of all so far; the hasher starts anew.
    Digest finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};
using Sha256Hasher = Hasher<Sha256>;
using Sha512Hasher = Hasher<Sha512>;

}  // namespace thien_an::crypto

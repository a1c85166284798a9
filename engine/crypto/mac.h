#pragma once

#include <memory>

#include "engine/crypto/hash.h"

/// Message authentication with one key, many times.
namespace thien_an::crypto {

/// HMAC-SHA256 (RFC 2104) with its key prepared once: setting one up costs several times what a short message does.
/// Safe to use from many threads.
class HmacSha256 {
public:
    explicit HmacSha256(ByteView key);
    ~HmacSha256();
    HmacSha256(HmacSha256&&) noexcept;
    HmacSha256& operator=(HmacSha256&&) noexcept;

    Sha256 of(ByteView message) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace thien_an::crypto

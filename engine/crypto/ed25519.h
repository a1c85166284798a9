#pragma once

#include <array>

#include "engine/base/bytes.h"
#include "engine/crypto/cipher.h"

/// Ed25519 (RFC 8032): the program's own signatures, as on checkpoints of the audit trail. No certificates.
namespace thien_an::crypto {

using Ed25519Signature = std::array<std::uint8_t, 64>;
using Ed25519Public = std::array<std::uint8_t, 32>;

/// `seed` is the private key, KeyRing::purpose_key("audit.signing") for example.
Ed25519Public ed25519_public(const Secret& seed);
Ed25519Signature ed25519_sign(const Secret& seed, ByteView message);
/// False for anything but a signature of exactly this message by this key.
bool ed25519_verify(ByteView public_key, ByteView message, ByteView signature);

}  // namespace thien_an::crypto

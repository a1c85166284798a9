#pragma once

#include "engine/crypto/openssl.h"
#include "engine/crypto/signer.h"

/// What server keys and tokens share: putting an EVP_PKEY to use.
namespace thien_an::crypto {

SignatureKind kind_of(EVP_PKEY* key);
/// Throws CryptoError when the key refuses.
Bytes sign_with(EVP_PKEY* key, ByteView message);

/// The credential of a private key: sealed for `ring`, bound to `certificate`.
Credential sealed_credential(
    const KeyRing& ring, Bytes certificate, std::vector<Bytes> chain, const EVP_PKEY* key
);

/// The private key of a credential, DER; wipe it after use. Problem "crypto.sealed_value_broken".
Result<Bytes> opened_key(const KeyRing& ring, const Credential& credential);

}  // namespace thien_an::crypto

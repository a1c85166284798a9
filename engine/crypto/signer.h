#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/result.h"
#include "engine/crypto/key_ring.h"

/// Those who can sign a paper. A signer holds a certificate and can put its key to use; where the key lies differs.
namespace thien_an::crypto {

enum class SignatureKind { ecdsa_sha256, rsa_sha256 };

class Signer {
public:
    virtual ~Signer() = default;

    virtual const Bytes& certificate() const = 0;         ///< DER.
    virtual const std::vector<Bytes>& chain() const = 0;  ///< Issuing authorities, nearest first, DER.
    virtual SignatureKind kind() const = 0;
    /// The signature over SHA-256 of `message` (ECDSA in DER, RSA as PKCS #1 v1.5).
    /// Problem "crypto.signer_unavailable": the token is not there or refuses; try again later.
    virtual Result<Bytes> sign(ByteView message) const = 0;
};

/// A certificate with its private key on this server, sealed by the key ring and bound to the certificate.
struct Credential {
    Bytes certificate;
    std::vector<Bytes> chain;
    Bytes sealed_key;
};

/// Problem "crypto.sealed_value_broken" when the key ring or the certificate is not the one it was sealed with,
/// "crypto.key_not_of_certificate".
Result<std::unique_ptr<Signer>> server_signer(const KeyRing& ring, Credential credential);

/// Where a token is and which of its objects to use.
struct TokenPlace {
    std::string module;  ///< Path of the PKCS #11 library.
    std::string token;   ///< Label of the token.
    std::string object;  ///< Label of key and certificate on it.
};

/// A key that never leaves its token. The session stays open and is used by one thread at a time; a process has at
/// most one such signer per module, because closing one ends the module for all.
/// Problems "crypto.no_token", "crypto.wrong_pin", "crypto.no_key_on_token".
Result<std::unique_ptr<Signer>> token_signer(
    const TokenPlace& place, std::string_view pin, std::vector<Bytes> chain
);

}  // namespace thien_an::crypto

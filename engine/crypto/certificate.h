#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/day.h"
#include "engine/crypto/hash.h"

/// X.509 certificates: who they speak of, and whether their chain held at a given time.
namespace thien_an::crypto {

struct CertificateAbout {
    std::string common_name;  ///< The person or agency.
    std::string organisation;
    std::string title;   ///< The post, when the certificate says it.
    std::string issuer;  ///< Common name of who issued it.
    std::string serial;  ///< Hex.
    Instant valid_from;
    Instant valid_to;
    Sha256 fingerprint{};  ///< SHA-256 of the certificate.
};

/// Nothing when the bytes are no certificate.
std::optional<CertificateAbout> about_certificate(ByteView der);

/// Whom we believe: self-signed roots, and issuing authorities known beforehand.
struct Trust {
    std::vector<Bytes> roots;
    std::vector<Bytes> intermediates;
};

enum class ChainState {
    good,
    not_yet_valid,   ///< At the given time.
    expired,         ///< At the given time.
    unknown_issuer,  ///< No path to a root of `trust`.
    wrong_use,       ///< Not meant for signing, or an issuer that may not issue.
    broken,          ///< No certificate, or a signature in the chain is wrong.
};
std::string_view word_of(ChainState state);  ///< "good", "not_yet_valid"...: a catalogue key's last part.

/// Checks `leaf` at `at`; `others` are certificates that came with it and are believed only by their signatures.
ChainState check_chain(ByteView leaf, std::span<const Bytes> others, const Trust& trust, Instant at);

/// Certificates of a PEM text, in order; private keys and other blocks are passed over.
std::vector<Bytes> certificates_from_pem(std::string_view pem);
std::string pem_of_certificate(ByteView der);

}  // namespace thien_an::crypto

#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/day.h"
#include "engine/crypto/certificate.h"

/// Judges the signatures of a PDF from anywhere.
namespace thien_an::documents {

/// What became of the bytes after a signature.
enum class Later {
    nothing,  ///< The signature covers the whole file.
    signatures_only,  ///< Later updates only signed or filled reserved fields, and a later genuine signature covers them.
    unsigned_bytes,   ///< Bytes follow that no genuine signature covers.
    content_changed,  ///< A later update changed what had been signed.
};
std::string_view word_of(Later later);  ///< "nothing"...: a catalogue key's last part.

struct SignatureReport {
    std::string field;
    crypto::CertificateAbout signer;    ///< Empty names when the signature cannot be read.
    std::optional<Instant> claimed_at;  ///< /M: what the signer says, not proven.
    std::optional<Instant> proven_at;   ///< By a trusted time stamp; the chain is then judged for this time.
    bool placed = false;                ///< The byte range is one hole, exactly this signature's own value.
    bool genuine = false;               ///< Signature and digest are right.
    bool bound = false;                 ///< The certificate is signed in (CAdES).
    bool strong = false;
    bool certifies = false;  ///< DocMDP.
    crypto::ChainState chain = crypto::ChainState::broken;
    Later later = Later::unsigned_bytes;

    /// Covers what a reader sees, and its signer can be believed.
    bool valid() const { return intact() && chain == crypto::ChainState::good; }
    /// As valid, whoever signed.
    bool intact() const
    {
        return placed && genuine && bound && strong &&
               (later == Later::nothing || later == Later::signatures_only);
    }
};

struct PdfReport {
    bool readable = false;                    ///< A PDF without encryption, within the limits.
    std::vector<SignatureReport> signatures;  ///< In the order they were made.

    /// Signed, and no signature has a fault.
    bool valid() const
    {
        return !signatures.empty() && std::ranges::all_of(signatures, &SignatureReport::valid);
    }
};

struct VerifyLimits {
    std::size_t bytes_max = 64 * 1024 * 1024;
    std::size_t signatures_max = 20;
};

/// `at` is the time the certificates are judged for: now, or the proven time of signing.
PdfReport verify_pdf(ByteView pdf, const crypto::Trust& trust, Instant at, VerifyLimits limits = {});

}  // namespace thien_an::documents

#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/day.h"
#include "engine/base/result.h"
#include "engine/crypto/hash.h"
#include "engine/crypto/signer.h"

/// Detached CMS signatures as CAdES and PAdES baseline want them: SHA-256, the signer's certificate bound in by
/// signing-certificate-v2, no signing time among the attributes (a PDF says it in /M).
/// Three steps, so that the middle one can happen on a token in a browser or on a remote service.
namespace thien_an::crypto {

/// 1. What the signer signs: the DER of the signed attributes for content with `digest`.
Bytes attributes_to_sign(const Sha256& digest, ByteView certificate);

/// 2. Signer::sign(attributes), or the same done elsewhere.

struct Signature {
    SignatureKind kind;
    Bytes bytes;
};
/// 3. The CMS. `time_stamp` is an RFC 3161 token over the signature, or empty.
Bytes cms_of(
    ByteView attributes,
    const Signature& signature,
    ByteView certificate,
    std::span<const Bytes> chain,
    ByteView time_stamp = {}
);

/// Carries a time-stamp request (DER) to a service and brings back its reply.
using TimeStamper = std::function<Result<Bytes>(ByteView request)>;

/// All three here, with a time stamp when there is a stamper. Problems "crypto.signer_unavailable", those of
/// time_stamp_token and of the stamper.
Result<Bytes> sign_detached(const Signer& signer, const Sha256& digest, const TimeStamper& stamp = {});

/// What a detached signature says; believe nothing of it unless `genuine`.
struct CmsReport {
    bool readable = false;  ///< CMS with exactly one signer, whose certificate is in it.
    bool genuine = false;   ///< The signature over the attributes and the digest of the content are right.
    bool bound = false;     ///< signing-certificate(-v2) is there and names the signer's certificate.
    bool strong = false;    ///< SHA-256 or better, RSA of 2048 bits or more, or a curve of 256 or more.
    Bytes certificate;      ///< The signer's, DER.
    std::vector<Bytes> others;  ///< All other certificates in it.
    Bytes signature;            ///< What a time stamp stamps.
    Bytes time_stamp;           ///< The RFC 3161 token as found; not checked here.
};

/// `content` is what was signed. The CMS must fill `cms` but for zeros at its end.
CmsReport check_detached(ByteView cms, ByteView content);

}  // namespace thien_an::crypto

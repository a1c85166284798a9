#pragma once

#include <optional>

#include "engine/base/bytes.h"
#include "engine/base/day.h"
#include "engine/base/result.h"
#include "engine/crypto/certificate.h"

/// RFC 3161 time stamps over signatures: what is asked, what came back, what it proves. The caller carries request and
/// reply ("application/timestamp-query" and "-reply"); nothing here speaks to the network.
namespace thien_an::crypto {

/// A question about one signature, with a nonce against replies of another day.
struct TimeStampRequest {
    Bytes der;  ///< To be sent.
    Bytes nonce;
};
TimeStampRequest time_stamp_request(ByteView signature);

/// The token of a reply, for cms_of. Problems "crypto.time_stamp_refused", "crypto.time_stamp_broken" (no reply, or
/// not to this request).
Result<Bytes> time_stamp_token(ByteView reply, const TimeStampRequest& request, ByteView signature);

/// When a token says the signature existed; nothing unless its own signature, its subject and its chain hold at that
/// time.
std::optional<Instant> proven_time(ByteView token, ByteView signature, const Trust& trust);

}  // namespace thien_an::crypto

#pragma once

#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/day.h"
#include "engine/base/result.h"
#include "engine/crypto/cms.h"
#include "engine/crypto/hash.h"
#include "engine/crypto/signer.h"
#include "engine/documents/paper.h"

/// PAdES baseline signatures (ETSI EN 319 142-1, B-B) by incremental update: a later signature keeps the earlier ones.
namespace thien_an::documents {

/// The PDF with an empty form field at every place: signature fields for signatures and seals, text fields for fields.
/// To be done once, before the first signature. Problems "documents.not_a_pdf", "documents.has_fields".
Result<Bytes> with_fields(ByteView pdf, const std::vector<Place>& places);

/// The places of a PDF made by with_fields, read back from its fields. Problem "documents.not_a_pdf".
Result<std::vector<Place>> places_of(ByteView pdf);
/// Whether a field is signed already. False for what is no PDF.
bool has_signatures(ByteView pdf);

/// Text for a reserved field, set as its place says.
struct FieldText {
    std::string field;
    std::string text;
    double size = 13;
    bool bold = false;
    bool italic = false;
};

struct SignatureRequest {
    std::string field;  ///< Of with_fields; must be there and empty.
    Instant at;         ///< Claimed time of signing, /M.
    std::string name;   ///< Who signs, as shown by readers.
    std::string reason = {};
    std::string location = {};
    Bytes appearance = {};               ///< One small page (appearance.h); empty: nothing is shown.
    std::vector<FieldText> fields = {};  ///< Filled and closed in the same update.
    bool certifies =
        false;  ///< First signature: later only fields may be filled and signatures added (DocMDP 2).
    std::size_t cms_bytes_max = 8192;
};

/// A PDF that lacks only the CMS.
struct PreparedSignature {
    Bytes pdf;
    std::size_t hole = 0;       ///< Offset of the '<' of /Contents.
    std::size_t hole_size = 0;  ///< With both angle brackets.
    crypto::Sha256 digest{};    ///< Of all bytes outside the hole: what the CMS signs.
};

/// Problems "documents.not_a_pdf", "documents.no_such_field", "documents.field_taken" (signed or filled already),
/// "documents.already_signed" (a certifying signature must be the first).
Result<PreparedSignature> prepare_signature(ByteView pdf, const SignatureRequest& request);

/// Problem "documents.cms_too_large".
Result<Bytes> finish_signature(PreparedSignature prepared, ByteView cms);

/// All at once with a key that is at hand; with `stamp` at level B-T. Also the Problems of crypto::sign_detached.
Result<Bytes> sign_pdf(
    ByteView pdf,
    const SignatureRequest& request,
    const crypto::Signer& signer,
    const crypto::TimeStamper& stamp = {}
);

}  // namespace thien_an::documents

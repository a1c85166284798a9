#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "engine/documents/pades.h"
#include "engine/documents/pdf_verify.h"

/// Whatever the bytes, verifying ends in a report, nothing is valid without a trusted root, and what can be read as a
/// PDF can be given fields or refused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an;
    const ByteView pdf{bytes, size};
    const auto report = documents::verify_pdf(pdf, crypto::Trust{}, Instant{}, {.bytes_max = 1 << 20});
    if (report.valid()) __builtin_trap();
    const documents::SignatureRequest request{.field = "signer", .at = Instant{}, .name = "x"};
    const auto prepared = documents::prepare_signature(pdf, request);
    if (prepared && !std::equal(pdf.begin(), pdf.end(), prepared.value().pdf.begin())) __builtin_trap();
    return 0;
}

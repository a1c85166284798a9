#include <cstddef>
#include <cstdint>

#include "engine/crypto/certificate.h"
#include "engine/crypto/cms.h"

/// Whatever the bytes, a signature is judged without a crash, and a certificate that is no certificate is broken.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an;
    const ByteView all{bytes, size};
    const auto report = crypto::check_detached(all, bytes_of("content"));
    if (report.genuine && !report.readable) __builtin_trap();
    crypto::about_certificate(all);
    if (crypto::check_chain(all, report.others, crypto::Trust{}, Instant{}) == crypto::ChainState::good)
        __builtin_trap();
    return 0;
}

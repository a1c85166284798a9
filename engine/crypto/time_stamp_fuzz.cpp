#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/crypto/certificate.h"
#include "engine/crypto/time_stamp.h"

/// Whatever a time stamp service sends, no time is proven without a trusted root, and PEM is read or passed over.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an;
    const ByteView all{bytes, size};
    static const auto request = crypto::time_stamp_request(bytes_of("a signature"));
    // A token would have to be signed over our nonce: chance does not make one.
    if (crypto::time_stamp_token(all, request, bytes_of("a signature"))) std::abort();
    if (crypto::proven_time(all, bytes_of("a signature"), crypto::Trust{})) std::abort();
    for (const auto& der : crypto::certificates_from_pem({reinterpret_cast<const char*>(bytes), size}))
        if (!crypto::about_certificate(der)) std::abort();
    return 0;
}

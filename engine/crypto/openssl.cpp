#include "engine/crypto/openssl.h"

#include <openssl/err.h>

namespace thien_an::crypto {

void throw_openssl(const char* what)
{
    std::string text = std::string(what) + ":";
    while (const unsigned long code = ERR_get_error()) {
        std::array<char, 256> line{};
        ERR_error_string_n(code, line.data(), line.size());
        text += std::string(" ") + line.data();
    }
    throw CryptoError(text);
}

OwnedCertificate certificate_from(ByteView der)
{
    const unsigned char* at = der.data();
    OwnedCertificate certificate{d2i_X509(nullptr, &at, long(der.size()))};
    if (certificate && at != der.data() + der.size()) certificate.reset();
    ERR_clear_error();
    return certificate;
}

}  // namespace thien_an::crypto

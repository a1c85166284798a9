#pragma once

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "engine/base/bytes.h"

/// Inside of engine/crypto and of the signing half of engine/documents: OpenSSL's objects with owners.
namespace thien_an::crypto {

/// OpenSSL refused something that cannot fail for a reason the person asking could mend.
struct CryptoError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Throws CryptoError with OpenSSL's reason.
[[noreturn]] void throw_openssl(const char* what);

/// `ok` as OpenSSL answers it: 1 is success.
inline void must(int ok, const char* what)
{
    if (ok != 1) throw_openssl(what);
}

template <auto Free>
struct Release {
    template <typename T>
    void operator()(T* object) const
    {
        Free(object);
    }
};
template <typename T, auto Free>
using Owned = std::unique_ptr<T, Release<Free>>;

using OwnedKey = Owned<EVP_PKEY, EVP_PKEY_free>;
using OwnedKeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using OwnedDigest = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using OwnedCipher = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using OwnedCertificate = Owned<X509, X509_free>;
using OwnedBio = Owned<BIO, BIO_free_all>;
using OwnedCms = Owned<CMS_ContentInfo, CMS_ContentInfo_free>;
using OwnedStore = Owned<X509_STORE, X509_STORE_free>;
using OwnedNumber = Owned<BIGNUM, BN_free>;

/// `object`, or CryptoError when it is null.
template <typename T>
T* made(T* object, const char* what)
{
    if (object == nullptr) throw_openssl(what);
    return object;
}

/// DER of an object with an i2d function; `i2d` is called as OpenSSL wants it.
template <typename T>
Bytes der_of(const T* object, int (*i2d)(const T*, unsigned char**))
{
    const int size = i2d(object, nullptr);
    if (size < 0) throw_openssl("der");
    Bytes out(std::size_t(size), 0);
    unsigned char* at = out.data();
    i2d(object, &at);
    return out;
}

/// Null when the bytes are no certificate or have more behind it.
OwnedCertificate certificate_from(ByteView der);

}  // namespace thien_an::crypto

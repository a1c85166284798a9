#include "engine/crypto/signer.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "engine/crypto/hash.h"
#include "engine/crypto/signing_key.h"

namespace thien_an::crypto {
namespace {

/// The key is bound to its certificate: put beside another one it does not open.
ColumnPlace place_of(ByteView certificate)
{
    const auto print = sha256(certificate);
    std::int64_t row = 0;
    for (std::size_t i = 0; i < 8; ++i) row = row << 8 | print[i];
    return {"signing_key", "private_key", row};
}

class ServerSigner : public Signer {
public:
    ServerSigner(Credential credential, OwnedKey key)
        : credential_(std::move(credential)), key_(std::move(key))
    {
    }

    const Bytes& certificate() const override { return credential_.certificate; }
    const std::vector<Bytes>& chain() const override { return credential_.chain; }
    SignatureKind kind() const override { return kind_of(key_.get()); }
    Result<Bytes> sign(ByteView message) const override { return sign_with(key_.get(), message); }

private:
    Credential credential_;
    OwnedKey key_;
};

}  // namespace

SignatureKind kind_of(EVP_PKEY* key)
{
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC ? SignatureKind::ecdsa_sha256 : SignatureKind::rsa_sha256;
}

Bytes sign_with(EVP_PKEY* key, ByteView message)
{
    const OwnedDigest context{made(EVP_MD_CTX_new(), "sign")};
    must(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key), "sign");
    std::size_t size = 0;
    must(EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()), "sign");
    Bytes out(size);
    must(EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()), "sign");
    out.resize(size);
    return out;
}

Credential sealed_credential(
    const KeyRing& ring, Bytes certificate, std::vector<Bytes> chain, const EVP_PKEY* key
)
{
    auto der = der_of(key, i2d_PrivateKey);
    auto sealed = ring.seal_column(place_of(certificate), text_of(der));
    OPENSSL_cleanse(der.data(), der.size());
    return {std::move(certificate), std::move(chain), std::move(sealed)};
}

Result<Bytes> opened_key(const KeyRing& ring, const Credential& credential)
{
    const auto der = TRY(ring.open_column(place_of(credential.certificate), credential.sealed_key));
    return Bytes(der.begin(), der.end());
}

Result<std::unique_ptr<Signer>> server_signer(const KeyRing& ring, Credential credential)
{
    auto der = TRY(opened_key(ring, credential));
    const auto* at = der.data();
    OwnedKey key{d2i_AutoPrivateKey(nullptr, &at, long(der.size()))};
    OPENSSL_cleanse(der.data(), der.size());
    const auto certificate = certificate_from(credential.certificate);
    const bool fits = key && certificate && X509_check_private_key(certificate.get(), key.get()) == 1;
    ERR_clear_error();
    if (!fits) return Problem{.code = "crypto.key_not_of_certificate"};
    return std::unique_ptr<Signer>(std::make_unique<ServerSigner>(std::move(credential), std::move(key)));
}

}  // namespace thien_an::crypto

#include "engine/crypto/cipher.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>

#include "engine/crypto/openssl.h"
#include "engine/crypto/random.h"

namespace thien_an::crypto {
namespace {

const EVP_CIPHER* aes_gcm()
{
    static const EVP_CIPHER* const cipher = made(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), "cipher");
    return cipher;
}

OwnedCipher started(const Secret& key, ByteView nonce, ByteView associated, int encrypt)
{
    if (nonce.size() != nonce_bytes) throw std::logic_error("a nonce has 12 bytes");
    OwnedCipher context{made(EVP_CIPHER_CTX_new(), "cipher")};
    must(
        EVP_CipherInit_ex2(context.get(), aes_gcm(), key.bytes().data(), nonce.data(), encrypt, nullptr),
        "cipher"
    );
    int size = 0;
    must(
        EVP_CipherUpdate(context.get(), nullptr, &size, associated.data(), int(associated.size())), "cipher"
    );
    return context;
}

using OwnedKdf = Owned<EVP_KDF, EVP_KDF_free>;
using OwnedKdfContext = Owned<EVP_KDF_CTX, EVP_KDF_CTX_free>;

OSSL_PARAM octets(const char* name, ByteView bytes)
{
    return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

Secret::Secret(ByteView bytes)
{
    if (bytes.size() != key_bytes) throw std::logic_error("a secret has 32 bytes");
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

Secret::~Secret() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

Secret Secret::random() { return Secret(random_bytes(key_bytes)); }

Bytes seal(const Secret& key, ByteView nonce, ByteView plain, ByteView associated)
{
    const auto context = started(key, nonce, associated, 1);
    Bytes out(plain.size() + tag_bytes);
    int size = 0;
    if (!plain.empty()) {
        must(EVP_CipherUpdate(context.get(), out.data(), &size, plain.data(), int(plain.size())), "seal");
    }
    must(EVP_CipherFinal_ex(context.get(), out.data() + size, &size), "seal");
    must(
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, int(tag_bytes), out.data() + plain.size()),
        "seal"
    );
    return out;
}

std::optional<Bytes> unseal(const Secret& key, ByteView nonce, ByteView sealed, ByteView associated)
{
    if (sealed.size() < tag_bytes || nonce.size() != nonce_bytes) return std::nullopt;
    const auto context = started(key, nonce, associated, 0);
    const auto body = sealed.first(sealed.size() - tag_bytes);
    Bytes tag(sealed.end() - tag_bytes, sealed.end());
    Bytes out(body.size());
    int size = 0;
    if (!body.empty()) {
        must(EVP_CipherUpdate(context.get(), out.data(), &size, body.data(), int(body.size())), "unseal");
    }
    must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, int(tag_bytes), tag.data()), "unseal");
    std::uint8_t none = 0;
    if (EVP_CipherFinal_ex(context.get(), out.empty() ? &none : out.data() + out.size(), &size) != 1)
        return std::nullopt;
    return out;
}

Bytes seal_with_nonce(const Secret& key, ByteView plain, ByteView associated)
{
    Bytes out = random_bytes(nonce_bytes);
    const auto body = seal(key, out, plain, associated);
    out.insert(out.end(), body.begin(), body.end());
    return out;
}

std::optional<Bytes> unseal_with_nonce(const Secret& key, ByteView sealed, ByteView associated)
{
    if (sealed.size() < nonce_bytes + tag_bytes) return std::nullopt;
    return unseal(key, sealed.first(nonce_bytes), sealed.subspan(nonce_bytes), associated);
}

Secret derived(ByteView key, std::string_view info)
{
    OwnedKdf kdf{made(EVP_KDF_fetch(nullptr, "HKDF", nullptr), "hkdf")};
    OwnedKdfContext context{made(EVP_KDF_CTX_new(kdf.get()), "hkdf")};
    std::array<char, 7> digest{"SHA256"};
    const std::array<OSSL_PARAM, 4> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
        octets(OSSL_KDF_PARAM_KEY, key),
        octets(OSSL_KDF_PARAM_INFO, bytes_of(info)),
        OSSL_PARAM_construct_end()};
    std::array<std::uint8_t, key_bytes> out{};
    must(EVP_KDF_derive(context.get(), out.data(), out.size(), parameters.data()), "hkdf");
    const Secret secret{out};
    OPENSSL_cleanse(out.data(), out.size());
    return secret;
}

}  // namespace thien_an::crypto

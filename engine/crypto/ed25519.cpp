#include "engine/crypto/ed25519.h"

#include <openssl/err.h>

#include "engine/crypto/openssl.h"

namespace thien_an::crypto {
namespace {

OwnedKey private_key(const Secret& seed)
{
    return OwnedKey{made(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.bytes().data(), key_bytes), "ed25519"
    )};
}

}  // namespace

Ed25519Public ed25519_public(const Secret& seed)
{
    const auto key = private_key(seed);
    Ed25519Public out{};
    std::size_t size = out.size();
    must(EVP_PKEY_get_raw_public_key(key.get(), out.data(), &size), "ed25519");
    return out;
}

Ed25519Signature ed25519_sign(const Secret& seed, ByteView message)
{
    const auto key = private_key(seed);
    const OwnedDigest context{made(EVP_MD_CTX_new(), "ed25519")};
    must(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()), "ed25519");
    Ed25519Signature out{};
    std::size_t size = out.size();
    must(EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()), "ed25519");
    return out;
}

bool ed25519_verify(ByteView public_key, ByteView message, ByteView signature)
{
    const OwnedKey key{
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, public_key.data(), public_key.size())};
    const OwnedDigest context{made(EVP_MD_CTX_new(), "ed25519")};
    const bool good =
        key && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
        EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) ==
            1;
    ERR_clear_error();
    return good;
}

}  // namespace thien_an::crypto

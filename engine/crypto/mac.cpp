#include "engine/crypto/mac.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "engine/crypto/openssl.h"

namespace thien_an::crypto {
namespace {

using OwnedMac = Owned<EVP_MAC_CTX, EVP_MAC_CTX_free>;

EVP_MAC* algorithm()
{
    static EVP_MAC* const hmac = made(EVP_MAC_fetch(nullptr, "HMAC", nullptr), "hmac");
    return hmac;
}

}  // namespace

struct HmacSha256::State {
    OwnedMac keyed{made(EVP_MAC_CTX_new(algorithm()), "hmac")};
};

HmacSha256::HmacSha256(ByteView key) : state_(std::make_unique<State>())
{
    char digest[] = "SHA2-256";
    const std::array parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    // An empty key is legal for HMAC, a null pointer is not.
    static constexpr std::uint8_t nothing = 0;
    const auto* bytes = key.empty() ? &nothing : key.data();
    must(EVP_MAC_init(state_->keyed.get(), bytes, key.size(), parameters.data()), "hmac");
}

HmacSha256::~HmacSha256() = default;
HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;

Sha256 HmacSha256::of(ByteView message) const
{
    const OwnedMac context{made(EVP_MAC_CTX_dup(state_->keyed.get()), "hmac")};
    must(EVP_MAC_update(context.get(), message.data(), message.size()), "hmac");
    Sha256 out;
    std::size_t size = 0;
    must(EVP_MAC_final(context.get(), out.data(), &size, out.size()), "hmac");
    return out;
}

}  // namespace thien_an::crypto

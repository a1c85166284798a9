#include "engine/crypto/hash.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "engine/crypto/mac.h"
#include "engine/crypto/openssl.h"

namespace thien_an::crypto {
namespace {

template <typename Digest>
const EVP_MD* algorithm()
{
    // Fetched once: EVP_sha256() looks the provider up at every use.
    static const EVP_MD* const md = made(
        EVP_MD_fetch(nullptr, std::is_same_v<Digest, Sha256> ? "SHA2-256" : "SHA2-512", nullptr), "digest"
    );
    return md;
}

template <typename Digest>
Digest digest(ByteView bytes)
{
    Digest out;
    must(EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, algorithm<Digest>(), nullptr), "digest");
    return out;
}

}  // namespace

Sha256 sha256(ByteView bytes) { return digest<Sha256>(bytes); }
Sha512 sha512(ByteView bytes) { return digest<Sha512>(bytes); }

Sha256 hmac_sha256(ByteView key, ByteView message) { return HmacSha256(key).of(message); }

bool equal_constant_time(ByteView a, ByteView b)
{
    const auto longer = std::max(a.size(), b.size());
    unsigned different = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < longer; ++i) {
        const unsigned left = i < a.size() ? a[i] : 0;
        const unsigned right = i < b.size() ? b[i] : 0;
        different |= left ^ right;
    }
    return different == 0;
}

template <typename Digest>
struct Hasher<Digest>::State {
    OwnedDigest context{made(EVP_MD_CTX_new(), "digest")};
    void start() { must(EVP_DigestInit_ex2(context.get(), algorithm<Digest>(), nullptr), "digest"); }
};

template <typename Digest>
Hasher<Digest>::Hasher() : state_(std::make_unique<State>())
{
    state_->start();
}

template <typename Digest>
Hasher<Digest>::~Hasher() = default;
template <typename Digest>
Hasher<Digest>::Hasher(Hasher&&) noexcept = default;
template <typename Digest>
Hasher<Digest>& Hasher<Digest>::operator=(Hasher&&) noexcept = default;

template <typename Digest>
void Hasher<Digest>::update(ByteView bytes)
{
    must(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()), "digest");
}

template <typename Digest>
Digest Hasher<Digest>::finish()
{
    Digest out;
    must(EVP_DigestFinal_ex(state_->context.get(), out.data(), nullptr), "digest");
    state_->start();
    return out;
}

template class Hasher<Sha256>;
template class Hasher<Sha512>;

}  // namespace thien_an::crypto

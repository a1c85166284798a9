#include "engine/storage/sha256.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace thien_an::storage {
namespace {

void require(int success)
{
    if (success != 1) throw std::runtime_error("libcrypto refused SHA-256");
}

}  // namespace

Bytes sha256(ByteView bytes)
{
    RunningSha256 sum;
    sum.add(bytes);
    return sum.finish();
}

RunningSha256::RunningSha256() : context_(EVP_MD_CTX_new())
{
    require(context_ != nullptr ? EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) : 0);
}

void RunningSha256::add(ByteView bytes)
{
    require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

Bytes RunningSha256::finish()
{
    Bytes sum(32);
    require(EVP_DigestFinal_ex(context_.get(), sum.data(), nullptr));
    return sum;
}

void RunningSha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

}  // namespace thien_an::storage

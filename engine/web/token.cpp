#include "engine/web/token.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace thien_an::web {

std::string random_token()
{
    std::array<std::uint8_t, 16> bytes{};
    if (RAND_bytes(bytes.data(), int(bytes.size())) != 1) throw std::runtime_error("no randomness");
    return base64url(bytes);
}

TokenMaker::TokenMaker(Bytes key) : key_(std::move(key))
{
    if (key_.size() < 32) throw std::invalid_argument("the key of the web door needs 32 bytes");
}

std::string TokenMaker::mac(std::string_view purpose, std::string_view text) const
{
    const std::string message = std::string(purpose) + '\0' + std::string(text);
    std::array<std::uint8_t, 32> out{};
    unsigned size = 0;
    const auto bytes = bytes_of(message);
    if (HMAC(EVP_sha256(), key_.data(), int(key_.size()), bytes.data(), bytes.size(), out.data(), &size) ==
        nullptr)
        throw std::runtime_error("HMAC failed");
    return base64url(ByteView(out).first(24));
}

std::string TokenMaker::new_visitor() const
{
    const auto id = random_token();
    return id + "." + mac("visitor", id);
}

std::string TokenMaker::visitor_in(std::string_view cookie) const
{
    const auto dot = cookie.find('.');
    if (dot == std::string_view::npos || dot > 64) return "";
    const auto id = cookie.substr(0, dot);
    const auto signature = cookie.substr(dot + 1);
    const auto expected = mac("visitor", id);
    const bool ours = signature.size() == expected.size() &&
                      CRYPTO_memcmp(signature.data(), expected.data(), expected.size()) == 0;
    return ours ? std::string(id) : "";
}

std::string TokenMaker::csrf_for(std::string_view owner) const { return mac("csrf", owner); }

bool TokenMaker::csrf_matches(std::string_view owner, std::string_view sent) const
{
    const auto expected = csrf_for(owner);
    return sent.size() == expected.size() &&
           CRYPTO_memcmp(sent.data(), expected.data(), expected.size()) == 0;
}

}  // namespace thien_an::web

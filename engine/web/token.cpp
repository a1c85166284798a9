#include "engine/web/token.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace thien_an::web {
namespace {

constexpr std::size_t mac_bytes = 24;

/// In constant time.
bool same(const Bytes& a, const Bytes& b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

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

Bytes TokenMaker::mac(std::string_view purpose, std::string_view text) const
{
    const std::string message = std::string(purpose) + '\0' + std::string(text);
    std::array<std::uint8_t, 32> out{};
    unsigned size = 0;
    const auto bytes = bytes_of(message);
    if (HMAC(EVP_sha256(), key_.data(), int(key_.size()), bytes.data(), bytes.size(), out.data(), &size) ==
        nullptr)
        throw std::runtime_error("HMAC failed");
    return {out.begin(), out.begin() + mac_bytes};
}

std::string TokenMaker::new_visitor() const
{
    const auto id = random_token();
    return id + "." + base64url(mac("visitor", id));
}

std::string TokenMaker::visitor_in(std::string_view cookie) const
{
    const auto dot = cookie.find('.');
    if (dot == std::string_view::npos || dot > 64 || cookie.size() > 128) return "";
    const auto id = cookie.substr(0, dot);
    const auto signature = from_base64(cookie.substr(dot + 1));
    return signature && same(*signature, mac("visitor", id)) ? std::string(id) : "";
}

std::string TokenMaker::csrf_for(std::string_view owner) const
{
    Bytes token(2 * mac_bytes);
    if (RAND_bytes(token.data(), int(mac_bytes)) != 1) throw std::runtime_error("no randomness");
    const auto secret = mac("csrf", owner);
    for (std::size_t i = 0; i < mac_bytes; ++i) token[mac_bytes + i] = token[i] ^ secret[i];
    return base64url(token);
}

bool TokenMaker::csrf_matches(std::string_view owner, std::string_view sent) const
{
    const auto token = sent.size() > 128 ? std::nullopt : from_base64(sent);
    if (!token || token->size() != 2 * mac_bytes) return false;
    Bytes secret(mac_bytes);
    for (std::size_t i = 0; i < mac_bytes; ++i) secret[i] = (*token)[i] ^ (*token)[mac_bytes + i];
    return same(secret, mac("csrf", owner));
}

}  // namespace thien_an::web

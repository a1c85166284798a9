#include "engine/crypto/random.h"

#include <openssl/rand.h>

#include "engine/crypto/openssl.h"

namespace thien_an::crypto {
namespace {

/// `count` members of `alphabet`, each equally likely: bytes that would favour the first members are drawn again.
std::string drawn(std::size_t count, std::string_view alphabet)
{
    const std::size_t fair = 256 / alphabet.size() * alphabet.size();
    std::string out;
    while (out.size() < count) {
        for (const auto byte : random_bytes(count - out.size() + 8)) {
            if (byte < fair && out.size() < count) out += alphabet[byte % alphabet.size()];
        }
    }
    return out;
}

}  // namespace

Bytes random_bytes(std::size_t count)
{
    Bytes out(count);
    must(RAND_bytes(out.data(), int(count)), "random");
    return out;
}

std::string random_digits(std::size_t count) { return drawn(count, "0123456789"); }

std::string random_token(std::size_t bytes)
{
    if (bytes < 16) throw std::logic_error("a token under 128 bits can be guessed");
    return base64url(random_bytes(bytes));
}

std::string random_readable(std::size_t letters) { return drawn(letters, "23456789ABCDEFGHJKMNPQRSTVWXYZ"); }

}  // namespace thien_an::crypto

#include "engine/crypto/der.h"

#include <algorithm>

#include "engine/crypto/openssl.h"

namespace thien_an::crypto::der {

Bytes wrap(std::uint8_t tag, ByteView content)
{
    Bytes out{tag};
    if (content.size() < 128) {
        out.push_back(std::uint8_t(content.size()));
    } else {
        Bytes size;
        for (auto left = content.size(); left > 0; left >>= 8) size.insert(size.begin(), std::uint8_t(left));
        out.push_back(std::uint8_t(0x80 | size.size()));
        out.insert(out.end(), size.begin(), size.end());
    }
    out.insert(out.end(), content.begin(), content.end());
    return out;
}

Bytes sequence(std::initializer_list<ByteView> parts)
{
    Bytes content;
    for (const auto part : parts) content.insert(content.end(), part.begin(), part.end());
    return wrap(0x30, content);
}

Bytes set_of(std::vector<Bytes> parts)
{
    std::sort(parts.begin(), parts.end());
    Bytes content;
    for (const auto& part : parts) content.insert(content.end(), part.begin(), part.end());
    return wrap(0x31, content);
}

Bytes object_id(const char* dotted)
{
    const Owned<ASN1_OBJECT, ASN1_OBJECT_free> object{made(OBJ_txt2obj(dotted, 1), "object id")};
    return der_of<ASN1_OBJECT>(object.get(), i2d_ASN1_OBJECT);
}

Bytes small_integer(std::uint8_t number) { return wrap(0x02, Bytes{number}); }

Bytes octets(ByteView content) { return wrap(0x04, content); }

Bytes null() { return {0x05, 0x00}; }

std::size_t element_size(ByteView bytes)
{
    if (bytes.size() < 2) return 0;
    std::size_t head = 2;
    std::size_t size = bytes[1];
    if (size >= 0x80) {
        const std::size_t count = size & 0x7f;
        if (count == 0 || count > 4 || bytes.size() < 2 + count) return 0;
        size = 0;
        for (std::size_t i = 0; i < count; ++i) size = size << 8 | bytes[2 + i];
        head += count;
    }
    return size <= bytes.size() - head ? head + size : 0;
}

}  // namespace thien_an::crypto::der

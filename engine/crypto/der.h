#pragma once

#include <string_view>

#include "engine/base/bytes.h"

/// Writing ASN.1 in DER, as far as CMS needs it.
namespace thien_an::crypto::der {

Bytes wrap(std::uint8_t tag, ByteView content);
Bytes sequence(std::initializer_list<ByteView> parts);
/// SET OF: the parts in ascending order of their bytes, as DER demands.
Bytes set_of(std::vector<Bytes> parts);
Bytes object_id(const char* dotted);
Bytes small_integer(std::uint8_t number);
Bytes octets(ByteView content);
Bytes null();
/// Size of the element at the start of `bytes`, head included; 0 when the head is no definite DER length within `bytes`.
std::size_t element_size(ByteView bytes);

}  // namespace thien_an::crypto::der

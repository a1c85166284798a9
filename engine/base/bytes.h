#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Bytes and their written forms.
namespace thien_an {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

ByteView bytes_of(std::string_view text);  ///< The same memory, seen as bytes.
std::string_view text_of(ByteView bytes);  ///< The same memory, seen as characters; no check of encoding.

std::string hex(ByteView bytes);  ///< Lower case.
std::optional<Bytes> from_hex(std::string_view text);
std::string base64(ByteView bytes);     ///< RFC 4648, padded.
std::string base64url(ByteView bytes);  ///< RFC 4648 section 5, not padded.
/// Takes base64 and base64url, padded or not; nothing for any other character.
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace thien_an

#pragma once

#include <string>

namespace thien_an::documents {

/// A QR code (ISO/IEC 18004, level M, byte mode, quiet zone of 4 modules) as an address for <img>: "data:image/svg+xml;base64,...",
/// black on white whatever the theme. Throws std::length_error for more than about 2,300 bytes.
std::string qr_picture(const std::string& text);

}  // namespace thien_an::documents

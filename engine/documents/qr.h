#pragma once

#include <string>

namespace thien_an::documents {

/// A QR code as an SVG path over a square of `side` units, the quiet zone of 4 modules included: black on white whatever the theme.
struct QrPicture {
    int side = 0;
    std::string path;  ///< "M4 4h1v1h-1z...": one unit square for each dark module.
};

/// ISO/IEC 18004, level M, byte mode. Throws std::length_error for more than about 2,300 bytes.
QrPicture qr_picture(const std::string& text);

}  // namespace thien_an::documents

#pragma once

#include <optional>
#include <string>
#include <vector>

/// QR codes (ISO/IEC 18004), for papers and for pages.
namespace thien_an::documents {

constexpr int qr_quiet = 4;  ///< Modules kept white around, as the standard asks.

struct QrCode {
    int width = 0;           ///< Modules in a row, without the quiet zone.
    std::vector<bool> dark;  ///< Row by row, width * width of them.

    bool at(int row, int column) const { return dark[std::size_t(row * width + column)]; }
};
/// Byte mode; `level` is "L", "M", "Q" or "H", anything else means M. Nothing when the text does not fit.
std::optional<QrCode> qr_code(const std::string& text, const std::string& level);

/// A QR code as an SVG path over a square of `side` units, the quiet zone included: black on white whatever the theme.
struct QrPicture {
    int side = 0;
    std::string path;  ///< "M4 4h1v1h-1z...": one unit square for each dark module.
};
/// Level M. Throws std::length_error for more than about 2,300 bytes.
QrPicture qr_picture(const std::string& text);

}  // namespace thien_an::documents

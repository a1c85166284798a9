#include "engine/documents/qr.h"

#include <fmt/format.h>
#include <qrencode.h>

#include <memory>
#include <stdexcept>

namespace thien_an::documents {

std::optional<QrCode> qr_code(const std::string& text, const std::string& level)
{
    const auto strength = level == "L"   ? QR_ECLEVEL_L
                          : level == "Q" ? QR_ECLEVEL_Q
                          : level == "H" ? QR_ECLEVEL_H
                                         : QR_ECLEVEL_M;
    const std::unique_ptr<QRcode, decltype([](QRcode* code) { QRcode_free(code); })> made{
        QRcode_encodeString8bit(text.c_str(), 0, strength)};
    if (!made) return std::nullopt;
    QrCode code{.width = made->width, .dark = {}};
    for (int i = 0; i < code.width * code.width; ++i) code.dark.push_back((made->data[i] & 1) != 0);
    return code;
}

QrPicture qr_picture(const std::string& text)
{
    const auto code = qr_code(text, "M");
    if (!code) throw std::length_error("a text too long for a QR code");
    QrPicture out{.side = code->width + 2 * qr_quiet, .path = ""};
    for (int row = 0; row < code->width; ++row)
        for (int column = 0; column < code->width; ++column)
            if (code->at(row, column))
                out.path += fmt::format("M{} {}h1v1h-1z", column + qr_quiet, row + qr_quiet);
    return out;
}

}  // namespace thien_an::documents

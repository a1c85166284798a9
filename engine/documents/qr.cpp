#include "engine/documents/qr.h"

#include <fmt/format.h>
#include <qrencode.h>

#include <memory>
#include <stdexcept>

namespace thien_an::documents {

QrPicture qr_picture(const std::string& text)
{
    constexpr int quiet = 4;
    const std::unique_ptr<QRcode, decltype([](QRcode* code) { QRcode_free(code); })> code{
        QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M)};
    if (!code) throw std::length_error("a text too long for a QR code");
    QrPicture out{.side = code->width + 2 * quiet, .path = ""};
    for (int row = 0; row < code->width; ++row)
        for (int column = 0; column < code->width; ++column)
            if ((code->data[row * code->width + column] & 1) != 0)
                out.path += fmt::format("M{} {}h1v1h-1z", column + quiet, row + quiet);
    return out;
}

}  // namespace thien_an::documents

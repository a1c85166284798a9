#include "engine/documents/qr.h"

#include <fmt/format.h>
#include <qrencode.h>

#include <memory>
#include <stdexcept>

#include "engine/base/bytes.h"

namespace thien_an::documents {

std::string qr_picture(const std::string& text)
{
    constexpr int quiet = 4;
    const std::unique_ptr<QRcode, decltype([](QRcode* code) { QRcode_free(code); })> code{
        QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M)};
    if (!code) throw std::length_error("a text too long for a QR code");
    std::string path;
    for (int row = 0; row < code->width; ++row)
        for (int column = 0; column < code->width; ++column)
            if ((code->data[row * code->width + column] & 1) != 0)
                path += fmt::format("M{} {}h1v1h-1z", column + quiet, row + quiet);
    const int side = code->width + 2 * quiet;
    const auto svg = fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" shape-rendering="crispEdges">)"
        R"(<path fill="#fff" d="M0 0h{0}v{0}H0z"/><path d="{1}"/></svg>)",
        side,
        path
    );
    return "data:image/svg+xml;base64," + base64(bytes_of(svg));
}

}  // namespace thien_an::documents

#pragma once

#include <pango/pangocairo.h>

#include <memory>
#include <string>
#include <vector>

/// Text set by Pango in points, without hinting: the same lines on screen, printer and in the PDF.
namespace thien_an::documents {

struct ReleaseObject {
    void operator()(void* object) const { g_object_unref(object); }
};
template <typename T>
using OwnedObject = std::unique_ptr<T, ReleaseObject>;

struct Color {
    double red = 0;
    double green = 0;
    double blue = 0;
};
Color color_of(const std::string& hex);  ///< "#rrggbb"; black for anything else.

/// Text of one look.
struct Run {
    std::string text;
    bool bold = false;
    bool italic = false;
    bool underline = false;
    bool value = false;  ///< Came from a value: drawn in form mode too.
    double width = 0;    ///< Of a reserved field, in points; its text is then one object character.
};

struct TextLook {
    double size = 13;
    std::string align = "left";
    double indent = 0;   ///< Points, first line.
    double spacing = 1;  ///< Factor of line height.
    Color color = {};
};

/// The one family papers are set in, metric-compatible with Times New Roman.
constexpr const char* paper_family = "Liberation Serif";

/// A context for text in points. Throws std::runtime_error when the family is not installed: another font would
/// break lines elsewhere without a word.
OwnedObject<PangoContext> text_context();

/// The runs laid out to `width` points.
OwnedObject<PangoLayout> laid_out(
    PangoContext* context, const std::vector<Run>& runs, const TextLook& look, double width
);

}  // namespace thien_an::documents

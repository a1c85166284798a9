#include "engine/documents/appearance.h"

#include <cairo-pdf.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "engine/base/vietnamese.h"
#include "engine/documents/paper_blocks.h"

namespace thien_an::documents {
namespace {

constexpr Color signature_blue{0.05, 0.15, 0.6};
constexpr Color seal_red{0.8, 0.05, 0.08};

/// A PDF of one page of `width` x `height` points, drawn by `draw(Canvas&, PangoContext*)`.
template <typename Draw>
Bytes small_page(double width, double height, Draw draw)
{
    Bytes pdf;
    auto append = [](void* closure, const unsigned char* data, unsigned int length) {
        auto& bytes = *static_cast<Bytes*>(closure);
        bytes.insert(bytes.end(), data, data + length);
        return CAIRO_STATUS_SUCCESS;
    };
    auto* surface = cairo_pdf_surface_create_for_stream(append, &pdf, width, height);
    // Nothing of this page's own data is taken over; a fixed date keeps equal looks equal.
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2016-01-01T00:00:00Z");
    Canvas canvas{.cairo = cairo_create(surface), .page_height = height};
    const auto context = text_context();
    draw(canvas, context.get());
    cairo_show_page(canvas.cairo);
    const auto status = cairo_status(canvas.cairo);
    cairo_destroy(canvas.cairo);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS) throw std::runtime_error(cairo_status_to_string(status));
    return pdf;
}

struct Measured {
    OwnedObject<PangoLayout> layout;
    double width = 0;
    double height = 0;
    double baseline = 0;
};

Measured measured(PangoContext* context, const TextLine& line)
{
    const Run run{.text = line.text, .bold = line.bold, .italic = line.italic};
    Measured out{laid_out(context, {run}, {.size = line.size}, 10000)};
    PangoRectangle logical;
    pango_layout_get_extents(out.layout.get(), nullptr, &logical);
    out.width = double(logical.width) / PANGO_SCALE;
    out.height = double(logical.height) / PANGO_SCALE;
    out.baseline = double(pango_layout_get_baseline(out.layout.get())) / PANGO_SCALE;
    return out;
}

/// The largest size up to `line.size` that fits into `width`.
Measured fitted(PangoContext* context, TextLine line, double width)
{
    auto out = measured(context, line);
    if (out.width > width) {
        line.size *= width / out.width;
        out = measured(context, line);
    }
    return out;
}

void show_centred(const Canvas& canvas, const Measured& text, double middle, double top)
{
    cairo_move_to(canvas.cairo, middle - text.width / 2, top + text.baseline);
    pango_cairo_show_layout_line(canvas.cairo, pango_layout_get_line_readonly(text.layout.get(), 0));
}

/// Where lines of text go: around `middle`, the last one ending at `bottom`.
struct LinesPlace {
    double middle;
    double bottom;
    double width;
    double size;
};

/// Lines one under another; the top they reach.
double lines_above(
    const Canvas& canvas, PangoContext* context, const std::vector<std::string>& lines, const LinesPlace& at
)
{
    double bottom = at.bottom;
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        const auto text = fitted(context, {.text = *line, .size = at.size}, at.width);
        bottom -= text.height;
        show_centred(canvas, text, at.middle, bottom);
    }
    return bottom;
}

/// The picture as large as fits, its shape kept. False when it is no PNG.
bool draw_picture(Canvas& canvas, const Bytes& png, double width, double height)
{
    if (png.empty()) return false;
    const auto shape = png_size(png);
    if (!shape) return false;
    const double scale = std::min(width / shape->first, height / shape->second);
    const Aligned at{width, shape->first * scale, shape->second * scale, "center"};
    image_block(png, at)->draw_piece(0, canvas, 0, (height - at.height) / 2);
    return true;
}

struct Letter {
    Measured text;
    double advance = 0;
};

/// Writes `text` along a circle around the centre. `upper`: clockwise over the top; else along the bottom, readable.
void along_circle(
    const Canvas& canvas,
    PangoContext* context,
    const std::string& text,
    double radius,
    double size,
    bool upper_arc
)
{
    std::vector<Letter> letters;
    double length = 0;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + 1;
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
        Letter letter{measured(context, {.text = text.substr(at, end - at), .size = size, .bold = true})};
        letter.advance = letter.text.width + 0.06 * size;
        length += letter.advance;
        letters.push_back(std::move(letter));
        at = end;
    }
    const double along = upper_arc ? radius : radius + 0.7 * size;
    double angle = (upper_arc ? -1 : 1) * length / along / 2;
    for (const auto& letter : letters) {
        const double half = letter.advance / along / 2;
        angle += upper_arc ? half : -half;
        cairo_save(canvas.cairo);
        cairo_rotate(canvas.cairo, angle);
        cairo_move_to(canvas.cairo, -letter.text.width / 2, upper_arc ? -radius : along);
        pango_cairo_show_layout_line(
            canvas.cairo, pango_layout_get_line_readonly(letter.text.layout.get(), 0)
        );
        cairo_restore(canvas.cairo);
        angle += upper_arc ? half : -half;
    }
}

void star(const Canvas& canvas, double radius)
{
    for (int i = 0; i < 10; ++i) {
        const double r = i % 2 == 0 ? radius : radius * 0.382;
        const double angle = -std::numbers::pi / 2 + i * std::numbers::pi / 5;
        (i == 0 ? cairo_move_to : cairo_line_to)(canvas.cairo, r * std::cos(angle), r * std::sin(angle));
    }
    cairo_close_path(canvas.cairo);
    cairo_fill(canvas.cairo);
}

void ring(const Canvas& canvas, double radius, double thickness)
{
    cairo_new_path(canvas.cairo);
    cairo_set_line_width(canvas.cairo, thickness);
    cairo_arc(canvas.cairo, 0, 0, radius, 0, 2 * std::numbers::pi);
    cairo_stroke(canvas.cairo);
}

/// Letters on the arc get smaller until the name takes at most `share` of the circle.
double arc_size(PangoContext* context, const std::string& text, double radius, double wanted, double share)
{
    const double width = measured(context, {.text = text, .size = wanted, .bold = true}).width * 1.1;
    return std::min(wanted, wanted * share * 2 * std::numbers::pi * radius / std::max(1.0, width));
}

void draw_round_seal(const Canvas& canvas, PangoContext* context, const SealLook& look, double size)
{
    const double outer = size / 2 - 1;
    canvas.set_color(seal_red);
    ring(canvas, outer, size * 0.022);
    ring(canvas, outer - size * 0.035, size * 0.007);
    ring(canvas, outer * 0.62, size * 0.007);
    const auto name = upper(look.name);
    const auto place = upper(look.place);
    const double letters = size * 0.085;
    const double upper_size = arc_size(context, name, outer * 0.68, letters, place.empty() ? 0.85 : 0.56);
    along_circle(canvas, context, name, outer * 0.66, upper_size, true);
    if (!place.empty()) {
        along_circle(
            canvas, context, place, outer * 0.66, arc_size(context, place, outer * 0.68, letters, 0.3), false
        );
    }
    cairo_save(canvas.cairo);
    cairo_translate(canvas.cairo, 0, look.lines.empty() ? 0 : -outer * 0.16);
    star(canvas, outer * (look.lines.empty() ? 0.36 : 0.26));
    cairo_restore(canvas.cairo);
    lines_above(canvas, context, look.lines, {0, outer * 0.45, outer * 1.02, size * 0.062});
}

}  // namespace

Bytes person_appearance(const PersonLook& look, double width, double height)
{
    return small_page(width, height, [&](Canvas& canvas, PangoContext* context) {
        canvas.set_color(signature_blue);
        const double top = lines_above(canvas, context, look.lines, {width / 2, height, width, 7.5});
        if (draw_picture(canvas, look.picture, width, top)) return;
        canvas.set_color(signature_blue);
        const auto name = fitted(context, {.text = look.name, .size = 22, .italic = true}, width * 0.92);
        const double middle = std::max(0.0, (top - name.height) / 2);
        show_centred(canvas, name, width / 2, middle);
        // A stroke under the name, as people end a signature.
        cairo_set_line_width(canvas.cairo, 0.8);
        cairo_move_to(canvas.cairo, (width - name.width) / 2, middle + name.height + 1);
        cairo_curve_to(
            canvas.cairo,
            width * 0.4,
            middle + name.height - 2,
            width * 0.6,
            middle + name.height + 4,
            (width + name.width) / 2 + 4,
            middle + name.height - 2
        );
        cairo_stroke(canvas.cairo);
    });
}

Bytes seal_appearance(const SealLook& look, double width, double height)
{
    return small_page(width, height, [&](Canvas& canvas, PangoContext* context) {
        if (draw_picture(canvas, look.picture, width, height)) return;
        cairo_translate(canvas.cairo, width / 2, height / 2);
        draw_round_seal(canvas, context, look, std::min(width, height));
    });
}

Bytes text_appearance(const TextLine& line, double width, double height)
{
    return small_page(width, height, [&](Canvas& canvas, PangoContext* context) {
        canvas.set_color({});
        const auto text = fitted(context, line, width);
        cairo_move_to(canvas.cairo, 0, height - line.size * 0.3);
        pango_cairo_show_layout_line(canvas.cairo, pango_layout_get_line_readonly(text.layout.get(), 0));
    });
}

}  // namespace thien_an::documents

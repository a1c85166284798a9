#include "engine/documents/typeset.h"

#include <cmath>
#include <stdexcept>

#include "engine/base/bytes.h"

namespace thien_an::documents {
namespace {

int units(double points) { return int(std::lround(points * PANGO_SCALE)); }

void add(PangoAttrList* list, PangoAttribute* attribute, std::size_t from, std::size_t to)
{
    attribute->start_index = guint(from);
    attribute->end_index = guint(to);
    pango_attr_list_insert(list, attribute);
}

/// Room in the line for a field that is filled later.
PangoAttribute* reserved(double width, double size)
{
    PangoRectangle room{0, units(-0.8 * size), units(width), units(size)};
    return pango_attr_shape_new(&room, &room);
}

void add_run(PangoAttrList* list, const Run& run, std::size_t from, double size)
{
    const std::size_t to = from + run.text.size();
    if (run.width > 0) {
        add(list, reserved(run.width, size), from, to);
        return;
    }
    if (run.bold) add(list, pango_attr_weight_new(PANGO_WEIGHT_BOLD), from, to);
    if (run.italic) add(list, pango_attr_style_new(PANGO_STYLE_ITALIC), from, to);
    if (run.underline) add(list, pango_attr_underline_new(PANGO_UNDERLINE_SINGLE), from, to);
    // Pango ends a glyph run where the colour changes; values and fixed text must not share one.
    if (run.value) add(list, pango_attr_foreground_alpha_new(65534), from, to);
}

void require_family(PangoContext* context)
{
    PangoFontDescription* description = pango_font_description_new();
    pango_font_description_set_family_static(description, paper_family);
    const OwnedObject<PangoFont> font{pango_context_load_font(context, description)};
    pango_font_description_free(description);
    PangoFontDescription* got = font ? pango_font_describe(font.get()) : nullptr;
    const bool same =
        got != nullptr && std::string_view(pango_font_description_get_family(got)) == paper_family;
    if (got != nullptr) pango_font_description_free(got);
    if (!same) throw std::runtime_error(std::string("font not installed: ") + paper_family);
}

/// One font map a thread: making one reads the font configuration anew.
PangoFontMap* font_map()
{
    thread_local const OwnedObject<PangoFontMap> map{
        pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT)};
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map.get()), 72);
    return map.get();
}

}  // namespace

Color color_of(const std::string& hex)
{
    const auto bytes = hex.size() == 7 ? from_hex(std::string_view(hex).substr(1)) : std::nullopt;
    if (!bytes) return {};
    return {(*bytes)[0] / 255.0, (*bytes)[1] / 255.0, (*bytes)[2] / 255.0};
}

OwnedObject<PangoContext> text_context()
{
    OwnedObject<PangoContext> context{pango_font_map_create_context(font_map())};
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context.get(), options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(context.get(), FALSE);
    pango_context_set_language(context.get(), pango_language_from_string("vi"));
    require_family(context.get());
    return context;
}

OwnedObject<PangoLayout> laid_out(
    PangoContext* context, const std::vector<Run>& runs, const TextLook& look, double width
)
{
    OwnedObject<PangoLayout> layout{pango_layout_new(context)};
    PangoFontDescription* description = pango_font_description_new();
    pango_font_description_set_family_static(description, paper_family);
    pango_font_description_set_absolute_size(description, look.size * PANGO_SCALE);
    pango_layout_set_font_description(layout.get(), description);
    pango_font_description_free(description);
    std::string text;
    PangoAttrList* attributes = pango_attr_list_new();
    for (const auto& run : runs) {
        add_run(attributes, run, text.size(), look.size);
        text += run.text;
    }
    pango_layout_set_text(layout.get(), text.data(), int(text.size()));
    pango_layout_set_attributes(layout.get(), attributes);
    pango_attr_list_unref(attributes);
    pango_layout_set_width(layout.get(), units(width));
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_indent(layout.get(), units(look.indent));
    if (look.spacing > 0 && look.spacing != 1)
        pango_layout_set_line_spacing(layout.get(), float(look.spacing));
    if (look.align == "center") pango_layout_set_alignment(layout.get(), PANGO_ALIGN_CENTER);
    if (look.align == "right") pango_layout_set_alignment(layout.get(), PANGO_ALIGN_RIGHT);
    if (look.align == "justify") pango_layout_set_justify(layout.get(), TRUE);
    return layout;
}

}  // namespace thien_an::documents

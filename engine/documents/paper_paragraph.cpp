#include <algorithm>

#include "engine/documents/paper_blocks.h"

namespace thien_an::documents {
namespace {

double points(int units) { return double(units) / PANGO_SCALE; }

/// Where a line lies within its layout.
struct LinePlace {
    double top = 0;
    double bottom = 0;
    double baseline = 0;
    double left = 0;
    double right = 0;
};

std::vector<LinePlace> places_of_lines(PangoLayout* layout)
{
    std::vector<LinePlace> lines;
    PangoLayoutIter* at = pango_layout_get_iter(layout);
    do {
        LinePlace line;
        int top = 0;
        int bottom = 0;
        PangoRectangle logical;
        pango_layout_iter_get_line_yrange(at, &top, &bottom);
        pango_layout_iter_get_line_extents(at, nullptr, &logical);
        line.top = points(top);
        line.bottom = points(bottom);
        line.baseline = points(pango_layout_iter_get_baseline(at));
        line.left = points(logical.x);
        line.right = points(logical.x + logical.width);
        lines.push_back(line);
    } while (pango_layout_iter_next_line(at) != FALSE);
    pango_layout_iter_free(at);
    return lines;
}

/// From the first to the last byte of a run of text.
struct Span {
    std::size_t from;
    std::size_t to;
};

class ParagraphBlock : public Block {
public:
    ParagraphBlock(PangoContext* context, ParagraphParts parts, double width)
        : parts_(std::move(parts)),
          width_(width - parts_.left),
          layout_(laid_out(context, parts_.runs, parts_.look, width_)),
          lines_(places_of_lines(layout_.get()))
    {
        std::size_t at = 0;
        for (const auto& run : parts_.runs) {
            if (run.value) values_.push_back({at, at + run.text.size()});
            if (run.width > 0) fields_.push_back({at, at + run.text.size()});
            at += run.text.size();
        }
        for (const auto& run : parts_.runs) {
            if (run.width > 0) field_runs_.push_back(run);
        }
    }

    std::size_t pieces() const override { return lines_.size(); }

    double piece_height(std::size_t piece) const override
    {
        const auto& line = lines_[piece];
        return line.bottom - line.top + (piece + 1 == lines_.size() && parts_.rule > 0 ? rule_room : 0);
    }

    void draw_piece(std::size_t piece, Canvas& canvas, double x, double y) const override
    {
        const auto& line = lines_[piece];
        const double left = x + parts_.left;
        const double baseline = y + line.baseline - line.top;
        canvas.set_color(parts_.look.color);
        auto* pango_line = pango_layout_get_line_readonly(layout_.get(), int(piece));
        if (canvas.fixed_parts()) {
            cairo_move_to(canvas.cairo, left + line.left, baseline);
            pango_cairo_show_layout_line(canvas.cairo, pango_line);
        } else {
            draw_values(pango_line, canvas, left + line.left, baseline);
        }
        draw_fields(piece, canvas, left, baseline);
        if (piece + 1 != lines_.size() || !canvas.fixed_parts()) return;
        if (parts_.leader) draw_leader(canvas, left, baseline);
        if (parts_.rule > 0) draw_rule(canvas, left, y + line.bottom - line.top + rule_room / 2);
    }

private:
    static constexpr double rule_room = 4;

    bool from_value(std::size_t byte) const
    {
        return std::ranges::any_of(values_, [byte](Span s) { return s.from <= byte && byte < s.to; });
    }

    void draw_values(PangoLayoutLine* line, const Canvas& canvas, double x, double baseline) const
    {
        const char* text = pango_layout_get_text(layout_.get());
        for (GSList* node = line->runs; node != nullptr; node = node->next) {
            auto* run = static_cast<PangoGlyphItem*>(node->data);
            if (from_value(std::size_t(run->item->offset))) {
                cairo_move_to(canvas.cairo, x, baseline);
                pango_cairo_show_glyph_item(canvas.cairo, text, run);
            }
            x += points(pango_glyph_string_get_width(run->glyphs));
        }
    }

    void draw_fields(std::size_t piece, Canvas& canvas, double left, double baseline) const
    {
        for (std::size_t i = 0; i < fields_.size(); ++i) {
            int line = 0;
            pango_layout_index_to_line_x(layout_.get(), int(fields_[i].from), FALSE, &line, nullptr);
            if (std::size_t(line) != piece || !canvas.fixed_parts()) continue;
            PangoRectangle at;
            pango_layout_index_to_pos(layout_.get(), int(fields_[i].from), &at);
            const double size = parts_.look.size;
            const auto& run = field_runs_[i];
            canvas.places.push_back({
                .kind = PlaceKind::field,
                .name = parts_.fields[i].first,
                .page = canvas.page,
                .where = canvas.on_page(left + points(at.x), baseline - 0.9 * size, run.width, 1.2 * size),
                .text_size = size,
                .bold = run.bold,
                .italic = run.italic,
            });
            if (canvas.use == PaperUse::preview)
                draw_sample(canvas, parts_.fields[i].second, run, left + points(at.x), baseline);
        }
    }

    void draw_sample(
        const Canvas& canvas, const std::string& sample, const Run& field, double x, double baseline
    ) const
    {
        const Run run{.text = sample, .bold = field.bold, .italic = field.italic};
        TextLook look = parts_.look;
        look.align = "left";
        look.indent = 0;
        const auto layout = laid_out(pango_layout_get_context(layout_.get()), {run}, look, 10 * field.width);
        cairo_move_to(canvas.cairo, x, baseline);
        pango_cairo_show_layout_line(canvas.cairo, pango_layout_get_line_readonly(layout.get(), 0));
    }

    void draw_leader(const Canvas& canvas, double left, double baseline) const
    {
        const double from = left + lines_.back().right + 2;
        if (from >= left + width_ - 3) return;
        constexpr std::array pattern{0.0, 3.0};
        cairo_save(canvas.cairo);
        cairo_set_line_cap(canvas.cairo, CAIRO_LINE_CAP_ROUND);
        cairo_set_line_width(canvas.cairo, 0.9);
        cairo_set_dash(canvas.cairo, pattern.data(), int(pattern.size()), 0);
        cairo_move_to(canvas.cairo, from, baseline);
        cairo_line_to(canvas.cairo, left + width_, baseline);
        cairo_stroke(canvas.cairo);
        cairo_restore(canvas.cairo);
    }

    void draw_rule(const Canvas& canvas, double left, double y) const
    {
        double from = width_;
        double to = 0;
        for (const auto& line : lines_) {
            from = std::min(from, line.left);
            to = std::max(to, line.right);
        }
        const double length = (to - from) * parts_.rule;
        const double middle = left + (from + to) / 2;
        cairo_set_line_width(canvas.cairo, 0.7);
        cairo_move_to(canvas.cairo, middle - length / 2, y);
        cairo_line_to(canvas.cairo, middle + length / 2, y);
        cairo_stroke(canvas.cairo);
    }

    ParagraphParts parts_;
    double width_;
    OwnedObject<PangoLayout> layout_;
    std::vector<LinePlace> lines_;
    std::vector<Span> values_;
    std::vector<Span> fields_;
    std::vector<Run> field_runs_;
};

}  // namespace

std::unique_ptr<Block> paragraph_block(PangoContext* context, ParagraphParts parts, double width)
{
    return std::make_unique<ParagraphBlock>(context, std::move(parts), width);
}

}  // namespace thien_an::documents

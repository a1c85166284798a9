#include "engine/documents/paper_blocks.h"

#include <algorithm>
#include <cstring>

#include "engine/documents/qr.h"

namespace thien_an::documents {
namespace {

class TableBlock : public Block {
public:
    explicit TableBlock(TableParts parts) : parts_(std::move(parts)) {}

    std::size_t pieces() const override { return parts_.rows.size(); }

    double piece_height(std::size_t piece) const override
    {
        double tallest = 0;
        for (const auto& cell : parts_.rows[piece].cells) tallest = std::max(tallest, cell.content.height());
        return tallest + 2 * parts_.padding;
    }

    std::size_t repeated() const override
    {
        std::size_t count = 0;
        while (count < parts_.rows.size() && parts_.rows[count].header) ++count;
        return count < parts_.rows.size() ? count : 0;
    }

    void draw_piece(std::size_t piece, Canvas& canvas, double x, double y) const override
    {
        const double height = piece_height(piece);
        for (const auto& cell : parts_.rows[piece].cells) draw_cell(cell, height, canvas, x, y);
        if (parts_.border != "rows" || !canvas.fixed_parts()) return;
        canvas.set_color({});
        cairo_set_line_width(canvas.cairo, 0.5);
        cairo_move_to(canvas.cairo, x, y + height);
        cairo_line_to(canvas.cairo, x + parts_.width, y + height);
        cairo_stroke(canvas.cairo);
    }

private:
    void draw_cell(const TableCell& cell, double height, Canvas& canvas, double x, double y) const
    {
        if (parts_.border == "all" && canvas.fixed_parts()) {
            canvas.set_color({});
            cairo_set_line_width(canvas.cairo, 0.5);
            cairo_rectangle(canvas.cairo, x + cell.x, y, cell.width, height);
            cairo_stroke(canvas.cairo);
        }
        const double spare = height - 2 * parts_.padding - cell.content.height();
        const double down = cell.valign == "middle" ? spare / 2 : cell.valign == "bottom" ? spare : 0;
        cell.content.draw(canvas, x + cell.x + parts_.padding, y + parts_.padding + down);
    }

    TableParts parts_;
};

class BoxBlock : public Block {
public:
    explicit BoxBlock(BoxParts parts) : parts_(std::move(parts)) {}

    bool placed() const override { return true; }
    double piece_height(std::size_t) const override { return 0; }

    void draw_piece(std::size_t, Canvas& canvas, double x, double y) const override
    {
        const double left = x + parts_.x;
        const double top = y + parts_.y;
        const double inside = parts_.content.height();
        const double height = parts_.height > 0 ? parts_.height : inside + 2 * parts_.padding;
        if (canvas.fixed_parts()) draw_frame(canvas, left, top, height);
        const double spare = height - 2 * parts_.padding - inside;
        const double down = parts_.valign == "middle" ? spare / 2 : parts_.valign == "bottom" ? spare : 0;
        parts_.content.draw(canvas, left + parts_.padding, top + parts_.padding + down);
    }

private:
    void draw_frame(const Canvas& canvas, double left, double top, double height) const
    {
        cairo_rectangle(canvas.cairo, left, top, parts_.width, height);
        if (!parts_.fill.empty()) {
            canvas.set_color(color_of(parts_.fill));
            cairo_fill_preserve(canvas.cairo);
        }
        if (parts_.border > 0) {
            canvas.set_color(parts_.color);
            cairo_set_line_width(canvas.cairo, parts_.border);
            cairo_stroke(canvas.cairo);
        }
        cairo_new_path(canvas.cairo);
    }

    BoxParts parts_;
};

using OwnedSurface =
    std::unique_ptr<cairo_surface_t, decltype([](cairo_surface_t* s) { cairo_surface_destroy(s); })>;

class ImageBlock : public Block {
public:
    ImageBlock(OwnedSurface surface, Aligned at) : surface_(std::move(surface)), at_(std::move(at)) {}

    double piece_height(std::size_t) const override { return at_.height; }

    void draw_piece(std::size_t, Canvas& canvas, double x, double y) const override
    {
        if (!canvas.fixed_parts()) return;
        cairo_save(canvas.cairo);
        cairo_translate(canvas.cairo, at_.x(x), y);
        cairo_scale(
            canvas.cairo,
            at_.width / cairo_image_surface_get_width(surface_.get()),
            at_.height / cairo_image_surface_get_height(surface_.get())
        );
        cairo_set_source_surface(canvas.cairo, surface_.get(), 0, 0);
        cairo_paint(canvas.cairo);
        cairo_restore(canvas.cairo);
    }

private:
    OwnedSurface surface_;
    Aligned at_;
};

class QrBlock : public Block {
public:
    QrBlock(QrCode code, Aligned at) : code_(std::move(code)), at_(std::move(at)) {}

    double piece_height(std::size_t) const override { return at_.height; }

    void draw_piece(std::size_t, Canvas& canvas, double x, double y) const override
    {
        if (!canvas.fixed_parts()) return;
        const double module = at_.width / (code_.width + 2 * qr_quiet);
        const double left = at_.x(x) + qr_quiet * module;
        canvas.set_color({});
        for (int row = 0; row < code_.width; ++row) {
            for (int column = 0; column < code_.width; ++column) {
                if (!code_.at(row, column)) continue;
                cairo_rectangle(
                    canvas.cairo, left + column * module, y + (row + qr_quiet) * module, module, module
                );
            }
        }
        cairo_fill(canvas.cairo);
    }

private:
    QrCode code_;
    Aligned at_;
};

class LineBlock : public Block {
public:
    LineBlock(Aligned at, Color color, bool dash) : at_(std::move(at)), color_(color), dash_(dash) {}

    double piece_height(std::size_t) const override { return at_.height; }

    void draw_piece(std::size_t, Canvas& canvas, double x, double y) const override
    {
        if (!canvas.fixed_parts()) return;
        canvas.set_color(color_);
        cairo_set_line_width(canvas.cairo, at_.height);
        constexpr std::array pattern{3.0, 2.0};
        if (dash_) cairo_set_dash(canvas.cairo, pattern.data(), int(pattern.size()), 0);
        cairo_move_to(canvas.cairo, at_.x(x), y + at_.height / 2);
        cairo_line_to(canvas.cairo, at_.x(x) + at_.width, y + at_.height / 2);
        cairo_stroke(canvas.cairo);
        cairo_set_dash(canvas.cairo, nullptr, 0, 0);
    }

private:
    Aligned at_;
    Color color_;
    bool dash_;
};

class SpaceBlock : public Block {
public:
    explicit SpaceBlock(double height) : height_(height) {}
    double piece_height(std::size_t) const override { return height_; }
    void draw_piece(std::size_t, Canvas&, double, double) const override {}

private:
    double height_;
};

void draw_place_frame(const Canvas& canvas, const Place& place)
{
    if (canvas.use != PaperUse::preview) return;
    canvas.set_color(place.kind == PlaceKind::seal ? Color{0.8, 0.2, 0.2} : Color{0.2, 0.3, 0.7});
    cairo_set_line_width(canvas.cairo, 0.5);
    constexpr std::array pattern{2.0, 2.0};
    cairo_set_dash(canvas.cairo, pattern.data(), int(pattern.size()), 0);
    const auto& at = place.where;
    cairo_rectangle(
        canvas.cairo, at.left, canvas.page_height - at.top, at.right - at.left, at.top - at.bottom
    );
    cairo_stroke(canvas.cairo);
    cairo_set_dash(canvas.cairo, nullptr, 0, 0);
}

class PlaceBlock : public Block {
public:
    PlaceBlock(PlaceKind kind, std::string name, Aligned at)
        : kind_(kind), name_(std::move(name)), at_(std::move(at))
    {
    }

    double piece_height(std::size_t) const override { return at_.height; }

    void draw_piece(std::size_t, Canvas& canvas, double x, double y) const override
    {
        if (!canvas.fixed_parts()) return;
        canvas.places.push_back(
            {.kind = kind_,
             .name = name_,
             .page = canvas.page,
             .where = canvas.on_page(at_.x(x), y, at_.width, at_.height)}
        );
        draw_place_frame(canvas, canvas.places.back());
    }

private:
    PlaceKind kind_;
    std::string name_;
    Aligned at_;
};

class SealOverBlock : public Block {
public:
    SealOverBlock(std::string name, std::string over, double size)
        : name_(std::move(name)), over_(std::move(over)), size_(size)
    {
    }

    double piece_height(std::size_t) const override { return 0; }

    void draw_piece(std::size_t, Canvas& canvas, double, double) const override
    {
        if (!canvas.fixed_parts()) return;
        const auto under = std::ranges::find(canvas.places, over_, &Place::name);
        if (under == canvas.places.end()) throw std::logic_error("a seal before its signature");
        const auto& at = under->where;
        // Its right edge lies a third into the signature.
        const double right = at.left + (at.right - at.left) / 3;
        const double middle = (at.top + at.bottom) / 2;
        const Rectangle where{right - size_, middle - size_ / 2, right, middle + size_ / 2};
        canvas.places.push_back(
            {.kind = PlaceKind::seal, .name = name_, .page = under->page, .where = where, .over = over_}
        );
        draw_place_frame(canvas, canvas.places.back());
    }

private:
    std::string name_;
    std::string over_;
    double size_;
};

struct PngReader {
    ByteView left;
    static cairo_status_t read(void* closure, unsigned char* data, unsigned int length)
    {
        auto& reader = *static_cast<PngReader*>(closure);
        if (reader.left.size() < length) return CAIRO_STATUS_READ_ERROR;
        std::memcpy(data, reader.left.data(), length);
        reader.left = reader.left.subspan(length);
        return CAIRO_STATUS_SUCCESS;
    }
};

}  // namespace

double Block::height() const
{
    double sum = before + after;
    for (std::size_t i = 0; i < pieces(); ++i) sum += piece_height(i);
    return sum;
}

double Stack::height() const
{
    double sum = 0;
    for (const auto& block : blocks) {
        if (!block->placed()) sum += block->height();
    }
    return sum;
}

void Stack::draw(Canvas& canvas, double x, double y) const
{
    double down = y;
    for (const auto& block : blocks) {
        if (block->placed()) {
            block->draw_piece(0, canvas, x, y);
            continue;
        }
        down += block->before;
        for (std::size_t i = 0; i < block->pieces(); ++i) {
            block->draw_piece(i, canvas, x, down);
            down += block->piece_height(i);
        }
        down += block->after;
    }
}

std::unique_ptr<Block> table_block(TableParts parts)
{
    return std::make_unique<TableBlock>(std::move(parts));
}
std::unique_ptr<Block> box_block(BoxParts parts) { return std::make_unique<BoxBlock>(std::move(parts)); }

std::optional<std::pair<double, double>> png_size(const Bytes& png)
{
    PngReader reader{png};
    const OwnedSurface surface{cairo_image_surface_create_from_png_stream(PngReader::read, &reader)};
    if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) return std::nullopt;
    return std::pair{
        double(cairo_image_surface_get_width(surface.get())),
        double(cairo_image_surface_get_height(surface.get()))};
}

std::unique_ptr<Block> image_block(const Bytes& png, const Aligned& at)
{
    PngReader reader{png};
    OwnedSurface surface{cairo_image_surface_create_from_png_stream(PngReader::read, &reader)};
    if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) return nullptr;
    return std::make_unique<ImageBlock>(std::move(surface), at);
}

std::unique_ptr<Block> qr_block(const std::string& text, const std::string& level, const Aligned& at)
{
    auto code = qr_code(text, level);
    if (!code) return nullptr;
    return std::make_unique<QrBlock>(*std::move(code), at);
}

std::unique_ptr<Block> line_block(const Aligned& at, Color color, bool dash)
{
    return std::make_unique<LineBlock>(at, color, dash);
}

std::unique_ptr<Block> space_block(double height) { return std::make_unique<SpaceBlock>(height); }

std::unique_ptr<Block> place_block(PlaceKind kind, std::string name, const Aligned& at)
{
    return std::make_unique<PlaceBlock>(kind, std::move(name), at);
}

std::unique_ptr<Block> seal_over_block(std::string name, std::string over, double size)
{
    return std::make_unique<SealOverBlock>(std::move(name), std::move(over), size);
}

}  // namespace thien_an::documents

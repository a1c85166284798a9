#pragma once

#include <cairo.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/documents/paper.h"
#include "engine/documents/typeset.h"

/// What a page is made of, already laid out to a width. All lengths in points, y grows downwards.
namespace thien_an::documents {

/// Where blocks are drawn, and what is remembered of it.
struct Canvas {
    cairo_t* cairo = nullptr;
    PaperUse use = PaperUse::original;
    int page = 0;
    double page_height = 0;
    std::vector<Place> places = {};

    bool fixed_parts() const { return use != PaperUse::form; }
    void set_color(Color color) const { cairo_set_source_rgb(cairo, color.red, color.green, color.blue); }
    Rectangle on_page(double x, double y, double width, double height) const
    {
        return {x, page_height - y - height, x + width, page_height - y};
    }
};

/// Something that takes its turn between the margins. It may break between its pieces (lines, rows).
class Block {
public:
    virtual ~Block() = default;
    virtual std::size_t pieces() const { return 1; }
    virtual double piece_height(std::size_t piece) const = 0;
    virtual void draw_piece(std::size_t piece, Canvas& canvas, double x, double y) const = 0;
    /// Pieces at the start that are drawn again after a break.
    virtual std::size_t repeated() const { return 0; }
    /// A placed block takes no turn: it is drawn from the corner of what holds it.
    virtual bool placed() const { return false; }

    double height() const;

    double before = 0;
    double after = 0;
};

/// Blocks one under another, and placed ones.
struct Stack {
    std::vector<std::unique_ptr<Block>> blocks;
    double height() const;
    void draw(Canvas& canvas, double x, double y) const;
};

struct ParagraphParts {
    std::vector<Run> runs;
    TextLook look;
    double left = 0;
    double rule = 0;  ///< Part of the text's width.
    bool leader = false;
    std::vector<std::pair<std::string, std::string>>
        fields;  ///< Name and sample, in the order of their runs.
};
std::unique_ptr<Block> paragraph_block(PangoContext* context, ParagraphParts parts, double width);

struct TableCell {
    Stack content;
    double x = 0;
    double width = 0;
    std::string valign;
};
struct TableRow {
    std::vector<TableCell> cells;
    bool header = false;
};
struct TableParts {
    std::vector<TableRow> rows;
    std::string border;
    double padding = 0;
    double width = 0;
};
std::unique_ptr<Block> table_block(TableParts parts);

struct BoxParts {
    Stack content;
    double x = 0, y = 0, width = 0, height = 0;
    double border = 0, padding = 0;
    Color color = {};
    std::string fill;
    std::string valign;
};
std::unique_ptr<Block> box_block(BoxParts parts);

/// Placed by `align` within `room`.
struct Aligned {
    double room = 0;
    double width = 0;
    double height = 0;
    std::string align;
    double x(double left) const
    {
        return left + (align == "center" ? (room - width) / 2 : align == "right" ? room - width : 0);
    }
};
/// Width and height in dots; nothing when `png` is no PNG picture.
std::optional<std::pair<double, double>> png_size(const Bytes& png);
/// Null when `png` is no PNG picture.
std::unique_ptr<Block> image_block(const Bytes& png, const Aligned& at);
/// Null when the text does not fit a QR code of that level.
std::unique_ptr<Block> qr_block(const std::string& text, const std::string& level, const Aligned& at);
std::unique_ptr<Block> line_block(const Aligned& at, Color color, bool dash);
std::unique_ptr<Block> space_block(double height);
/// A place for a signature or seal.
std::unique_ptr<Block> place_block(PlaceKind kind, std::string name, const Aligned& at);
/// A seal over about a third of a signature drawn before it.
std::unique_ptr<Block> seal_over_block(std::string name, std::string over, double size);

}  // namespace thien_an::documents

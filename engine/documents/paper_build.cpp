#include "engine/documents/paper_build.h"

#include <algorithm>

#include "engine/base/vietnamese.h"

namespace thien_an::documents {
namespace {

constexpr double smallest_text = 8;
constexpr const char* object_character = "\xEF\xBF\xBC";  // U+FFFC
constexpr const char* line_separator = "\xE2\x80\xA8";    // U+2028

Aligned aligned(const xml::Element& element, double room, double width, double height)
{
    return {room, width, height, element.attribute("align")};
}

double mm(const xml::Element& element, std::string_view attribute, double otherwise = 0)
{
    return number_of(element, attribute, otherwise) * points_per_mm;
}

/// "12 * 30" of `width`: what the numbers leave is shared by the stars.
std::vector<double> column_widths(std::string_view text, double width)
{
    std::vector<double> columns;
    double taken = 0;
    int stars = 0;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (word.empty()) continue;
        const double size = word == "*" ? 0 : std::stod(std::string(word)) * points_per_mm;
        stars += word == "*" ? 1 : 0;
        taken += size;
        columns.push_back(size);
    }
    for (auto& column : columns) {
        if (column == 0) column = std::max(0.0, (width - taken) / stars);
    }
    return columns;
}

bool ends_in_space(const std::vector<Run>& runs)
{
    if (runs.empty()) return true;
    return runs.back().width == 0 &&
           (runs.back().text.ends_with(' ') || runs.back().text.ends_with(line_separator));
}

/// White space of a file is layout of the file: one space, none at the start of a line.
std::string collapsed(std::string_view text, bool after_space)
{
    std::string out;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (space && after_space) continue;
        out += space ? ' ' : c;
        after_space = space;
    }
    return out;
}

void trim_end(std::vector<Run>& runs)
{
    while (!runs.empty() && runs.back().width == 0) {
        auto& text = runs.back().text;
        while (text.ends_with(' ')) text.pop_back();
        if (!text.empty()) return;
        runs.pop_back();
    }
}

}  // namespace

Builder::Builder(const Paper& paper, const DrawRequest& request, PangoContext* context)
    : paper_(&paper), request_(&request), context_(context), base_size_(number_of(paper.root(), "text", 13))
{
}

double Builder::text_size(double size) const
{
    return shrink_ < 1 ? std::max(std::min(size, smallest_text), size * shrink_) : size;
}

Result<bool> Builder::kept(const xml::Element& element, const Values& values) const
{
    if (has(element, "only")) {
        const bool form = request_->use == PaperUse::form;
        if (form != (element.attribute("only") == "form")) return false;
    }
    if (!has(element, "if")) return true;
    return values.holds(*read_condition(element.attribute("if")));
}

Result<std::string> Builder::filled(const xml::Element& at, std::string_view text, const Values& values) const
{
    std::string out;
    const auto pieces = read_pieces(text);
    for (const auto& piece : *pieces) {
        const auto one = values.text_of(piece);
        if (!one) return refusal(one.problem().code, paper_->file(), at, one.problem().words);
        out += one.value();
    }
    return out;
}

Result<Stack> Builder::stack(const xml::Element& holder, const Values& values, double width)
{
    Stack out;
    for (const auto* element : holder.children()) {
        if (!has(*element, "each")) {
            TRY(add(*element, values, width, out));
            continue;
        }
        const auto* list = values.find(element->attribute("each"));
        if (list == nullptr || !list->is_array()) continue;
        std::size_t number = 0;
        for (const auto& item : list->get_array()) {
            TRY(add(*element, values.with(element->attribute("as"), item, ++number), width, out));
        }
    }
    return out;
}

Result<Done> Builder::add(const xml::Element& element, const Values& values, double width, Stack& stack)
{
    if (!TRY(kept(element, values))) return Done{};
    stack.blocks.push_back(TRY(made(element, values, width)));
    auto& block = *stack.blocks.back();
    block.before = number_of(element, "before", block.before);
    block.after = number_of(element, "after", block.after);
    return Done{};
}

Builder::Made Builder::made(const xml::Element& element, const Values& values, double width)
{
    if (element.name == "paragraph") return paragraph(element, values, width);
    if (element.name == "table") return table(element, values, width);
    if (element.name == "box") return box(element, values);
    if (element.name == "image") return image(element, values, width);
    if (element.name == "qr") return qr(element, values, width);
    if (element.name == "seal-place") return seal(element, width);
    if (element.name == "space") return space_block(mm(element, "height"));
    if (element.name == "line") {
        auto at = aligned(
            element, width, length_of(element, "width", width, width), number_of(element, "thickness", 0.5)
        );
        return line_block(at, color_of(element.attribute("color")), yes(element, "dash"));
    }
    if (element.name == "signature-place") {
        signatures_.insert(element.attribute("name"));
        const auto at = aligned(element, width, mm(element, "width", 60), mm(element, "height", 25));
        return place_block(PlaceKind::signature, element.attribute("name"), at);
    }
    throw std::logic_error("the grammar let <" + element.name + "> through");
}

Builder::Made Builder::seal(const xml::Element& element, double width)
{
    const auto name = element.attribute("name");
    const double size = mm(element, "size", 36);
    if (!has(element, "over")) {
        const auto at = aligned(
            element,
            width,
            has(element, "width") ? mm(element, "width") : size,
            has(element, "height") ? mm(element, "height") : size
        );
        return place_block(PlaceKind::seal, name, at);
    }
    // The signature it covers may have been left out by a condition.
    if (!signatures_.contains(element.attribute("over"))) {
        return refusal("paper.no_such_place", paper_->file(), element, {{"name", element.attribute("over")}});
    }
    return seal_over_block(name, element.attribute("over"), size);
}

Builder::Made Builder::paragraph(const xml::Element& element, const Values& values, double width)
{
    const auto& style = paragraph_style(element.attribute("style"));
    ParagraphParts parts;
    parts.look.size = text_size(number_of(element, "size", style.size > 0 ? style.size : base_size_));
    parts.look.align = has(element, "align")                        ? element.attribute("align")
                       : !cell_align_.empty() && style.name.empty() ? cell_align_
                                                                    : std::string(style.align);
    parts.look.indent = mm(element, "indent", style.indent);
    parts.look.spacing = number_of(element, "spacing", 1);
    parts.look.color = color_of(element.attribute("color"));
    parts.left = mm(element, "left");
    parts.leader = yes(element, "leader", style.leader);
    parts.rule = length_of(element, "rule", 1, 0);
    if (!has(element, "rule") && !style.rule.empty()) {
        const auto slash = style.rule.find('/');
        parts.rule =
            std::stod(std::string(style.rule)) / std::stod(std::string(style.rule.substr(slash + 1)));
    }
    const Run look{
        .text = {},
        .bold = yes(element, "bold", style.bold || cell_bold_),
        .italic = yes(element, "italic", style.italic)};
    TRY(runs(element, values, look, parts));
    trim_end(parts.runs);
    if (yes(element, "upper", style.upper)) {
        for (auto& run : parts.runs) run.text = upper(run.text);
    }
    auto block = paragraph_block(context_, std::move(parts), width);
    block->after = style.after;
    return block;
}

Result<Done> Builder::runs(const xml::Element& element, const Values& values, Run look, ParagraphParts& parts)
{
    for (const auto& node : element.nodes) {
        if (!node.element) {
            TRY(text_runs(element, node.text, values, look, parts));
            continue;
        }
        const auto& inner = *node.element;
        Run inner_look = look;
        if (inner.name == "br") {
            trim_end(parts.runs);
            parts.runs.push_back({.text = line_separator});
        } else if (inner.name == "field") {
            TRY(field(inner, values, look, parts));
        } else {
            inner_look.bold = look.bold || inner.name == "b";
            inner_look.italic = look.italic || inner.name == "i";
            inner_look.underline = look.underline || inner.name == "u";
            TRY(runs(inner, values, inner_look, parts));
        }
    }
    return Done{};
}

Result<Done> Builder::text_runs(
    const xml::Element& at, std::string_view text, const Values& values, Run look, ParagraphParts& parts
)
{
    const auto pieces = read_pieces(text);
    for (const auto& piece : *pieces) {
        const auto one = values.text_of(piece);
        if (!one) return refusal(one.problem().code, paper_->file(), at, one.problem().words);
        look.text = collapsed(one.value(), ends_in_space(parts.runs));
        look.value = piece.value;
        if (!look.text.empty()) parts.runs.push_back(look);
    }
    return Done{};
}

Result<Done> Builder::field(
    const xml::Element& element, const Values& values, Run look, ParagraphParts& parts
) const
{
    if (!TRY(kept(element, values))) return Done{};
    look.text = object_character;
    look.width = std::max(1.0, mm(element, "width"));
    parts.runs.push_back(look);
    parts.fields.emplace_back(element.attribute("name"), element.attribute("sample"));
    return Done{};
}

Builder::Made Builder::table(const xml::Element& element, const Values& values, double width)
{
    TableParts parts;
    parts.border = element.attribute("border");
    parts.padding = mm(element, "padding", 1);
    const auto columns =
        column_widths(element.attribute("columns"), has(element, "width") ? mm(element, "width") : width);
    for (const double column : columns) parts.width += column;
    for (const auto* one : element.children()) {
        if (!has(*one, "each")) {
            TRY(row(*one, values, columns, parts));
            continue;
        }
        const auto* list = values.find(one->attribute("each"));
        if (list == nullptr || !list->is_array()) continue;
        std::size_t number = 0;
        for (const auto& item : list->get_array()) {
            TRY(row(*one, values.with(one->attribute("as"), item, ++number), columns, parts));
        }
    }
    return table_block(std::move(parts));
}

Result<Done> Builder::row(
    const xml::Element& element, const Values& values, const std::vector<double>& columns, TableParts& parts
)
{
    if (!TRY(kept(element, values))) return Done{};
    TableRow row;
    row.header = yes(element, "header");
    std::size_t column = 0;
    double x = 0;
    for (const auto* one : element.children()) {
        if (!TRY(kept(*one, values))) continue;
        TableCell cell;
        cell.x = x;
        cell.valign = one->attribute("valign");
        auto span = std::size_t(number_of(*one, "span", 1));
        if (column + span > columns.size()) return refusal("paper.too_many_cells", paper_->file(), *one);
        for (; span > 0; --span) cell.width += columns[column++];
        x += cell.width;
        const auto outer_align = std::exchange(cell_align_, one->attribute("align"));
        const auto outer_bold = std::exchange(cell_bold_, yes(*one, "bold"));
        const double inside = std::max(1.0, cell.width - 2 * parts.padding);
        const bool direct = std::ranges::any_of(one->nodes, [](const xml::Node& node) {
            return !node.element && node.text.find_first_not_of(" \t\r\n") != std::string::npos;
        });
        const auto* first = one->children().empty() ? nullptr : one->children().front();
        const bool only_marks = first != nullptr && (first->name == "b" || first->name == "i" ||
                                                     first->name == "u" || first->name == "br");
        if (direct || only_marks) {
            cell.content.blocks.push_back(TRY(paragraph(*one, values, inside)));
        } else {
            cell.content = TRY(stack(*one, values, inside));
        }
        cell_align_ = outer_align;
        cell_bold_ = outer_bold;
        row.cells.push_back(std::move(cell));
    }
    parts.rows.push_back(std::move(row));
    return Done{};
}

Builder::Made Builder::box(const xml::Element& element, const Values& values)
{
    BoxParts parts;
    parts.x = mm(element, "x");
    parts.y = mm(element, "y");
    parts.width = mm(element, "width");
    parts.height = mm(element, "height");
    parts.padding = mm(element, "padding");
    parts.border = number_of(element, "border", 0);
    parts.color = color_of(element.attribute("color"));
    parts.fill = element.attribute("fill");
    parts.valign = element.attribute("valign");
    const double inside = std::max(1.0, parts.width - 2 * parts.padding);
    const double room = parts.height - 2 * parts.padding + 0.5;
    const double outer_shrink = shrink_;
    parts.content = TRY(stack(element, values, inside));
    while (parts.height > 0 && parts.content.height() > room && yes(element, "shrink") && shrink_ > 0.4) {
        shrink_ *= 0.95;
        parts.content = TRY(stack(element, values, inside));
    }
    shrink_ = outer_shrink;
    if (parts.height > 0 && parts.content.height() > room)
        return refusal("paper.overflow", paper_->file(), element);
    return box_block(std::move(parts));
}

Builder::Made Builder::image(const xml::Element& element, const Values& values, double width)
{
    const auto name = TRY(filled(element, element.attribute("name"), values));
    const auto picture = request_->pictures.find(name);
    if (picture == request_->pictures.end()) {
        return refusal("paper.no_picture", paper_->file(), element, {{"name", name}});
    }
    auto block =
        image_block(picture->second, aligned(element, width, mm(element, "width"), mm(element, "height")));
    if (!block) return refusal("paper.bad_picture", paper_->file(), element, {{"name", name}});
    return block;
}

Builder::Made Builder::qr(const xml::Element& element, const Values& values, double width)
{
    const auto text = TRY(filled(element, element.attribute("value"), values));
    const double size = mm(element, "size");
    auto block = qr_block(text, element.attribute("level"), aligned(element, width, size, size));
    if (!block) return refusal("paper.bad_value", paper_->file(), element, {{"value", "qr"}});
    return block;
}

}  // namespace thien_an::documents

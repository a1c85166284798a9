#include "engine/documents/paper_grammar.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "engine/base/bytes.h"
#include "engine/documents/paper_values.h"

namespace thien_an::documents {
namespace {

/// How an attribute is written.
enum class Kind {
    number,  // not negative
    offset,  // any number
    part,    // number or "1/3"
    yes_no,
    color,
    align,  // left, center, right, justify
    valign,
    border,  // of a table
    only,
    size,   // of paper
    level,  // of a QR code
    style,
    name,  // of a place: a to z, digits, _
    path,
    condition,
    columns,
    four,    // four numbers
    whole,   // 1 to 50
    text,    // fixed text
    filled,  // text with placeholders
};

struct AttributeRule {
    std::string_view name;
    Kind kind;
    bool needed = false;
};

struct ElementRule {
    std::string_view name;
    std::vector<std::string_view> parents;
    std::vector<AttributeRule> attributes;
    bool text = false;  ///< Text may stand directly in it.
};

const std::vector<std::string_view> holders{"page", "box", "cell"};

// NOLINTNEXTLINE(readability-function-size): a table, as the standard lists it.
const std::vector<ElementRule>& rules()
{
    static const std::vector<ElementRule> all{
        {"paper",
         {},
         {{"title", Kind::filled, true},
          {"size", Kind::size},
          {"landscape", Kind::yes_no},
          {"margin", Kind::four},
          {"text", Kind::number},
          {"numbers", Kind::yes_no}}},
        {"page", {"paper"}, {{"if", Kind::condition}, {"only", Kind::only}}},
        {"box",
         holders,
         {{"x", Kind::number, true},
          {"y", Kind::number, true},
          {"width", Kind::number, true},
          {"height", Kind::number},
          {"shrink", Kind::yes_no},
          {"border", Kind::number},
          {"color", Kind::color},
          {"fill", Kind::color},
          {"padding", Kind::number},
          {"valign", Kind::valign},
          {"if", Kind::condition},
          {"only", Kind::only}}},
        {"paragraph",
         holders,
         {{"style", Kind::style},
          {"size", Kind::number},
          {"bold", Kind::yes_no},
          {"italic", Kind::yes_no},
          {"upper", Kind::yes_no},
          {"color", Kind::color},
          {"align", Kind::align},
          {"indent", Kind::number},
          {"left", Kind::number},
          {"before", Kind::number},
          {"after", Kind::number},
          {"spacing", Kind::number},
          {"rule", Kind::part},
          {"leader", Kind::yes_no},
          {"if", Kind::condition},
          {"only", Kind::only},
          {"each", Kind::path},
          {"as", Kind::name}},
         true},
        {"b", {"paragraph", "cell", "b", "i", "u"}, {}, true},
        {"i", {"paragraph", "cell", "b", "i", "u"}, {}, true},
        {"u", {"paragraph", "cell", "b", "i", "u"}, {}, true},
        {"br", {"paragraph", "cell", "b", "i", "u"}, {}},
        {"field",
         {"paragraph"},
         {{"name", Kind::name, true},
          {"width", Kind::number, true},
          {"sample", Kind::text},
          {"if", Kind::condition},
          {"only", Kind::only}}},
        {"table",
         holders,
         {{"columns", Kind::columns, true},
          {"border", Kind::border},
          {"padding", Kind::number},
          {"width", Kind::number},
          {"before", Kind::number},
          {"after", Kind::number},
          {"if", Kind::condition},
          {"only", Kind::only}}},
        {"row",
         {"table"},
         {{"header", Kind::yes_no},
          {"if", Kind::condition},
          {"only", Kind::only},
          {"each", Kind::path},
          {"as", Kind::name}}},
        {"cell",
         {"row"},
         {{"span", Kind::whole},
          {"align", Kind::align},
          {"valign", Kind::valign},
          {"bold", Kind::yes_no},
          {"if", Kind::condition},
          {"only", Kind::only}},
         true},
        {"image",
         holders,
         {{"name", Kind::filled, true},
          {"width", Kind::number, true},
          {"height", Kind::number, true},
          {"align", Kind::align},
          {"if", Kind::condition},
          {"only", Kind::only}}},
        {"qr",
         holders,
         {{"value", Kind::filled, true},
          {"size", Kind::number, true},
          {"align", Kind::align},
          {"level", Kind::level},
          {"if", Kind::condition},
          {"only", Kind::only}}},
        {"line",
         holders,
         {{"width", Kind::part},
          {"thickness", Kind::number},
          {"align", Kind::align},
          {"dash", Kind::yes_no},
          {"color", Kind::color},
          {"before", Kind::number},
          {"after", Kind::number},
          {"if", Kind::condition},
          {"only", Kind::only}}},
        {"space", holders, {{"height", Kind::number, true}, {"if", Kind::condition}, {"only", Kind::only}}},
        {"signature-place",
         holders,
         {{"name", Kind::name, true},
          {"width", Kind::number},
          {"height", Kind::number},
          {"align", Kind::align},
          {"if", Kind::condition},
          {"only", Kind::only}}},
        {"seal-place",
         holders,
         {{"name", Kind::name, true},
          {"size", Kind::number},
          {"over", Kind::name},
          {"width", Kind::number},
          {"height", Kind::number},
          {"align", Kind::align},
          {"if", Kind::condition},
          {"only", Kind::only}}},
    };
    return all;
}

constexpr std::array styles{
    ParagraphStyle{},
    ParagraphStyle{.name = "nation", .size = 12, .align = "center", .bold = true, .upper = true},
    ParagraphStyle{.name = "motto", .size = 13, .align = "center", .bold = true, .rule = "1/1"},
    ParagraphStyle{.name = "superior", .size = 12, .align = "center", .upper = true},
    ParagraphStyle{
        .name = "agency", .size = 13, .align = "center", .bold = true, .upper = true, .rule = "2/5"},
    ParagraphStyle{.name = "number", .size = 13, .align = "center"},
    ParagraphStyle{.name = "place_date", .size = 14, .align = "center", .italic = true},
    ParagraphStyle{.name = "type", .size = 14, .align = "center", .bold = true, .upper = true},
    ParagraphStyle{.name = "summary", .size = 14, .align = "center", .bold = true, .rule = "1/3"},
    ParagraphStyle{
        .name = "basis", .size = 14, .align = "justify", .italic = true, .indent = 12.7, .after = 6},
    ParagraphStyle{.name = "body", .size = 14, .align = "justify", .indent = 12.7, .after = 6},
    ParagraphStyle{.name = "item", .size = 14, .align = "justify"},
    ParagraphStyle{.name = "position", .size = 14, .align = "center", .bold = true, .upper = true},
    ParagraphStyle{.name = "signer", .size = 14, .align = "center", .bold = true},
    ParagraphStyle{.name = "to", .size = 14},
    ParagraphStyle{.name = "recipients_title", .size = 12, .bold = true, .italic = true},
    ParagraphStyle{.name = "recipients", .size = 11},
    ParagraphStyle{.name = "note", .size = 11, .italic = true},
    ParagraphStyle{.name = "form_line", .size = 13, .leader = true, .after = 3},
};

std::optional<double> as_number(std::string_view text)
{
    double number = 0;
    const auto end =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (text.empty() || end.ec != std::errc{} || end.ptr != text.data() + text.size()) return std::nullopt;
    // Beyond a few metres it is a slip of the pen, and Cairo's numbers end.
    if (number < -5000 || number > 5000) return std::nullopt;
    return number;
}

bool is_length(std::string_view text)
{
    const auto number = as_number(text);
    return number && *number >= 0;
}

std::optional<double> as_part(std::string_view text)
{
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto above = as_number(text.substr(0, slash));
    const auto below = as_number(text.substr(slash + 1));
    if (!above || !below || *below < 1 || *above < 0 || *above > *below) return std::nullopt;
    return *above / *below;
}

bool is_color(std::string_view text)
{
    return text.size() == 7 && text[0] == '#' && from_hex(text.substr(1)).has_value();
}

bool is_name(std::string_view text)
{
    return !text.empty() && text.size() <= 40 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

template <std::size_t N>
bool one_of(std::string_view text, const std::array<std::string_view, N>& words)
{
    return std::ranges::find(words, text) != words.end();
}

bool all_words(std::string_view text, bool (*good)(std::string_view), std::size_t min, std::size_t max)
{
    std::size_t count = 0;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (word.empty()) continue;
        if (!good(word)) return false;
        ++count;
    }
    return count >= min && count <= max;
}

bool is_column(std::string_view text)
{
    const auto number = as_number(text);
    return text == "*" || (number && *number > 0);
}

bool is_style(std::string_view text)
{
    return !text.empty() && std::ranges::find(styles, text, &ParagraphStyle::name) != styles.end();
}

bool is_whole(std::string_view text)
{
    const auto number = as_number(text);
    return number && *number >= 1 && *number <= 50 && *number == double(int(*number));
}

bool well_written(Kind kind, std::string_view text)
{
    using Words = std::string_view;
    switch (kind) {
    case Kind::number: return is_length(text);
    case Kind::offset: return as_number(text).has_value();
    case Kind::part: return is_length(text) || as_part(text).has_value();
    case Kind::yes_no: return one_of(text, std::array<Words, 2>{"yes", "no"});
    case Kind::color: return is_color(text);
    case Kind::align: return one_of(text, std::array<Words, 4>{"left", "center", "right", "justify"});
    case Kind::valign: return one_of(text, std::array<Words, 3>{"top", "middle", "bottom"});
    case Kind::border: return one_of(text, std::array<Words, 3>{"all", "rows", "none"});
    case Kind::only: return one_of(text, std::array<Words, 2>{"paper", "form"});
    case Kind::size: return one_of(text, std::array<Words, 2>{"A4", "A5"});
    case Kind::level: return one_of(text, std::array<Words, 4>{"L", "M", "Q", "H"});
    case Kind::style: return is_style(text);
    case Kind::name: return is_name(text);
    case Kind::path: return is_path(text);
    case Kind::condition: return read_condition(text).has_value();
    case Kind::columns: return all_words(text, is_column, 1, 50);
    case Kind::four: return all_words(text, is_length, 4, 4);
    case Kind::whole: return is_whole(text);
    case Kind::text: return true;
    case Kind::filled: return read_pieces(text).has_value();
    }
    throw std::logic_error("Kind outside its enumerators");
}

bool blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

/// One walk over one tree.
class Walk {
public:
    Walk(std::string_view file, Asked& asked) : file_(file), asked_(&asked) {}

    Result<Done> element(const xml::Element& at, std::string_view parent)
    {
        const auto rule = std::ranges::find(rules(), at.name, &ElementRule::name);
        if (rule == rules().end() || at.space != paper_namespace)
            return refused("paper.unknown_element", at, {});
        const bool fits = parent.empty() ? at.name == "paper"
                                         : std::ranges::find(rule->parents, parent) != rule->parents.end();
        if (!fits) return refused("paper.misplaced_element", at, {{"parent", std::string(parent)}});
        TRY(attributes(at, *rule));
        TRY(names(at));
        const auto scoped = scope_.size();
        if (has(at, "as")) scope_.push_back(at.attribute("as"));
        TRY(inside(at, *rule));
        scope_.resize(scoped);
        return Done{};
    }

private:
    Result<Done> attributes(const xml::Element& at, const ElementRule& rule)
    {
        for (const auto& attribute : at.attributes) {
            const auto known = std::ranges::find(rule.attributes, attribute.name, &AttributeRule::name);
            if (known == rule.attributes.end() || !attribute.space.empty()) {
                return refused("paper.unknown_attribute", at, {{"attribute", attribute.name}});
            }
            if (!well_written(known->kind, attribute.value)) {
                return refused(
                    "paper.bad_attribute", at, {{"attribute", attribute.name}, {"value", attribute.value}}
                );
            }
            note(known->kind, attribute.value);
        }
        for (const auto& needed : rule.attributes) {
            if (needed.needed && !has(at, needed.name)) {
                return refused("paper.missing_attribute", at, {{"attribute", std::string(needed.name)}});
            }
        }
        if (has(at, "each") != has(at, "as"))
            return refused("paper.missing_attribute", at, {{"attribute", "as"}});
        return Done{};
    }

    Result<Done> names(const xml::Element& at)
    {
        const bool place = at.name == "signature-place" || at.name == "seal-place" || at.name == "field";
        if (place && !names_.insert(at.attribute("name")).second) {
            return refused("paper.doubled_name", at, {{"name", at.attribute("name")}});
        }
        if (at.name == "signature-place") signatures_.insert(at.attribute("name"));
        if (has(at, "over") && !signatures_.contains(at.attribute("over"))) {
            return refused("paper.no_such_place", at, {{"name", at.attribute("over")}});
        }
        if (at.name == "image") {
            const auto pieces = read_pieces(at.attribute("name"));
            if (pieces->size() == 1 && !pieces->front().value)
                asked_->pictures.push_back(pieces->front().text);
        }
        return Done{};
    }

    Result<Done> inside(const xml::Element& at, const ElementRule& rule)
    {
        bool text = false;
        bool blocks = false;
        for (const auto& node : at.nodes) {
            if (node.element) {
                blocks =
                    blocks || std::ranges::find(inline_elements, node.element->name) == inline_elements.end();
                TRY(element(*node.element, at.name));
                text =
                    text || std::ranges::find(inline_elements, node.element->name) != inline_elements.end();
                continue;
            }
            if (blank(node.text)) continue;
            text = true;
            const auto pieces = read_pieces(node.text);
            if (!pieces) return refused("paper.bad_placeholder", at, {});
            for (const auto& piece : *pieces) ask(piece);
        }
        // A cell holds either text or elements: which of them comes first would be a guess.
        if (text && (!rule.text || (at.name == "cell" && blocks)))
            return refused("paper.misplaced_text", at, {});
        return Done{};
    }

    void note(Kind kind, const std::string& value)
    {
        if (kind == Kind::condition) ask_path(read_condition(value)->path);
        if (kind == Kind::path) ask_path(value);
        if (kind != Kind::filled) return;
        const auto pieces = read_pieces(value);
        for (const auto& piece : *pieces) ask(piece);
    }

    void ask(const TextPiece& piece)
    {
        if (piece.value) ask_path(piece.text);
    }

    void ask_path(const std::string& path)
    {
        const auto first = path.substr(0, path.find('.'));
        if (std::ranges::find(scope_, first) == scope_.end()) asked_->values.push_back(path);
    }

    Problem refused(
        std::string code, const xml::Element& at, std::vector<std::pair<std::string, std::string>> more
    ) const
    {
        return refusal(std::move(code), file_, at, std::move(more));
    }

    static constexpr std::array<std::string_view, 5> inline_elements{"b", "i", "u", "br", "field"};
    std::string_view file_;
    Asked* asked_;
    std::set<std::string> names_;
    std::set<std::string> signatures_;
    std::vector<std::string> scope_;
};

}  // namespace

const ParagraphStyle& paragraph_style(std::string_view name)
{
    return *std::ranges::find(styles, name, &ParagraphStyle::name);
}

Result<Asked> check_grammar(const xml::Element& root, std::string_view file)
{
    Asked asked;
    TRY(Walk(file, asked).element(root, ""));
    return asked;
}

bool has(const xml::Element& element, std::string_view attribute)
{
    return std::ranges::find(element.attributes, attribute, &xml::Attribute::name) !=
           element.attributes.end();
}

double number_of(const xml::Element& element, std::string_view attribute, double otherwise)
{
    return as_number(element.attribute(attribute)).value_or(otherwise);
}

bool yes(const xml::Element& element, std::string_view attribute, bool otherwise)
{
    return has(element, attribute) ? element.attribute(attribute) == "yes" : otherwise;
}

double length_of(const xml::Element& element, std::string_view attribute, double whole, double otherwise)
{
    const auto text = element.attribute(attribute);
    if (const auto part = as_part(text)) return *part * whole;
    const auto number = as_number(text);
    return number ? *number * points_per_mm : otherwise;
}

Problem refusal(
    std::string code,
    std::string_view file,
    const xml::Element& at,
    std::vector<std::pair<std::string, std::string>> more
)
{
    Problem problem{.code = std::move(code), .field = {}, .law = {}, .words = {}};
    problem.words = {{"file", std::string(file)}, {"line", std::to_string(at.line)}, {"element", at.name}};
    for (auto& word : more) problem.words.push_back(std::move(word));
    return problem;
}

}  // namespace thien_an::documents

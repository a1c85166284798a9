#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/xml.h"

/// What may stand in a paper's description, as docs/standards/paper-xml.md lists it.
namespace thien_an::documents {

constexpr std::string_view paper_namespace = "urn:thien-an:paper:1";

/// Typographic defaults of one `style` of paragraphs; 0 and "" leave the paper's own.
struct ParagraphStyle {
    std::string_view name;
    double size = 0;
    std::string_view align = "left";
    bool bold = false;
    bool italic = false;
    bool upper = false;
    bool leader = false;
    double indent = 0;        ///< Millimetres, first line.
    double after = 0;         ///< Points.
    std::string_view rule{};  ///< Part of the text's width: "1/3".
};
/// The style of that name; the plain one for "".
const ParagraphStyle& paragraph_style(std::string_view name);

/// Walks the tree; gives back the first thing that is not allowed. `values` and `pictures` collect what is asked for.
struct Asked {
    std::vector<std::string> values;
    std::vector<std::string> pictures;
};
Result<Asked> check_grammar(const xml::Element& root, std::string_view file);

/// Attributes as their kinds; the grammar has checked that they are well written.
double number_of(const xml::Element& element, std::string_view attribute, double otherwise);
bool yes(const xml::Element& element, std::string_view attribute, bool otherwise = false);
/// "1/3" of `whole`, or the number in millimetres as points; `otherwise` when absent.
double length_of(const xml::Element& element, std::string_view attribute, double whole, double otherwise);
bool has(const xml::Element& element, std::string_view attribute);

constexpr double points_per_mm = 72.0 / 25.4;

Problem refusal(
    std::string code,
    std::string_view file,
    const xml::Element& at,
    std::vector<std::pair<std::string, std::string>> more = {}
);

}  // namespace thien_an::documents

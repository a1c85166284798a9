#pragma once

#include <set>

#include "engine/base/xml.h"
#include "engine/documents/paper_blocks.h"
#include "engine/documents/paper_grammar.h"
#include "engine/documents/paper_values.h"

/// From a checked description and its values to blocks.
namespace thien_an::documents {

class Builder {
public:
    Builder(const Paper& paper, const DrawRequest& request, PangoContext* context);

    /// The blocks of a page, box or cell that is `width` points wide. `values` outlives the call only.
    Result<Stack> stack(const xml::Element& holder, const Values& values, double width);
    Result<bool> kept(const xml::Element& element, const Values& values) const;
    Result<std::string> filled(const xml::Element& at, std::string_view text, const Values& values) const;

private:
    using Made = Result<std::unique_ptr<Block>>;
    Result<Done> add(const xml::Element& element, const Values& values, double width, Stack& stack);
    Made made(const xml::Element& element, const Values& values, double width);
    Made paragraph(const xml::Element& element, const Values& values, double width);
    Made table(const xml::Element& element, const Values& values, double width);
    Made box(const xml::Element& element, const Values& values);
    Made image(const xml::Element& element, const Values& values, double width);
    Made qr(const xml::Element& element, const Values& values, double width);
    Made seal(const xml::Element& element, double width);
    Result<Done> row(
        const xml::Element& element,
        const Values& values,
        const std::vector<double>& columns,
        TableParts& parts
    );
    Result<Done> runs(const xml::Element& element, const Values& values, Run look, ParagraphParts& parts);
    Result<Done> text_runs(
        const xml::Element& at, std::string_view text, const Values& values, Run look, ParagraphParts& parts
    );
    Result<Done> field(const xml::Element& element, const Values& values, Run look, ParagraphParts& parts)
        const;
    double text_size(double size) const;

    const Paper* paper_;
    const DrawRequest* request_;
    PangoContext* context_;
    double base_size_;
    double shrink_ = 1;
    std::string cell_align_;
    bool cell_bold_ = false;
    std::set<std::string> signatures_;
};

}  // namespace thien_an::documents

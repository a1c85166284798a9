#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/day.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

/// Papers described in `*.paper.xml` (docs/standards/paper-xml.md), drawn as PDF.
namespace thien_an::xml {
struct Element;
}

namespace thien_an::documents {

/// In PDF points from the lower left corner of the page.
struct Rectangle {
    double left = 0;
    double bottom = 0;
    double right = 0;
    double top = 0;
};

enum class PlaceKind { signature, seal, field };

/// A place reserved on a drawn paper: for a signature, for a seal, or for text filled in later.
struct Place {
    PlaceKind kind;
    std::string name;
    int page = 0;  ///< From 0.
    Rectangle where;
    double text_size = 13;  ///< Of a field, in points.
    bool bold = false;
    bool italic = false;
    std::string over;  ///< Of a seal: the signature it covers in part.
};

/// A paper's description, checked.
class Paper {
public:
    /// `file` is only named in Problems. All Problems have words file, line and what is wrong:
    /// "paper.unknown_element", "paper.unknown_attribute", "paper.misplaced_element", "paper.bad_attribute",
    /// "paper.missing_attribute", "paper.misplaced_text", "paper.bad_placeholder", "paper.doubled_name",
    /// "paper.no_such_place"; and those of xml::parse.
    static Result<Paper> read(std::string_view xml, std::string_view file);

    /// Paths of the values it may ask for, without those of list members: "child.name".
    const std::set<std::string>& values() const { return values_; }
    /// Names of the pictures it draws, where they do not depend on values.
    const std::set<std::string>& pictures() const { return pictures_; }

    const xml::Element& root() const { return *root_; }
    const std::string& file() const { return file_; }

private:
    std::shared_ptr<const xml::Element>
        root_;  // Shared: a paper is read once and copied into every job that draws it.
    std::string file_;
    std::set<std::string> values_;
    std::set<std::string> pictures_;
};

enum class PaperUse {
    original,  ///< The paper itself, places left empty.
    preview,   ///< With frames at the places and samples in the fields: never to be signed.
    form,      ///< Only the values, to be printed onto a pre-printed form.
};

struct DrawRequest {
    json::value values;
    Instant created;  ///< Stands in the PDF; equal requests give equal bytes.
    PaperUse use = PaperUse::original;
    double offset_x_mm = 0;                 ///< Of the printer, for forms: to the right.
    double offset_y_mm = 0;                 ///< Downwards.
    std::map<std::string, Bytes> pictures;  ///< PNG by name.
};

struct DrawnPaper {
    Bytes pdf;
    std::vector<Place> places;
    int pages = 0;
};

/// Problems "paper.no_value" (words file, line, value), "paper.bad_value", "paper.overflow" (a box is too small),
/// "paper.no_picture", "paper.bad_picture". Throws std::runtime_error when the font is not installed.
Result<DrawnPaper> draw(const Paper& paper, const DrawRequest& request);

}  // namespace thien_an::documents

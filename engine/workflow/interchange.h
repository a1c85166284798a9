#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/xml.h"
#include "engine/workflow/process.h"

/// BPMN files as drawing tools exchange them (BPMN 2.0.2, 15): kept whole, executed or not, with diagram and what others added.
namespace thien_an::workflow {

/// A file read for drawing, editing and writing; nothing of it is lost.
class BpmnDocument {
public:
    struct Read {
        std::unique_ptr<BpmnDocument> document;  ///< Null when there are errors.
        std::vector<Finding> findings;
    };
    /// Refuses what is not BPMN: elements the standard does not have, and references of flows, boundary events, lanes and shapes
    /// to nothing. What is only not executed here is no fault.
    static Read read(std::string_view xml, std::string_view file);

    explicit BpmnDocument(std::unique_ptr<xml::Element> root) : root_(std::move(root)) {}
    const xml::Element& root() const { return *root_; }
    std::string write() const;

private:
    std::unique_ptr<xml::Element> root_;
};

/// Where two trees differ in meaning, as a path of element names; empty: they say the same. Prefixes, the order of attributes
/// and white space between elements mean nothing.
std::string difference(const xml::Element& one, const xml::Element& other);

/// What one file has that another has not, element by element, for people.
struct ElementChange {
    enum class What { added, removed, changed };
    What what = What::changed;
    std::string tag;  ///< "userTask"
    std::string id;
    std::string name;  ///< As the newer file has it; empty: none.
};
struct DocumentChanges {
    std::vector<ElementChange>
        elements;          ///< Added and changed in the order of the newer file, then what was removed.
    bool drawing = false;  ///< Shapes or lines lie elsewhere.
};
DocumentChanges changes(const xml::Element& before, const xml::Element& after);

}  // namespace thien_an::workflow

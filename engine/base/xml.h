#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

/// XML read into plain values: no entities, no DTD, no network, bounded; every element knows its line.
namespace thien_an::xml {

struct Attribute {
    std::string space;  ///< Namespace URI; empty when the attribute has none.
    std::string name;   ///< Local name.
    std::string value;
};

struct Element;

/// An element, or a run of text when `element` is null.
struct Node {
    std::unique_ptr<Element> element;
    std::string text;
};

struct Element {
    std::string space;  ///< Namespace URI.
    std::string name;   ///< Local name.
    int line = 0;
    std::vector<Attribute> attributes;
    std::vector<std::pair<std::string, std::string>> prefixes;  ///< Declared here: prefix, namespace URI.
    std::vector<Node> nodes;                                    ///< In document order, white space kept.

    /// The attribute without namespace; "" when absent.
    std::string attribute(std::string_view attribute_name) const;
    std::optional<std::string> attribute_in(std::string_view uri, std::string_view attribute_name) const;
    /// Child elements with this local name, of any namespace.
    std::vector<const Element*> children(std::string_view child_name) const;
    std::vector<const Element*> children() const;
    const Element* child(std::string_view child_name) const;  ///< The first one, or null.
    std::string text() const;                                 ///< Text of this element and all below it.
};

struct Limits {
    std::size_t bytes_max = 16 * 1024 * 1024;
    int depth_max = 200;
};

/// Problems "xml.syntax" (words line, reason), "xml.doctype" (a DTD or entity was found), "xml.too_deep", "xml.too_large".
Result<std::unique_ptr<Element>> parse(std::string_view text, Limits limits = {});

/// Well-formed XML of the tree, with declarations of namespaces as `prefixes` names them.
std::string text_of(const Element& root);
/// `text` with & < > and both quotes written as references.
std::string escaped(std::string_view text);

}  // namespace thien_an::xml

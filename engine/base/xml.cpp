#include "engine/base/xml.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include <mutex>

namespace thien_an::xml {
namespace {

/// `text` for an attribute: breaks and tabs as references, for a reader makes spaces of them otherwise (XML 1.0, 3.3.3).
std::string attribute_text(std::string_view text)
{
    std::string out;
    for (const char c : escaped(text)) {
        if (c == '\n')
            out += "&#10;";
        else if (c == '\r')
            out += "&#13;";
        else if (c == '\t')
            out += "&#9;";
        else
            out += c;
    }
    return out;
}

std::string text_from(const xmlChar* text)
{
    return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

struct FreeDocument {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
struct FreeContext {
    void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
};

void quiet_old(void*, xmlError*) {}

std::string attribute_value(xmlDoc* document, const xmlAttr* attribute)
{
    xmlChar* value = xmlNodeListGetString(document, attribute->children, 1);
    std::string out = text_from(value);
    xmlFree(value);
    return out;
}

std::unique_ptr<Element> element_from(xmlDoc* document, const xmlNode* node)
{
    auto element = std::make_unique<Element>();
    element->name = text_from(node->name);
    element->space = node->ns == nullptr ? "" : text_from(node->ns->href);
    element->line = int(xmlGetLineNo(node));
    for (const auto* ns = node->nsDef; ns != nullptr; ns = ns->next)
        element->prefixes.emplace_back(text_from(ns->prefix), text_from(ns->href));
    for (const auto* a = node->properties; a != nullptr; a = a->next)
        element->attributes.push_back(
            {a->ns == nullptr ? "" : text_from(a->ns->href), text_from(a->name), attribute_value(document, a)}
        );
    for (const auto* child = node->children; child != nullptr; child = child->next) {
        if (child->type == XML_ELEMENT_NODE)
            element->nodes.push_back({element_from(document, child), {}});
        else if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
            element->nodes.push_back({nullptr, text_from(child->content)});
    }
    return element;
}

/// Depth of the deepest open tag, seen without parsing: libxml2 itself must not recurse on a hostile file.
Result<Done> within_depth(const xmlNode* node, int depth_left)
{
    for (; node != nullptr; node = node->next) {
        if (node->type != XML_ELEMENT_NODE) continue;
        if (depth_left == 0) return Problem{.code = "xml.too_deep", .field = "", .law = ""};
        if (auto below = within_depth(node->children, depth_left - 1); !below) return below;
    }
    return Done{};
}

Problem syntax_problem(const xmlParserCtxt* context)
{
    const auto& error = context->lastError;
    std::string reason = error.message == nullptr ? "" : error.message;
    while (!reason.empty() && (reason.back() == '\n' || reason.back() == ' ')) reason.pop_back();
    return {
        .code = "xml.syntax",
        .field = "",
        .law = "",
        .words = {{"line", std::to_string(error.line)}, {"reason", reason}}};
}

void write(const Element& element, std::vector<std::pair<std::string, std::string>> scope, std::string& out);

std::string prefixed(
    const std::vector<std::pair<std::string, std::string>>& scope,
    const std::string& space,
    const std::string& name
)
{
    if (space == "http://www.w3.org/XML/1998/namespace") return "xml:" + name;
    for (auto at = scope.rbegin(); at != scope.rend(); ++at)
        if (at->second == space) return at->first.empty() ? name : at->first + ":" + name;
    return name;
}

/// Attributes never use the default namespace.
std::string attribute_name(
    const std::vector<std::pair<std::string, std::string>>& scope, const Attribute& attribute
)
{
    if (attribute.space.empty()) return attribute.name;
    std::vector<std::pair<std::string, std::string>> named;
    for (const auto& one : scope)
        if (!one.first.empty()) named.push_back(one);
    return prefixed(named, attribute.space, attribute.name);
}

void write(const Element& element, std::vector<std::pair<std::string, std::string>> scope, std::string& out)
{
    scope.insert(scope.end(), element.prefixes.begin(), element.prefixes.end());
    const auto name = prefixed(scope, element.space, element.name);
    out += "<" + name;
    for (const auto& [prefix, uri] : element.prefixes)
        out += (prefix.empty() ? " xmlns=\"" : " xmlns:" + prefix + "=\"") + attribute_text(uri) + "\"";
    for (const auto& attribute : element.attributes)
        out += " " + attribute_name(scope, attribute) + "=\"" + attribute_text(attribute.value) + "\"";
    if (element.nodes.empty()) {
        out += "/>";
        return;
    }
    out += ">";
    for (const auto& node : element.nodes) {
        if (node.element)
            write(*node.element, scope, out);
        else
            out += escaped(node.text);
    }
    out += "</" + name + ">";
}

}  // namespace

std::string Element::attribute(std::string_view attribute_name) const
{
    return attribute_in("", attribute_name).value_or("");
}

std::optional<std::string> Element::attribute_in(std::string_view uri, std::string_view attribute_name) const
{
    for (const auto& a : attributes)
        if (a.space == uri && a.name == attribute_name) return a.value;
    return std::nullopt;
}

std::vector<const Element*> Element::children() const
{
    std::vector<const Element*> found;
    for (const auto& node : nodes)
        if (node.element) found.push_back(node.element.get());
    return found;
}

std::vector<const Element*> Element::children(std::string_view child_name) const
{
    auto found = children();
    std::erase_if(found, [&](const Element* e) { return e->name != child_name; });
    return found;
}

const Element* Element::child(std::string_view child_name) const
{
    for (const auto& node : nodes)
        if (node.element && node.element->name == child_name) return node.element.get();
    return nullptr;
}

std::string Element::text() const
{
    std::string out;
    for (const auto& node : nodes) out += node.element ? node.element->text() : node.text;
    return out;
}

Result<std::unique_ptr<Element>> parse(std::string_view text, Limits limits)
{
    static std::once_flag once;
    std::call_once(once, [] { xmlInitParser(); });
    if (text.size() > limits.bytes_max) return Problem{.code = "xml.too_large", .field = "", .law = ""};
    const std::unique_ptr<xmlParserCtxt, FreeContext> context{xmlNewParserCtxt()};
    if (!context) throw std::bad_alloc();
    xmlSetStructuredErrorFunc(nullptr, quiet_old);
    constexpr int options = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    const std::unique_ptr<xmlDoc, FreeDocument> document{
        xmlCtxtReadMemory(context.get(), text.data(), int(text.size()), nullptr, nullptr, options)};
    // A document type is refused even when it would parse: entities are how XML bombs and file reads begin.
    if (document && (document->intSubset != nullptr || document->extSubset != nullptr))
        return Problem{.code = "xml.doctype", .field = "", .law = ""};
    if (!document && context->myDoc != nullptr && context->myDoc->intSubset != nullptr) {
        xmlFreeDoc(context->myDoc);
        context->myDoc = nullptr;
        return Problem{.code = "xml.doctype", .field = "", .law = ""};
    }
    if (!document) return syntax_problem(context.get());
    const auto* root = xmlDocGetRootElement(document.get());
    if (root == nullptr) return syntax_problem(context.get());
    TRY(within_depth(root, limits.depth_max));
    return element_from(document.get(), root);
}

std::string text_of(const Element& root)
{
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    write(root, {}, out);
    return out + "\n";
}

std::string escaped(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default: out += c;
        }
    }
    return out;
}

}  // namespace thien_an::xml

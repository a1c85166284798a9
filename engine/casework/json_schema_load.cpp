#include <utility>

#include "engine/casework/json_schema_compiled.h"
#include "engine/casework/json_uri.h"

namespace thien_an::casework {

extern const std::string_view draft_7_metaschema;

namespace {

using json::array;
using json::object;
using json::value;

std::string_view view(const boost::json::string& s) { return {s.data(), s.size()}; }

constexpr std::array schema_keywords{
    "not",
    "if",
    "then",
    "else",
    "items",
    "additionalItems",
    "contains",
    "additionalProperties",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema"};
constexpr std::array schema_list_keywords{"allOf", "anyOf", "oneOf", "prefixItems", "items"};
constexpr std::array schema_map_keywords{
    "properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"};

/// Patterns of ECMA 262 in the words of ICU: \d, \w and \s are of ASCII, $ is the very end.
std::string pattern_for_icu(std::string_view ecma)
{
    std::string out;
    bool in_class = false;
    for (std::size_t i = 0; i < ecma.size(); ++i) {
        const char c = ecma[i];
        if (c == '\\' && i + 1 < ecma.size()) {
            const char next = ecma[++i];
            const std::string_view digits = in_class ? "0-9" : "[0-9]";
            const std::string_view word = in_class ? "0-9A-Za-z_" : "[0-9A-Za-z_]";
            if (next == 'd')
                out += digits;
            else if (next == 'w')
                out += word;
            else if (next == 'D' && !in_class)
                out += "[^0-9]";
            else if (next == 'W' && !in_class)
                out += "[^0-9A-Za-z_]";
            else
                (out += c) += next;
            continue;
        }
        if (c == '[') in_class = true;
        if (c == ']') in_class = false;
        if (c == '$' && !in_class)
            out += "\\z";
        else
            out += c;
    }
    return out;
}

Pattern compiled_pattern(std::string_view ecma)
{
    UErrorCode status = U_ZERO_ERROR;
    UParseError where;
    Pattern pattern(
        icu::RegexPattern::compile(icu::UnicodeString::fromUTF8(pattern_for_icu(ecma)), 0, where, status)
    );
    if (U_FAILURE(status)) return nullptr;
    return pattern;
}

}  // namespace

namespace {

Problem schema_problem(std::string code, std::string at, std::string name, std::string_view word)
{
    return {
        .code = std::move(code),
        .field = std::move(at),
        .law = "",
        .words = {{std::move(name), std::string(word)}}};
}

std::optional<Dialect> dialect_named(std::string_view uri)
{
    if (without_fragment(uri) == "http://json-schema.org/draft-07/schema") return Dialect::draft_7;
    if (without_fragment(uri) == "https://json-schema.org/draft/2020-12/schema")
        return Dialect::draft_2020_12;
    return std::nullopt;
}

}  // namespace

std::optional<Problem> JsonSchema::Compiled::remember_patterns(const object& schema, const std::string& at)
{
    std::vector<std::string> wanted;
    if (const auto* one = schema.if_contains("pattern"); one != nullptr && one->is_string())
        wanted.emplace_back(view(one->get_string()));
    if (const auto* many = schema.if_contains("patternProperties"); many != nullptr && many->is_object())
        for (const auto& m : many->get_object()) wanted.emplace_back(m.key());
    for (auto& text : wanted) {
        auto pattern = compiled_pattern(text);
        if (!pattern) return schema_problem("schema.bad_pattern", at, "pattern", text);
        patterns.emplace(std::move(text), std::move(pattern));
    }
    return std::nullopt;
}

void JsonSchema::Compiled::remember_names(const object& schema, const value& self, const Node& node)
{
    for (const std::string_view keyword : {"$anchor", "$dynamicAnchor"}) {
        const auto* name = schema.if_contains(keyword);
        if (name == nullptr || !name->is_string()) continue;
        const auto place = node.base + "#" + std::string(view(name->get_string()));
        places.emplace(place, &self);
        if (keyword == "$dynamicAnchor") dynamic_anchors.insert(place);
    }
}

std::optional<Problem> JsonSchema::Compiled::visit_members(
    const object& schema, const Node& node, const std::string& at
)
{
    const auto go = [&](const value& v, const std::string& where) {
        return visit(v, node.base, node.dialect, where);
    };
    for (const auto* keyword : schema_keywords)
        if (const auto* v = schema.if_contains(keyword); v != nullptr && !v->is_array())
            if (auto problem = go(*v, at + "/" + keyword)) return problem;
    for (const auto* keyword : schema_list_keywords)
        if (const auto* v = schema.if_contains(keyword); v != nullptr && v->is_array())
            for (std::size_t i = 0; i < v->get_array().size(); ++i)
                if (auto problem = go(v->get_array()[i], at + "/" + keyword + "/" + std::to_string(i)))
                    return problem;
    for (const auto* keyword : schema_map_keywords)
        if (const auto* v = schema.if_contains(keyword); v != nullptr && v->is_object())
            for (const auto& m : v->get_object())
                if (!m.value().is_array())
                    if (auto problem = go(m.value(), at + "/" + keyword + "/" + json::escaped(m.key())))
                        return problem;
    return std::nullopt;
}

namespace {

/// "string", or a list of such words (draft 7, 6.1.1).
bool is_type(const value& type)
{
    if (type.is_string()) return true;
    const auto* list = type.if_array();
    return list != nullptr &&
           std::all_of(list->begin(), list->end(), [](const value& v) { return v.is_string(); });
}

}  // namespace

std::optional<Problem> JsonSchema::Compiled::visit(
    const value& schema, const std::string& base, Dialect dialect, const std::string& at
)
{
    if (nodes.contains(&schema)) return std::nullopt;
    if (schema.is_bool()) return std::nullopt;
    const auto* members = schema.if_object();
    if (members == nullptr) return schema_problem("schema.bad_keyword", at, "reason", "not a schema");
    if (const auto* type = members->if_contains("type"); type != nullptr && !is_type(*type))
        return schema_problem("schema.bad_keyword", at, "reason", "type");
    Node node{.base = base, .dialect = dialect};
    if (const auto named = json::string_or(schema, "$schema"); !named.empty()) {
        const auto known = dialect_named(named);
        if (!known) return schema_problem("schema.unknown_dialect", at, "dialect", named);
        node.dialect = *known;
    }
    const bool alone = node.dialect == Dialect::draft_7 && members->contains("$ref");
    if (const auto id = json::string_or(schema, "$id"); !id.empty() && !alone) {
        const auto uri = resolved_uri(base, id);
        if (fragment_of(uri).empty()) node.base = std::string(without_fragment(uri));
        places.emplace(uri.ends_with('#') ? node.base : uri, &schema);
    }
    remember_names(*members, schema, node);
    if (auto problem = remember_patterns(*members, at)) return problem;
    nodes.emplace(&schema, node);
    return visit_members(*members, node, at);
}

const value* JsonSchema::Compiled::resolve(const std::string& uri)
{
    const auto fragment = fragment_of(uri);
    const std::string resource(without_fragment(uri));
    if (!fragment.empty() && fragment[0] != '/') {
        const auto found = places.find(resource + "#" + fragment);
        return found == places.end() ? nullptr : found->second;
    }
    auto found = places.find(resource);
    if (found == places.end()) {
        const auto known = library.find(resource);
        if (known == library.end() || visit(known->second, resource, Dialect::draft_7, "")) return nullptr;
        places.emplace(resource, &known->second);
        found = places.find(resource);
    }
    const auto* target = json::find(*found->second, fragment);
    if (target == nullptr) return nullptr;
    // A reference may point to a place no keyword names as a schema.
    const auto owner = nodes.find(found->second);
    const auto dialect = owner == nodes.end() ? Dialect::draft_2020_12 : owner->second.dialect;
    if (visit(*target, resource, dialect, fragment)) return nullptr;
    return target;
}

std::optional<Problem> JsonSchema::Compiled::link()
{
    std::set<const value*> linked;
    while (linked.size() < nodes.size()) {
        std::vector<const value*> open;
        for (const auto& [schema, node] : nodes)
            if (!linked.contains(schema)) open.push_back(schema);
        for (const auto* schema : open) {
            linked.insert(schema);
            const auto base = nodes.at(schema).base;
            for (const std::string_view keyword : {"$ref", "$dynamicRef"}) {
                const auto reference = json::string_or(*schema, keyword);
                if (reference.empty()) continue;
                const auto uri = resolved_uri(base, reference);
                const auto* target = resolve(uri);
                if (target == nullptr)
                    return schema_problem(
                        "schema.bad_reference", "/" + std::string(keyword), "reference", reference
                    );
                auto& node = nodes.at(schema);
                (keyword == "$ref" ? node.reference : node.dynamic) = target;
                const auto name = fragment_of(uri);
                if (keyword == "$dynamicRef" &&
                    dynamic_anchors.contains(std::string(without_fragment(uri)) + "#" + name))
                    node.dynamic_name = name;
            }
        }
    }
    return std::nullopt;
}

std::optional<Problem> JsonSchema::Compiled::load(std::string_view base)
{
    auto draft_7 = json::parse(draft_7_metaschema);
    library.emplace("http://json-schema.org/draft-07/schema", std::move(draft_7).value());
    places.emplace(std::string(base), &document);
    if (auto problem = visit(document, std::string(base), Dialect::draft_2020_12, "")) return problem;
    return link();
}

}  // namespace thien_an::casework

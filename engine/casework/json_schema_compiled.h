#pragma once

#include <unicode/regex.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/base/json.h"
#include "engine/casework/json_schema.h"

/// A schema as loaded: shared by the loader and the judge, included by nobody else.
namespace thien_an::casework {

using Pattern = std::unique_ptr<icu::RegexPattern>;

enum class Dialect { draft_7, draft_2020_12 };

/// What is known of a schema object after loading.
struct Node {
    std::string base;  ///< URI of the resource it belongs to.
    Dialect dialect = Dialect::draft_2020_12;
    const json::value* reference = nullptr;  ///< What $ref names.
    const json::value* dynamic = nullptr;    ///< What $dynamicRef names before looking at the callers.
    std::string dynamic_name;                ///< The anchor to look for in the callers; empty: none.
};

struct JsonSchema::Compiled {
    json::value document;
    std::map<std::string, json::value, std::less<>> library;
    std::map<std::string, const json::value*, std::less<>> places;  ///< "uri" and "uri#anchor" -> schema
    std::set<std::string, std::less<>> dynamic_anchors;             ///< "uri#anchor"
    std::unordered_map<const json::value*, Node> nodes;
    std::map<std::string, Pattern, std::less<>> patterns;

    std::optional<Problem> load(std::string_view base);
    std::optional<Problem> visit(
        const json::value& schema, const std::string& base, Dialect dialect, const std::string& at
    );
    std::optional<Problem> visit_members(const json::object& schema, const Node& node, const std::string& at);
    std::optional<Problem> remember_patterns(const json::object& schema, const std::string& at);
    void remember_names(const json::object& schema, const json::value& self, const Node& node);
    std::optional<Problem> link();
    const json::value* resolve(const std::string& uri);
};

}  // namespace thien_an::casework

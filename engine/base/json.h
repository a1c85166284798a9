#pragma once

#include <boost/json.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

/// JSON as Boost.JSON holds it, read strictly: what a stranger sends is bounded and never ambiguous.
namespace thien_an::json {

using boost::json::array;
using boost::json::object;
using boost::json::value;

/// Bounds of a document from outside.
struct Limits {
    std::size_t bytes_max = 8 * 1024 * 1024;
    std::size_t depth_max = 64;
};

/// Problems "json.syntax" (words line, column), "json.duplicate_key" (field is the pointer), "json.too_deep",
/// "json.too_large". Text must be UTF-8. Numbers beyond 64 bits become doubles.
Result<value> parse(std::string_view text, Limits limits = {});

/// Members in code point order of their names, no white space: equal values give equal bytes (RFC 8785's aim).
std::string canonical(const value& v);
std::string text_of(const value& v);  ///< Compact, members in their own order.

/// The value `pointer` (RFC 6901) names; null when there is none.
const value* find(const value& root, std::string_view pointer);
/// Sets what `pointer` names, making objects on the way; array positions must exist or be one past the end.
void set(value& root, std::string_view pointer, value v);

/// Member access that does not throw: null, "" or the default when absent or of another kind.
const value* member(const value& v, std::string_view name);
std::string string_or(const value& v, std::string_view name, std::string_view otherwise = "");
std::int64_t integer_or(const value& v, std::string_view name, std::int64_t otherwise = 0);
bool bool_or(const value& v, std::string_view name, bool otherwise = false);

/// One token of a pointer, with ~ and / escaped.
std::string escaped(std::string_view token);

}  // namespace thien_an::json

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"

/// `{{child.born_on|day}}`: what a paper says about its values.
namespace thien_an::documents {

/// A run of fixed text, or one placeholder.
struct TextPiece {
    std::string text;  ///< Fixed text; or the path of the value.
    bool value = false;
    bool may_miss = false;           ///< `{{path?}}`
    std::vector<std::string> forms;  ///< "day", "upper"...
};

/// Nothing when braces do not match, a path is no path or a form is unknown.
std::optional<std::vector<TextPiece>> read_pieces(std::string_view text);

/// `if` of an element: "path", "!path" or "path = text".
struct Condition {
    std::string path;
    bool negated = false;
    std::optional<std::string> equals;
};
std::optional<Condition> read_condition(std::string_view text);

bool is_path(std::string_view text);  ///< Names of letters, digits and _ with dots between.

/// Values by path; members of lists by the name they were given, innermost first.
class Values {
public:
    explicit Values(const json::value& root) : root_(&root) {}

    /// Values with one more name, for the time of one row.
    Values with(std::string name, const json::value& item, std::size_t number) const;

    const json::value* find(std::string_view path) const;
    bool holds(const Condition& condition) const;
    /// The piece as text. Problems "paper.no_value", "paper.bad_value" (word value is the path).
    Result<std::string> text_of(const TextPiece& piece) const;

private:
    struct Named {
        std::string name;
        const json::value* item;
        std::string number;
    };
    const json::value* root_;
    std::vector<Named> named_;
};

}  // namespace thien_an::documents

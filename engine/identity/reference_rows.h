#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/day.h"
#include "engine/base/json.h"

/// What the importers of province/*.json share: dated rows, names in two languages, a Problem that names the
/// row.
namespace thien_an::identity {

/// Problem `code` with words row (1 is the first) and reason.
Problem bad_row(std::string_view code, std::size_t row, std::string_view reason);
/// "valid_from" and "valid_to" (null: in force) of a row; nothing when they are no days or in the wrong
/// order.
std::optional<Validity> validity_of(const json::value& row);
/// Member `language` of member `name`: {"name": {"vi": "...", "en": "..."}}; "" when absent.
std::string name_in(const json::value& row, std::string_view name, std::string_view language);
/// The array `name` of the document; null when there is none.
const json::array* rows_of(const json::value& document, std::string_view name);
/// How well folded `name` answers folded `words`: 0 equal, 1 starts so, 2 every word starts a word of it; -1:
/// not.
int match(std::string_view name, std::string_view words);

}  // namespace thien_an::identity

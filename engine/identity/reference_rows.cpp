#include "engine/identity/reference_rows.h"

namespace thien_an::identity {

Problem bad_row(std::string_view code, std::size_t row, std::string_view reason)
{
    return Problem{
        .code = std::string(code),
        .field = "",
        .law = "",
        .words = {{"row", std::to_string(row)}, {"reason", std::string(reason)}}};
}

std::optional<Validity> validity_of(const json::value& row)
{
    const auto from = parse_day(json::string_or(row, "valid_from"));
    if (!from) return std::nullopt;
    const auto* end = json::member(row, "valid_to");
    if (end == nullptr || end->is_null()) return Validity{.from = from.value(), .to = std::nullopt};
    const auto to = parse_day(json::string_or(row, "valid_to"));
    if (!to || to.value() <= from.value()) return std::nullopt;
    return Validity{.from = from.value(), .to = to.value()};
}

std::string name_in(const json::value& row, std::string_view name, std::string_view language)
{
    const auto* names = json::member(row, name);
    return names == nullptr ? "" : json::string_or(*names, language);
}

const json::array* rows_of(const json::value& document, std::string_view name)
{
    const auto* rows = json::member(document, name);
    return rows == nullptr ? nullptr : rows->if_array();
}

int match(std::string_view name, std::string_view words)
{
    if (name == words) return 0;
    if (name.starts_with(words)) return 1;
    const std::string spaced = " " + std::string(name);
    while (!words.empty()) {
        const auto end = std::min(words.find(' '), words.size());
        if (spaced.find(" " + std::string(words.substr(0, end))) == std::string::npos) return -1;
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return 2;
}

}  // namespace thien_an::identity

#include "engine/web/listing.h"

#include <algorithm>
#include <charconv>

namespace thien_an::web {
namespace {

constexpr std::size_t cursor_bytes_max = 200;

Problem bad(const char* field)
{
    return {.code = "web.bad_query", .field = field, .law = "", .words = {{"name", field + 1}}};
}

/// Our cursors are numbers with dots and minus signs between them.
bool is_cursor(std::string_view text)
{
    return text.size() <= cursor_bytes_max &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == '-'; });
}

}  // namespace

Result<Listing> listing_of(const Request& request)
{
    Listing listing;
    listing.cursor = request.query.get("cursor");
    if (!is_cursor(listing.cursor)) return bad("/cursor");
    const auto* asked = request.query.find("limit");
    if (asked == nullptr) return listing;
    const auto [end, error] = std::from_chars(asked->data(), asked->data() + asked->size(), listing.limit);
    const bool number = error == std::errc{} && end == asked->data() + asked->size();
    if (!number || listing.limit < 1 || listing.limit > listing_most) return bad("/limit");
    return listing;
}

}  // namespace thien_an::web

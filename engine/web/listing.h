#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/web/describe.h"
#include "engine/web/http.h"

/// What lists of the API have in common: a cursor and how many items at once.
namespace thien_an::web {

constexpr int listing_usual = 50;
constexpr int listing_most = 100;

/// As the API description names it; a list with more to ask describes a struct of its own and calls describe_listing.
struct ListingQuery {
    std::optional<std::int64_t> limit;
    std::optional<std::string> cursor;
};
template <typename Visitor>
void describe_listing(Visitor& visit, ListingQuery& it)
{
    visit("limit", it.limit, {.about = "Items at once.", .least = 1, .most = listing_most, .example = "50"});
    visit(
        "cursor",
        it.cursor,
        {.about = "The value \"next\" of the answer before; none: from the start.", .length_max = 200}
    );
}
template <typename Visitor>
void describe(Visitor& visit, ListingQuery& it)
{
    describe_listing(visit, it);
}

struct Listing {
    std::string cursor;  ///< Empty: from the start.
    int limit = listing_usual;
};
/// Problem "web.bad_query" (field "/limit" or "/cursor") for what is neither a number in the bounds nor a cursor of ours.
Result<Listing> listing_of(const Request& request);

}  // namespace thien_an::web

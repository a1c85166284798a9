#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/web/context.h"
#include "engine/web/listing.h"

/// REST for registers: searching the entries one may see, and reading one. Both leave a row in the audit trail.
namespace thien_an::one_stop {

struct EntryQuery {
    std::optional<std::string> q;
    std::optional<std::int64_t> year;
    web::ListingQuery listing;
};
template <typename Visitor>
void describe(Visitor& visit, EntryQuery& it)
{
    visit("q", it.q, {.about = "Words of the searched fields, or a number: 15/2016.", .length_max = 200});
    visit("year", it.year, {.least = 1900, .most = 2200, .example = "2016"});
    web::describe_listing(visit, it.listing);
}

struct EntryItem {
    std::string id;
    std::string number;
    bool in_force = true;
    json::value fields;
};
template <typename Visitor>
void describe(Visitor& visit, EntryItem& it)
{
    visit("id", it.id, {.example = "120435218374656"});
    visit("number", it.number, {.example = "15/2016"});
    visit("in_force", it.in_force, {});
    visit("fields", it.fields, {.about = "By the register's own description, without sensitive ones."});
}

struct EntryList {
    std::vector<EntryItem> items;
    std::optional<std::string> next;
};
template <typename Visitor>
void describe(Visitor& visit, EntryList& it)
{
    visit("items", it.items, {.about = "The latest number first.", .length_max = 100});
    visit("next", it.next, {.about = "Send it as cursor for the next page; null at the end."});
}

struct EntryNote {
    std::string kind;
    Day noted_on;
    std::string decision;
    std::string content;
    json::value fields;
};
template <typename Visitor>
void describe(Visitor& visit, EntryNote& it)
{
    visit("kind", it.kind, {.example = "correction"});
    visit("noted_on", it.noted_on, {});
    visit("decision", it.decision, {});
    visit("content", it.content, {});
    visit("fields", it.fields, {.about = "New values."});
}

struct EntryShown {
    std::string id;
    std::string number;
    std::int64_t book = 0;
    std::int64_t page = 0;
    Day registered_on;
    bool in_force = true;
    json::value fields;
    std::vector<EntryNote> notes;
};
template <typename Visitor>
void describe(Visitor& visit, EntryShown& it)
{
    visit("id", it.id, {.example = "120435218374656"});
    visit("number", it.number, {.example = "15/2016"});
    visit("book", it.book, {.about = "Of the year.", .least = 1});
    visit("page", it.page, {.least = 1});
    visit("registered_on", it.registered_on, {});
    visit("in_force", it.in_force, {});
    visit(
        "fields", it.fields, {.about = "After all notes; sensitive ones masked unless they were asked for."}
    );
    visit("notes", it.notes, {.length_max = 10000});
}

struct RevealAsked {
    std::string reason;
};
template <typename Visitor>
void describe(Visitor& visit, RevealAsked& it)
{
    visit(
        "reason",
        it.reason,
        {.about = "Kept in the audit trail.", .length_max = 500, .example = "Cấp trích lục"}
    );
}

Result<web::Response> list_entries(const web::Request& request, web::Context& context);
Result<web::Response> send_entry(const web::Request& request, web::Context& context);
Result<web::Response> reveal_entry(const web::Request& request, web::Context& context);

}  // namespace thien_an::one_stop

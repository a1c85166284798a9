#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/web/context.h"
#include "engine/web/listing.h"

/// Procedures for programs: finding one, and all that must be known to file under it.
namespace thien_an::portal {

struct ProcedureQuery {
    std::optional<std::string> q;
    web::ListingQuery listing;
};
template <typename Visitor>
void describe(Visitor& visit, ProcedureQuery& it)
{
    visit("q", it.q, {.about = "Words; marks are not needed.", .length_max = 200, .example = "khai sinh"});
    web::describe_listing(visit, it.listing);
}

struct ProcedureItem {
    std::string id;
    std::string name;
    std::string href;
    bool information_only = false;
    std::string agency_level;
};
template <typename Visitor>
void describe(Visitor& visit, ProcedureItem& it)
{
    visit("id", it.id, {.about = "Folder id; name it in a filing.", .example = "birth_registration"});
    visit("name", it.name, {.example = "Đăng ký khai sinh"});
    visit("href", it.href, {.about = "Its page.", .example = "/thu-tuc/dang-ky-khai-sinh"});
    visit("information_only", it.information_only, {.about = "True: it cannot be filed here."});
    visit("agency_level", it.agency_level, {.about = "Who decides.", .example = "commune"});
}

struct ProcedureList {
    std::vector<ProcedureItem> items;
    std::optional<std::string> next;
};
template <typename Visitor>
void describe(Visitor& visit, ProcedureList& it)
{
    visit("items", it.items, {.about = "The best match first.", .length_max = 100});
    visit("next", it.next, {.about = "Send it as cursor for the next page; null at the end."});
}

struct PaperAsked {
    std::string id;
    std::string name;
    bool required = false;
    std::optional<std::string> when;
    std::int64_t files_max = 1;
    std::int64_t bytes_max = 0;
    std::vector<std::string> accept;
};
template <typename Visitor>
void describe(Visitor& visit, PaperAsked& it)
{
    visit("id", it.id, {.about = "The paper of a file in a filing.", .example = "birth_notification"});
    visit("name", it.name, {.example = "Giấy chứng sinh"});
    visit("required", it.required, {.about = "When its condition holds."});
    visit("when", it.when, {.about = "FEEL over the form; null: always."});
    visit("files_max", it.files_max, {.least = 0});
    visit("bytes_max", it.bytes_max, {.about = "Of one file.", .least = 0});
    visit("accept", it.accept, {.about = "Media types.", .length_max = 20});
}

struct ProcedureShown {
    std::string id;
    std::string name;
    std::string summary;
    std::string href;
    bool information_only = false;
    bool can_file_online = false;
    std::optional<std::string> level;
    std::string decided_by;
    std::optional<std::string> time_limit;
    std::string fee;
    std::string result;
    std::vector<PaperAsked> papers;
    json::value form;
};
template <typename Visitor>
void describe(Visitor& visit, ProcedureShown& it)
{
    visit("id", it.id, {.example = "birth_registration"});
    visit("name", it.name, {.example = "Đăng ký khai sinh"});
    visit("summary", it.summary, {});
    visit("href", it.href, {.example = "/thu-tuc/dang-ky-khai-sinh"});
    visit("information_only", it.information_only, {});
    visit("can_file_online", it.can_file_online, {.about = "Today."});
    visit("level", it.level, {.about = "Service level of the day.", .example = "3"});
    visit("decided_by", it.decided_by, {});
    visit("time_limit", it.time_limit, {});
    visit("fee", it.fee, {});
    visit("result", it.result, {.example = "Giấy khai sinh"});
    visit("papers", it.papers, {.about = "Asked for today.", .length_max = 100});
    visit(
        "form",
        it.form,
        {.about = "JSON Schema of the member form of a filing; null when it cannot be filed."}
    );
}

Result<web::Response> list_procedures(const web::Request& request, web::Context& context);
Result<web::Response> send_procedure(const web::Request& request, web::Context& context);

}  // namespace thien_an::portal

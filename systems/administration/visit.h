#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/casework/page_values.h"
#include "engine/identity/means.h"
#include "engine/identity/posts.h"
#include "engine/web/desk.h"

/// What every page of administration asks of a visit, and the form they share.
namespace thien_an::administration {

const identity::Means& means(const web::Context& context);
casework::Speech speech(const web::Context& context);
/// The visitor's act, at the business time of the request.
identity::Act act(const web::Context& context);
/// To `path`, whose page then says `key` ("flash.saved").
web::Response done_and_back(std::string_view path, std::string_view key);

/// The page "administration/form".
struct FormPage {
    std::string title;
    std::string subtitle = {};
    std::string back;
    std::string back_text;
    std::string action;
    std::string submit;
    bool submit_bad = false;
    bool with_files = false;
    json::array notes = {};
    json::value picture = nullptr;  ///< A QR code: (side, path, alt)
    json::array pairs = {};
    json::array fields = {};
    std::vector<Problem> problems = {};  ///< Status 422 when there are any.
};
web::Response draw_form(FormPage form, const web::Context& context);
/// The sentence of the problem at `field` ("/reason"); "" when it has none.
std::string error_at(
    const std::vector<Problem>& problems, std::string_view field, const web::Context& context
);
/// The problem beside `otherwise` unless `fields` has the place it names itself.
std::vector<Problem> placed(
    const Problem& problem, const std::vector<std::string_view>& fields, std::string_view otherwise
);

/// A text field whose label is word `key`, its hint `key`_hint when there is one, and the rest from the
/// request.
json::object asked(
    std::string_view name,
    std::string_view key,
    const web::Request& request,
    const std::vector<Problem>& problems,
    const web::Context& context
);

/// A picture of a process as the partial "picture" wants it; null when there is none.
struct Picture {
    json::value svg = nullptr;
    std::int64_t percent = 0;  ///< Where it opens.
    bool wide = false;         ///< Too wide to be read when it is fitted to the page: it is scrolled.
};
Picture picture_values(const std::string& svg);

/// Why something is done, with what was typed so far.
json::object reason_field(
    std::string value, const std::vector<Problem>& problems, const web::Context& context
);

json::object chip(std::string_view kind, std::string_view icon, std::string text);
json::value text_or_null(std::string_view text);
std::string in(const web::Context& context, const std::string& vi, const std::string& en);
/// "1/7/2016" or "2016-07-01". Problem "base.bad_day" at `field`.
Result<Day> typed_day(std::string_view text, std::string_view field);
/// The identifier in the route's {name}. Problem as parse_id.
template <typename IdType>
Result<IdType> id_in(const web::Request& request, std::string_view name)
{
    return IdType{TRY(parse_id(request.value(name)))};
}
/// Partial "pager" for a list that goes on below `last`: null when there is neither a page before nor after.
json::value pager(const web::Request& request, std::string_view last, bool more);

}  // namespace thien_an::administration

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/casework/casework.h"
#include "engine/casework/page_values.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// What every handler of the desk asks of a visit.
namespace thien_an::one_stop {

casework::Office& office(const web::Context& context);
casework::Speech speech(const web::Context& context);

/// A way to act ("với tư cách"): as a post one holds, by itself or for the post that delegated to it.
struct Way {
    web::PostChoice post;
    identity::PostId for_post;      ///< 0: none.
    std::string for_title;          ///< "Chủ tịch"
    std::optional<Day> until = {};  ///< Last day of the delegation.

    std::string id() const;  ///< Value of the form field "post": "12" or "12.7".
    std::string label(const casework::Speech& say) const;  ///< "Phó Chủ tịch, thay Chủ tịch"
};
/// All ways of the signed-in person, posts in the order of the session, each before what was delegated to it.
std::vector<Way> all_ways(const web::Context& context);
/// Those one may take without proving more: the session's own first, then those that need no second factor.
std::vector<Way> ways_to_act(const web::Context& context);
/// The actor of the session, in the way the form names in "post" when it is one of his.
identity::Actor acting(const web::Request& request, const web::Context& context);
identity::Actor acting_in(const web::Context& context, const Way& way);
/// "Công chức Tư pháp - hộ tịch" of the post acted as; "" when none is chosen.
std::string post_title(const web::Context& context, identity::PostId post);

/// The same form sent twice does one thing.
casework::Once once(const web::Request& request, const web::Context& context);
/// Fields of a form as casework takes them, without those every form has.
casework::Typed typed(const web::Request& request);
/// Says `key` ("flash.saved") on the next page.
void say_next(web::Response& response, std::string_view key);
/// `path` and `key`: back to a page that says what was done.
web::Response done_and_back(const std::string& path, std::string_view key);

std::string dossier_address(std::string_view code, std::string_view rest = "");
json::value text_or_null(std::string_view text);

}  // namespace thien_an::one_stop

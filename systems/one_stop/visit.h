#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/casework/casework.h"
#include "engine/casework/page_values.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// What every handler of the desk asks of a visit.
namespace thien_an::one_stop {

casework::Office& office(const web::Context& context);
casework::Speech speech(const web::Context& context);

/// The actor of the session, as the post the form names in "post" when it is one of his.
identity::Actor acting(const web::Request& request, const web::Context& context);
/// The actor as another of his posts.
identity::Actor acting_as(const web::Context& context, const web::PostChoice& post);
/// The posts one may act as without proving more: the session's own, and those that need no second factor.
std::vector<web::PostChoice> posts_to_act_as(const web::Context& context);
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

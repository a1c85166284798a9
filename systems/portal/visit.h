#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/casework/casework.h"
#include "engine/casework/page_values.h"
#include "engine/casework/reading.h"
#include "engine/identity/accounts.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// What every handler of the portal asks of a visit.
namespace thien_an::portal {

casework::Office& office(const web::Context& context);
const identity::Means& means(const web::Context& context);
casework::Speech speech(const web::Context& context);

/// Drafts belong to the party of the session, else to the browser's visitor cookie.
casework::DraftOwner draft_owner(const web::Context& context);
/// The same form sent twice does one thing.
casework::Once once(const web::Request& request, const web::Context& context);
/// Fields of a form as casework takes them.
casework::Typed typed(const web::Request& request);

/// The token in the session's cookie, whichever name it has here; empty when there is none.
std::string session_token(const web::Request& request);
/// The cookie of a new session.
void keep_session(web::Response& response, const identity::SignedIn& signed_in);
/// "Chrome, Android" of a User-Agent, for people to know their devices by; the text itself when it is none we know.
std::string browser_name(std::string_view agent);
/// Where a sign-in comes from: network address and browser.
identity::SignIn origin_of(const web::Request& request);
/// Says `key` ("flash.saved") on the next page.
void say_next(web::Response& response, std::string_view key);
/// `path` when it is one of ours ("/..." and not "//..."), else `otherwise`.
std::string local_path(std::string_view path, std::string_view otherwise);
/// sections[] (title, pairs): answers under the parts of the form they belong to.
json::array answer_sections(const casework::DossierPage& page, web::Context& context);

/// The page "portal/error" for a Problem that stands beside no field.
web::Response problem_page(const web::Context& context, const Problem& problem);

/// A page number from a query; 1 for anything else.
std::size_t page_number(const web::Request& request);

}  // namespace thien_an::portal

#include "systems/administration/token_api.h"

#include "engine/base/bytes.h"
#include "engine/identity/tokens.h"
#include "engine/web/url.h"

#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

struct Credentials {
    std::string id;
    std::string secret;
    bool basic = false;
};

/// From "Authorization: Basic", each half form-encoded (RFC 6749, section 2.3.1), else from the form.
Credentials credentials_in(const web::Request& request)
{
    const auto header = request.header("authorization");
    constexpr std::string_view basic = "Basic ";
    if (!header.starts_with(basic))
        return {.id = request.form.get("client_id"), .secret = request.form.get("client_secret")};
    const auto decoded = from_base64(header.substr(basic.size()));
    const std::string pair(decoded ? text_of(*decoded) : "");
    const auto colon = pair.find(':');
    if (colon == std::string::npos) return {.id = "", .secret = "", .basic = true};
    const auto id = web::percent_decoded(pair.substr(0, colon), true);
    const auto secret = web::percent_decoded(pair.substr(colon + 1), true);
    return {.id = id.value_or(""), .secret = secret.value_or(""), .basic = true};
}

web::Response refused(std::string_view error, int status)
{
    auto response = web::json_answer(json::object{{"error", error}}, status);
    response.header("Cache-Control", "no-store");
    if (status == 401) response.header("WWW-Authenticate", "Basic realm=\"oauth\"");
    return response;
}

}  // namespace

Result<web::Response> give_token(const web::Request& request, web::Context& context)
{
    if (request.form.get("grant_type") != "client_credentials") return refused("unsupported_grant_type", 400);
    const auto credentials = credentials_in(request);
    const auto grant =
        identity::grant_client(means(context), credentials.id, credentials.secret, request.form.get("scope"));
    if (!grant && grant.problem().code == "identity.invalid_client") return refused("invalid_client", 401);
    if (!grant) return refused("invalid_scope", 400);
    auto response = web::json_answer(json::object{
        {"access_token", grant.value().token},
        {"token_type", "Bearer"},
        {"expires_in", grant.value().lasts.count()},
        {"scope", grant.value().scopes}});
    response.header("Cache-Control", "no-store");
    return response;
}

Result<web::Response> show_me(const web::Request&, web::Context& context)
{
    const auto& session = *context.session();
    Me me{
        .name = session.name,
        .post = session.actor.post,
        .posts = {},
        .permissions = session.permissions,
        .scopes = session.scopes};
    for (const auto& post : session.posts)
        me.posts.push_back(
            {.post = post.post, .agency = post.agency, .title = post.title, .agency_name = post.agency_name}
        );
    return web::json_answer(web::encode(me));
}

}  // namespace thien_an::administration

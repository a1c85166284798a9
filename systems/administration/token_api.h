#pragma once

#include <string>
#include <vector>

#include "engine/identity/actor.h"
#include "engine/web/route.h"

/// What programs ask about identity: a token by client credentials (RFC 6749, section 4.4), and who one is.
namespace thien_an::administration {

/// POST /oauth/token, a form: grant_type=client_credentials, client_id and client_secret (or HTTP Basic),
/// scope.
Result<web::Response> give_token(const web::Request& request, web::Context& context);

/// A post one may act as.
struct MyPost {
    identity::PostId post;
    identity::AgencyId agency;
    std::string title;
    std::string agency_name;
};
/// Who asks, as the answer of GET /api/v1/me.
struct Me {
    std::string name;
    identity::PostId post;
    std::vector<MyPost> posts;
    std::vector<std::string> permissions;
    std::vector<std::string> scopes;
};
Result<web::Response> show_me(const web::Request& request, web::Context& context);

template <typename Visitor>
void describe(Visitor& visit, MyPost& it)
{
    visit("post", it.post, {.about = "Identifier of the post."});
    visit("agency", it.agency, {.about = "Identifier of its agency."});
    visit("title", it.title, {.about = "Title in Vietnamese.", .length_max = 500});
    visit("agency_name", it.agency_name, {.about = "Name of the agency.", .length_max = 500});
}

template <typename Visitor>
void describe(Visitor& visit, Me& it)
{
    visit("name", it.name, {.about = "Name of the person or program.", .length_max = 500});
    visit("post", it.post, {.about = "The post acted as; 0: as a citizen."});
    visit("posts", it.posts, {.about = "Posts one may act as.", .length_max = 100});
    visit("permissions", it.permissions, {.about = "Of the post acted as, sorted.", .length_max = 1000});
    visit("scopes", it.scopes, {.about = "Of the bearer token, sorted.", .length_max = 100});
}

}  // namespace thien_an::administration

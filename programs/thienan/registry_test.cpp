#include "programs/thienan/registry.h"

#include <doctest/doctest.h>

#include <set>

#include "engine/web/openapi.h"

namespace thien_an::program {
namespace {

web::RouteTable table() { return web::RouteTable(all_routes()); }

}  // namespace

TEST_CASE("every operation of the API says what it takes, gives and needs")
{
    const auto routes = table();
    for (const auto& fault : web::api_faults(routes)) FAIL_CHECK(fault);
}

TEST_CASE("only what changes nothing of anybody goes without the check of form tokens")
{
    const auto routes = table();
    for (const auto* route : routes.all())
        if (!route->options.csrf) {
            CAPTURE(route->path);
            // An offline node signs what it sends with the key of its lease; no session is asked.
            const std::set<std::string_view> known{
                "/hien-thi",
                "/oauth/token",
                "/api/v1/verifications",
                "/api/v1/node/lines",
                "/api/v1/node/files/{lease}/{signature}"};
            CHECK(known.contains(route->path));
        }
}

TEST_CASE("what hashes passwords or sends codes is limited in its rate")
{
    const auto routes = table();
    for (const auto* route : routes.all()) {
        const bool open = route->permission.name() == web::open.name();
        if (route->method != web::Method::post || !open) continue;
        if (route->options.lane != web::Lane::heavy) continue;
        CAPTURE(route->path);
        CHECK(!route->options.rate.empty());
    }
}

}  // namespace thien_an::program

#pragma once

#include <boost/json.hpp>

#include <string>
#include <vector>

#include "engine/web/route.h"

/// The description of the API, made from the route tables alone.
namespace thien_an::web {

/// OpenAPI 3.1 of every route under /api/v1/.
boost::json::value openapi(const RouteTable& routes, std::string_view server_url);

/// What keeps routes under /api/v1/ from being described: no sentence, no output type, no input type where there is a
/// body, no scope where a permission is asked, two types of one name. Empty when all is well.
std::vector<std::string> api_faults(const RouteTable& routes);

}  // namespace thien_an::web

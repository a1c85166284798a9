#pragma once

#include "engine/web/route.h"

/// Programs of other agencies that use the API: registering one, and closing it.
namespace thien_an::administration {

Result<web::Response> show_clients(const web::Request& request, web::Context& context);
Result<web::Response> add_client(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

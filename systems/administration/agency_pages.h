#pragma once

#include "engine/web/route.h"

/// Agencies as of a day.
namespace thien_an::administration {

Result<web::Response> show_agencies(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

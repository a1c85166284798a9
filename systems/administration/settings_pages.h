#pragma once

#include "engine/web/route.h"

/// Settings in force on the day, as the province's dated data give them.
namespace thien_an::administration {

Result<web::Response> show_settings(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

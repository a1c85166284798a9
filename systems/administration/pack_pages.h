#pragma once

#include "engine/web/route.h"

/// Data packs: their versions, and publishing a folder from the desk.
namespace thien_an::administration {

Result<web::Response> show_packs(const web::Request& request, web::Context& context);
Result<web::Response> show_pack(const web::Request& request, web::Context& context);
Result<web::Response> show_publish(const web::Request& request, web::Context& context);
Result<web::Response> publish(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

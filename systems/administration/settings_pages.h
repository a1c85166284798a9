#pragma once

#include "engine/web/route.h"

/// Settings in force on the day: the province's dated data, and what the desk has changed since, with its reason.
namespace thien_an::administration {

Result<web::Response> show_settings(const web::Request& request, web::Context& context);
/// One setting with its history and the form that changes it.
Result<web::Response> show_setting(const web::Request& request, web::Context& context);
Result<web::Response> change_setting(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

#pragma once

#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// Finding a procedure and reading what it asks, on the day of the visit.
namespace thien_an::portal {

Result<web::Response> show_home(const web::Request& request, web::Context& context);
Result<web::Response> show_procedures(const web::Request& request, web::Context& context);
Result<web::Response> show_procedure(const web::Request& request, web::Context& context);
Result<web::Response> show_help(const web::Request& request, web::Context& context);

}  // namespace thien_an::portal

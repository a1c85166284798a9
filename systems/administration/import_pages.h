#pragma once

#include "engine/web/route.h"

/// People in bulk from a spreadsheet: checked first, written only when confirmed.
namespace thien_an::administration {

Result<web::Response> show_import(const web::Request& request, web::Context& context);
Result<web::Response> check_import(const web::Request& request, web::Context& context);
Result<web::Response> write_import(const web::Request& request, web::Context& context);
Result<web::Response> send_import_template(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

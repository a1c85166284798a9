#pragma once

#include "engine/web/route.h"

/// The audit trail, as far as the visitor may see it; the search itself is audited.
namespace thien_an::administration {

/// The same rows as a table for a spreadsheet; who took them is in the trail.
Result<web::Response> send_audit(const web::Request& request, web::Context& context);
Result<web::Response> show_audit(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

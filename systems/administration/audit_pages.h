#pragma once

#include "engine/web/route.h"

/// The audit trail, as far as the visitor may see it; the search itself is audited.
namespace thien_an::administration {

Result<web::Response> show_audit(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

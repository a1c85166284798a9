#pragma once

#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// Pre-printed forms ("phôi") of the officer's agency by serial: what is left, what came and went, and the acts that
/// move them.
namespace thien_an::civil_status {

Result<web::Response> show_stock(const web::Request& request, web::Context& context);
/// {act} is "nhan" (received), "hong" (spoiled) or "huy" (destroyed).
Result<web::Response> show_stock_form(const web::Request& request, web::Context& context);
Result<web::Response> move_stock(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status

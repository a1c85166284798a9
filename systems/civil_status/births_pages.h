#pragma once

#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// The register of births at the desk: search, an entry with its later changes, what is masked for a reason, a change
/// with its decision. Reading an entry is audited.
namespace thien_an::civil_status {

Result<web::Response> show_births(const web::Request& request, web::Context& context);
Result<web::Response> show_entry(const web::Request& request, web::Context& context);
Result<web::Response> show_reveal_entry(const web::Request& request, web::Context& context);
Result<web::Response> reveal_entry(const web::Request& request, web::Context& context);
Result<web::Response> show_change(const web::Request& request, web::Context& context);
Result<web::Response> change_entry(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status

#pragma once

#include "engine/web/route.h"

/// Who stands in for whom, with dates.
namespace thien_an::administration {

Result<web::Response> show_delegations(const web::Request& request, web::Context& context);
Result<web::Response> show_new_delegation(const web::Request& request, web::Context& context);
Result<web::Response> add_delegation(const web::Request& request, web::Context& context);
Result<web::Response> show_end_delegation(const web::Request& request, web::Context& context);
Result<web::Response> end_delegation(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

#pragma once

#include "engine/web/context.h"
#include "engine/web/http.h"

/// Notices of health facilities: for families, who complete one with its code; for the commune, which sees what is left.
namespace thien_an::civil_status {

Result<web::Response> show_claim(const web::Request& request, web::Context& context);
Result<web::Response> claim(const web::Request& request, web::Context& context);
/// Not completed after the days the setting "civil_status.notice_open_days" says.
Result<web::Response> show_notices(const web::Request& request, web::Context& context);
Result<web::Response> show_remind(const web::Request& request, web::Context& context);
Result<web::Response> remind(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status

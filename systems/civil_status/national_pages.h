#pragma once

#include "engine/web/context.h"
#include "engine/web/http.h"

/// What went to the national civil-status database, what was refused and why, and sending it again.
namespace thien_an::civil_status {

Result<web::Response> show_national(const web::Request& request, web::Context& context);
/// Of one entry: every event with its state.
Result<web::Response> show_national_entry(const web::Request& request, web::Context& context);
Result<web::Response> show_send_again(const web::Request& request, web::Context& context);
Result<web::Response> send_again(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status

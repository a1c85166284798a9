#pragma once

#include "engine/web/route.h"

/// What needs two people at the desk: a note one prepares and another approves, a sealed entry one asks to open and
/// another grants; and the list of what waits for the second.
namespace thien_an::civil_status {

Result<web::Response> show_change(const web::Request& request, web::Context& context);
Result<web::Response> propose_change(const web::Request& request, web::Context& context);
Result<web::Response> show_proposal(const web::Request& request, web::Context& context);
/// Whoever prepared a note takes it back.
Result<web::Response> withdraw_change(const web::Request& request, web::Context& context);
Result<web::Response> decide_change(const web::Request& request, web::Context& context);
Result<web::Response> show_seal(const web::Request& request, web::Context& context);
Result<web::Response> ask_opening(const web::Request& request, web::Context& context);
Result<web::Response> show_opening(const web::Request& request, web::Context& context);
Result<web::Response> decide_opening(const web::Request& request, web::Context& context);
Result<web::Response> show_waiting(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status

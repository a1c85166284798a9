#pragma once

#include "engine/web/route.h"

/// What is held (dossiers, procedures, agencies), holding and letting go; and running dossiers that move to the version in
/// force.
namespace thien_an::administration {

Result<web::Response> show_holds(const web::Request& request, web::Context& context);
Result<web::Response> show_new_hold(const web::Request& request, web::Context& context);
Result<web::Response> add_hold(const web::Request& request, web::Context& context);
Result<web::Response> show_release(const web::Request& request, web::Context& context);
Result<web::Response> release_hold(const web::Request& request, web::Context& context);

/// What would move, by the map typed so far; nothing is written.
Result<web::Response> show_moves(const web::Request& request, web::Context& context);
Result<web::Response> move_running(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

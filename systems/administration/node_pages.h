#pragma once

#include "engine/web/route.h"

/// Communes that work without network: who holds which books until when, what came of what they wrote, and the conflicts
/// people decide about.
namespace thien_an::administration {

Result<web::Response> show_nodes(const web::Request& request, web::Context& context);
Result<web::Response> show_node(const web::Request& request, web::Context& context);
Result<web::Response> show_take_back(const web::Request& request, web::Context& context);
Result<web::Response> take_back_books(const web::Request& request, web::Context& context);
Result<web::Response> show_conflict(const web::Request& request, web::Context& context);
Result<web::Response> decide_conflict(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

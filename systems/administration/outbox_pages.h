#pragma once

#include "engine/web/route.h"

/// Messages that leave the database, and incidents: what the program could not do by itself.
namespace thien_an::administration {

Result<web::Response> show_outbox(const web::Request& request, web::Context& context);
Result<web::Response> show_incident(const web::Request& request, web::Context& context);
Result<web::Response> resend(const web::Request& request, web::Context& context);
Result<web::Response> show_settle(const web::Request& request, web::Context& context);
Result<web::Response> settle(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

#pragma once

#include "engine/web/route.h"

/// The second factor of whoever is signed in: posts that ask for one cannot be chosen before.
namespace thien_an::administration {

Result<web::Response> show_factor(const web::Request& request, web::Context& context);
/// Shows a fresh secret to type into an authenticator, and takes its first code.
Result<web::Response> begin_factor(const web::Request& request, web::Context& context);
Result<web::Response> confirm_factor(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

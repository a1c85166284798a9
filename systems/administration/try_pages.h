#pragma once

#include "engine/web/route.h"

/// A process tried out at the desk before it is in force: what waits, what happens, a clock that is moved by hand.
namespace thien_an::administration {

/// Of the version in force.
Result<web::Response> show_try(const web::Request& request, web::Context& context);
/// What was done so far and one act more; or what an editor holds, tried from the beginning.
Result<web::Response> do_try(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

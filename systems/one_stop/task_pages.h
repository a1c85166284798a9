#pragma once

#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// Doing a task: its outcomes are the buttons of the dossier's page, each a form of its own; taking, giving back and
/// handing on.
namespace thien_an::one_stop {

/// GET and POST .../viec/{task}/{outcome}: the form of the task, a reason where the outcome asks for one, a
/// confirmation for what refuses.
Result<web::Response> show_outcome(const web::Request& request, web::Context& context);
Result<web::Response> take_outcome(const web::Request& request, web::Context& context);

Result<web::Response> claim(const web::Request& request, web::Context& context);
Result<web::Response> release(const web::Request& request, web::Context& context);
Result<web::Response> show_give(const web::Request& request, web::Context& context);
Result<web::Response> give(const web::Request& request, web::Context& context);

}  // namespace thien_an::one_stop

#pragma once

#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// What the desk may do with a dossier beside its tasks: a note, a scan, money taken, an apology, a withdrawal by
/// someone who came.
namespace thien_an::one_stop {

Result<web::Response> show_note(const web::Request& request, web::Context& context);
Result<web::Response> take_note(const web::Request& request, web::Context& context);
Result<web::Response> show_attach(const web::Request& request, web::Context& context);
Result<web::Response> attach(const web::Request& request, web::Context& context);
Result<web::Response> show_payment(const web::Request& request, web::Context& context);
Result<web::Response> take_payment(const web::Request& request, web::Context& context);
Result<web::Response> show_apology(const web::Request& request, web::Context& context);
Result<web::Response> apologise(const web::Request& request, web::Context& context);
Result<web::Response> show_withdraw(const web::Request& request, web::Context& context);
Result<web::Response> withdraw(const web::Request& request, web::Context& context);

}  // namespace thien_an::one_stop

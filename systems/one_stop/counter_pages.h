#pragma once

#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// Filing at the counter for somebody present who needs no account and no phone: the officer fills in the form, scans
/// the papers, files and receives.
namespace thien_an::one_stop {

Result<web::Response> show_counter(const web::Request& request, web::Context& context);
Result<web::Response> begin_at_counter(const web::Request& request, web::Context& context);
Result<web::Response> show_counter_step(const web::Request& request, web::Context& context);
Result<web::Response> take_counter_step(const web::Request& request, web::Context& context);
/// One scan by script, as the portal takes files.
Result<web::Response> take_scan(const web::Request& request, web::Context& context);
Result<web::Response> discard_at_counter(const web::Request& request, web::Context& context);

}  // namespace thien_an::one_stop

#pragma once

#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// The officer's own page: posts ("với tư cách"), keys, sessions.
namespace thien_an::one_stop {

Result<web::Response> show_account(const web::Request& request, web::Context& context);
/// Chooses the post, and whom it acts for.
Result<web::Response> choose_post(const web::Request& request, web::Context& context);
Result<web::Response> switch_keys(const web::Request& request, web::Context& context);

}  // namespace thien_an::one_stop

#pragma once

#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// The queue: what waits for the officer, the soonest deadline first; the agency's; search; what may be done with
/// several at once.
namespace thien_an::one_stop {

/// My tasks; without a post the choice of one, without the right to see dossiers the first page one may see.
Result<web::Response> show_queue(const web::Request& request, web::Context& context);
Result<web::Response> show_agency_queue(const web::Request& request, web::Context& context);
Result<web::Response> show_search(const web::Request& request, web::Context& context);
/// Server-sent events of the agency's desk.
Result<web::Response> stream(const web::Request& request, web::Context& context);
/// The picked ones: taken by me, or to be given to a colleague.
Result<web::Response> act_on_picked(const web::Request& request, web::Context& context);
Result<web::Response> show_give_picked(const web::Request& request, web::Context& context);
Result<web::Response> give_picked(const web::Request& request, web::Context& context);
Result<web::Response> show_menu(const web::Request& request, web::Context& context);

}  // namespace thien_an::one_stop

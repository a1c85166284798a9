#pragma once

#include "engine/web/route.h"

/// People and the posts they hold.
namespace thien_an::administration {

Result<web::Response> show_people(const web::Request& request, web::Context& context);
Result<web::Response> show_new_person(const web::Request& request, web::Context& context);
Result<web::Response> add_person(const web::Request& request, web::Context& context);
/// One person: what is known, masked, and the form that gives another post.
Result<web::Response> show_person(const web::Request& request, web::Context& context);
Result<web::Response> give_post(const web::Request& request, web::Context& context);
Result<web::Response> show_relieve(const web::Request& request, web::Context& context);
Result<web::Response> relieve_person(const web::Request& request, web::Context& context);
/// The details in clear, for a reason, audited.
Result<web::Response> show_reveal(const web::Request& request, web::Context& context);
Result<web::Response> reveal_person(const web::Request& request, web::Context& context);
Result<web::Response> show_close(const web::Request& request, web::Context& context);
Result<web::Response> close_person(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

#pragma once

#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// What the applicant may do with a dossier: answer a supplement, withdraw, confirm the entry, rate.
namespace thien_an::portal {

Result<web::Response> show_supplement(const web::Request& request, web::Context& context);
Result<web::Response> answer_supplement(const web::Request& request, web::Context& context);
Result<web::Response> show_withdraw(const web::Request& request, web::Context& context);
Result<web::Response> withdraw(const web::Request& request, web::Context& context);
Result<web::Response> show_rating(const web::Request& request, web::Context& context);
Result<web::Response> rate(const web::Request& request, web::Context& context);
Result<web::Response> show_confirm(const web::Request& request, web::Context& context);
Result<web::Response> confirm(const web::Request& request, web::Context& context);

}  // namespace thien_an::portal

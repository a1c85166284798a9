#pragma once

#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// Accounts of people: signing up and in, second factor, the ways back in, sessions.
namespace thien_an::portal {

Result<web::Response> show_sign_in(const web::Request& request, web::Context& context);
Result<web::Response> sign_in(const web::Request& request, web::Context& context);
Result<web::Response> sign_out(const web::Request& request, web::Context& context);
Result<web::Response> show_second_factor(const web::Request& request, web::Context& context);
Result<web::Response> prove_second_factor(const web::Request& request, web::Context& context);
Result<web::Response> show_by_phone(const web::Request& request, web::Context& context);
Result<web::Response> by_phone(const web::Request& request, web::Context& context);
Result<web::Response> show_by_phone_code(const web::Request& request, web::Context& context);
Result<web::Response> enter_by_phone(const web::Request& request, web::Context& context);
Result<web::Response> show_sign_up(const web::Request& request, web::Context& context);
Result<web::Response> sign_up(const web::Request& request, web::Context& context);
Result<web::Response> show_sign_up_code(const web::Request& request, web::Context& context);
Result<web::Response> finish_sign_up(const web::Request& request, web::Context& context);
Result<web::Response> show_forgotten(const web::Request& request, web::Context& context);
Result<web::Response> forgotten(const web::Request& request, web::Context& context);
Result<web::Response> show_reset(const web::Request& request, web::Context& context);
Result<web::Response> reset(const web::Request& request, web::Context& context);
Result<web::Response> show_lost_phone(const web::Request& request, web::Context& context);
Result<web::Response> lost_phone(const web::Request& request, web::Context& context);
Result<web::Response> show_account(const web::Request& request, web::Context& context);
Result<web::Response> end_sessions(const web::Request& request, web::Context& context);
Result<web::Response> show_password(const web::Request& request, web::Context& context);
Result<web::Response> change_password(const web::Request& request, web::Context& context);
Result<web::Response> show_contact(const web::Request& request, web::Context& context);
Result<web::Response> ask_contact(const web::Request& request, web::Context& context);
Result<web::Response> show_contact_code(const web::Request& request, web::Context& context);
Result<web::Response> change_contact(const web::Request& request, web::Context& context);
Result<web::Response> show_recovery(const web::Request& request, web::Context& context);
Result<web::Response> make_recovery(const web::Request& request, web::Context& context);
Result<web::Response> show_setup(const web::Request& request, web::Context& context);
Result<web::Response> finish_setup(const web::Request& request, web::Context& context);

}  // namespace thien_an::portal

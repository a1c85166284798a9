#pragma once

#include "engine/web/route.h"

/// Typing, deciding and accepting pages of old paper books, the picture of the page beside the form.
namespace thien_an::civil_status {

/// The page is the typist's from the first entry saved on; ?muc= is the place of the entry.
Result<web::Response> show_typing(const web::Request& request, web::Context& context);
Result<web::Response> take_typing(const web::Request& request, web::Context& context);
Result<web::Response> save_typing_quietly(const web::Request& request, web::Context& context);

/// Who has typed, where both differ, what goes into the register.
Result<web::Response> show_old_page(const web::Request& request, web::Context& context);
Result<web::Response> decide_old_field(const web::Request& request, web::Context& context);
Result<web::Response> accept_old_page(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status

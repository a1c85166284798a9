#pragma once

#include "engine/web/context.h"

/// The national register of security over movables, as the desk reads it.
namespace thien_an::justice {

/// GET /ban-lam-viec/giao-dich-bao-dam?theo=&tim=&luc=: searched as of a moment; each search is audited
/// without its words.
Result<web::Response> show_secured(const web::Request& request, web::Context& context);
/// GET /ban-lam-viec/giao-dich-bao-dam/csv: the same, for a spreadsheet.
Result<web::Response> send_secured(const web::Request& request, web::Context& context);
/// GET /ban-lam-viec/giao-dich-bao-dam/{number}?luc=: one registration with all its notices.
/// Problem "justice.no_registration".
Result<web::Response> show_registration(const web::Request& request, web::Context& context);

}  // namespace thien_an::justice

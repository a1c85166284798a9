#pragma once

#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// What leaves the register on paper: extracts with numbers of their own, and the book itself, page for page.
namespace thien_an::civil_status {

Result<web::Response> show_extract_form(const web::Request& request, web::Context& context);
/// Takes the next number of the agency's extracts and shows the paper; the same form sent twice takes one number.
Result<web::Response> make_extract(const web::Request& request, web::Context& context);
/// GET .../in?nam=2016&tu=1: at most book_pages_max entries, in the order of their numbers. In clear, so audited.
Result<web::Response> print_book(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status

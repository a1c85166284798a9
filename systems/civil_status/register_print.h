#pragma once

#include "engine/web/route.h"

/// Registers on paper: extracts with their number, the book page for page to be signed and bound, and its closing at
/// the end of the year with pages and events counted and signed for.
namespace thien_an::civil_status {

Result<web::Response> show_extract_form(const web::Request& request, web::Context& context);
Result<web::Response> make_extract(const web::Request& request, web::Context& context);
Result<web::Response> print_book(const web::Request& request, web::Context& context);
Result<web::Response> show_closing(const web::Request& request, web::Context& context);
Result<web::Response> close_year(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status

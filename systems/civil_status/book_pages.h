#pragma once

#include "engine/web/route.h"

/// The books of a register: each page for page, to be signed and bound, and closed at the end of the year, or of their
/// agency, with pages and events counted and signed for. Who took an ended agency over keeps its books.
namespace thien_an::civil_status {

/// ?nam=, ?quyen=, ?tu= (first number), ?co-quan= (an agency taken over).
Result<web::Response> print_book(const web::Request& request, web::Context& context);
Result<web::Response> show_closing(const web::Request& request, web::Context& context);
Result<web::Response> close_year(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status

#pragma once

#include "engine/web/route.h"

/// Extracts of an entry given at the desk, each with its number in the book of copies.
namespace thien_an::civil_status {

Result<web::Response> show_extract_form(const web::Request& request, web::Context& context);
Result<web::Response> make_extract(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status

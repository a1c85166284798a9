#pragma once

#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// Anyone checks a paper: what the register says of its code, and whether a file is the one that was issued.
namespace thien_an::portal {

Result<web::Response> show_verify(const web::Request& request, web::Context& context);
Result<web::Response> show_verified(const web::Request& request, web::Context& context);
Result<web::Response> verify_file(const web::Request& request, web::Context& context);
Result<web::Response> verify_file_of(const web::Request& request, web::Context& context);

}  // namespace thien_an::portal

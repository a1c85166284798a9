#pragma once

#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// Size of text, colours, contrast and language, for browsers with and without scripts. POST /hien-thi is engine/web's.
namespace thien_an::portal {

Result<web::Response> show_display(const web::Request& request, web::Context& context);

/// Path and query of the page a visitor came from, when it is one of ours on `host`; else "/".
std::string came_from(std::string_view referer, std::string_view host);

}  // namespace thien_an::portal

#pragma once

#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// Entries that may be the same child as a dossier's, beside what it declares. Reading an entry is audited.
namespace thien_an::civil_status {

Result<web::Response> show_duplicates(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status

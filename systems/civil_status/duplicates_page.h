#pragma once

#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// Entries that may be of the same child as a dossier's, with what agrees. Each shown entry is an audited read; those
/// the officer may not read are counted.
namespace thien_an::civil_status {

Result<web::Response> show_duplicates(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status

#pragma once

#include "engine/base/result.h"
#include "engine/casework/reading.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// Where a dossier is, for anyone with its full code and without personal data; and the applicant's own view with what he
/// may do.
namespace thien_an::portal {

/// The dossier in the address, when it is this person's own. Problem "casework.no_such_dossier".
Result<casework::DossierPage> own_dossier(const web::Request& request, web::Context& context);

Result<web::Response> show_track(const web::Request& request, web::Context& context);
Result<web::Response> show_my_dossiers(const web::Request& request, web::Context& context);
Result<web::Response> show_my_dossier(const web::Request& request, web::Context& context);
Result<web::Response> send_my_paper(const web::Request& request, web::Context& context);
Result<web::Response> show_access_log(const web::Request& request, web::Context& context);

}  // namespace thien_an::portal

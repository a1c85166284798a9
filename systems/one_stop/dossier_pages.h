#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/casework/reading.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

#include "systems/one_stop/visit.h"

/// A dossier at the desk: what waits, until when, what was declared, what happened, its papers. Opening is audited.
namespace thien_an::one_stop {

/// The dossier of {code} as the actor may see it.
Result<casework::DossierPage> open(const web::Request& request, web::Context& context);
/// Ways in which the officer may do the task, the one he acts in first.
std::vector<Way> ways_for_task(const casework::OpenTask& task, const web::Context& context);
/// "160701-0012, Nguyễn Trà Giang"
std::string short_name(const casework::DossierPage& page, const web::Context& context);

Result<web::Response> show_dossier(const web::Request& request, web::Context& context);
/// Why its fee is what it is.
Result<web::Response> show_fee(const web::Request& request, web::Context& context);
Result<web::Response> show_picture(const web::Request& request, web::Context& context);
Result<web::Response> send_paper(const web::Request& request, web::Context& context);
/// What is masked, for a reason that the audit trail keeps.
Result<web::Response> show_reveal(const web::Request& request, web::Context& context);
Result<web::Response> reveal(const web::Request& request, web::Context& context);

}  // namespace thien_an::one_stop

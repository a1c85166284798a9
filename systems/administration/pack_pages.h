#pragma once

#include "engine/web/route.h"

/// Data packs: their versions, and publishing a folder from the desk.
namespace thien_an::administration {

Result<web::Response> show_packs(const web::Request& request, web::Context& context);
Result<web::Response> show_pack(const web::Request& request, web::Context& context);
Result<web::Response> show_publish(const web::Request& request, web::Context& context);
/// The sent ZIP's faults, or what it changes, to be confirmed.
Result<web::Response> check_publish(const web::Request& request, web::Context& context);
/// Signs for a process that could not be proved, and shows what it changes.
Result<web::Response> sign_unproved(const web::Request& request, web::Context& context);
Result<web::Response> publish(const web::Request& request, web::Context& context);
/// One version beside the one in force; an older good one can be put back.
Result<web::Response> show_version(const web::Request& request, web::Context& context);
Result<web::Response> put_back(const web::Request& request, web::Context& context);
Result<web::Response> send_version(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

#pragma once

#include "engine/web/route.h"

/// A pack's files edited at the desk: processes and decisions drawn, all others as text; proved before they are shown beside
/// the version in force.
namespace thien_an::administration {

Result<web::Response> show_editor(const web::Request& request, web::Context& context);
/// The faults of what was sent, or what it changes, to be confirmed.
Result<web::Response> check_edited(const web::Request& request, web::Context& context);

/// The editor with a process that was made elsewhere, in place of the pack's own; nothing is kept yet.
Result<web::Response> show_made(const std::string& name, const std::string& xml, const web::Context& context);

}  // namespace thien_an::administration

#pragma once

#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// Filing step by step: start, steps, papers, review, filed. Works without scripts; every step is saved as it is sent.
namespace thien_an::portal {

Result<web::Response> show_start(const web::Request& request, web::Context& context);
Result<web::Response> begin(const web::Request& request, web::Context& context);
Result<web::Response> show_guest_code(const web::Request& request, web::Context& context);
Result<web::Response> take_guest_code(const web::Request& request, web::Context& context);
Result<web::Response> show_step(const web::Request& request, web::Context& context);
Result<web::Response> take_step(const web::Request& request, web::Context& context);
/// Throws the draft away.
Result<web::Response> discard(const web::Request& request, web::Context& context);
/// Autosave of what is typed, by script: answers 204 with the time, never errors about fields.
Result<web::Response> save_quietly(const web::Request& request, web::Context& context);
/// One file by script: POST /nop/{draft}/tep/{paper}, whole body.
Result<web::Response> take_file(const web::Request& request, web::Context& context);
Result<web::Response> show_review(const web::Request& request, web::Context& context);
Result<web::Response> file_dossier(const web::Request& request, web::Context& context);
Result<web::Response> show_filed(const web::Request& request, web::Context& context);

}  // namespace thien_an::portal

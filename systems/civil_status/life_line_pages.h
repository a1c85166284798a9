#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/registers/person_index.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// A person at the desk: found in all registers, his life as one line, what contradicts in it, entries that may be his
/// and are linked by an officer's decision. Entries the officer may not read are counted, not shown. Audited.
namespace thien_an::civil_status {

/// "/ban-lam-viec/nguoi/123/child"
std::string person_address(const registers::PersonRef& person, std::string_view rest = "");

Result<web::Response> show_people(const web::Request& request, web::Context& context);
Result<web::Response> show_person(const web::Request& request, web::Context& context);
Result<web::Response> show_link(const web::Request& request, web::Context& context);
Result<web::Response> link_person(const web::Request& request, web::Context& context);
Result<web::Response> show_unlink(const web::Request& request, web::Context& context);
Result<web::Response> unlink_person(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status

#pragma once

#include <string>
#include <string_view>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/casework/casework.h"
#include "engine/casework/procedure.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// Where a dossier is filed: chosen at the start, changed on the way, said when it is the wrong one.
namespace thien_an::portal {

/// "/nop/ID/REST"
std::string draft_address(const casework::Draft& draft, std::string_view rest);
/// The step to go on with, of a form begun earlier.
std::string resume_address(const casework::Draft& draft, const casework::Procedure& procedure);

/// Whether the person chooses among the communes; other procedures have one place.
bool asks_office(const casework::Procedure& procedure);
/// `unit` is one of those to choose from today.
bool office_offered(const casework::Procedure& procedure, std::string_view unit, const web::Context& context);
/// The field "agency"; `chosen` is a code of an agency or a unit.
json::object office_field(
    const casework::Procedure& procedure,
    const std::string& chosen,
    const std::string& error,
    const web::Context& context
);
/// Name of the agency with that code in the page's language; empty for an empty or unknown code.
std::string office_name(std::string_view code, web::Context& context);
/// The chosen office and the way to change it, as pages of a draft show it; null when none is chosen.
json::value office_values(const casework::Draft& draft, web::Context& context);

Result<web::Response> show_office(const web::Request& request, web::Context& context);
Result<web::Response> change_office(const web::Request& request, web::Context& context);

}  // namespace thien_an::portal

#pragma once

#include "engine/web/context.h"
#include "engine/web/http.h"

/// Statutory statistics at the desk: the table of a form, the entries behind a figure, files, locking a period.
namespace thien_an::civil_status {

Result<web::Response> show_statistics(const web::Request& request, web::Context& context);
Result<web::Response> show_statistics_entries(const web::Request& request, web::Context& context);
Result<web::Response> send_statistics_csv(const web::Request& request, web::Context& context);
Result<web::Response> send_statistics_xlsx(const web::Request& request, web::Context& context);
Result<web::Response> show_statistics_lock(const web::Request& request, web::Context& context);
Result<web::Response> change_statistics_lock(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status

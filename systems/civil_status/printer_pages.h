#pragma once

#include "engine/web/context.h"

/// Printing onto pre-printed forms: the printers of the agency with what they lay beside the mark, a test page to measure
/// it, and the certificate of a dossier as only the values, moved by that much.
namespace thien_an::civil_status {

Result<web::Response> show_printers(const web::Request& request, web::Context& context);
Result<web::Response> show_new_printer(const web::Request& request, web::Context& context);
Result<web::Response> add_printer(const web::Request& request, web::Context& context);
Result<web::Response> show_printer(const web::Request& request, web::Context& context);
Result<web::Response> change_printer(const web::Request& request, web::Context& context);
Result<web::Response> show_drop_printer(const web::Request& request, web::Context& context);
Result<web::Response> drop_printer(const web::Request& request, web::Context& context);
/// A made-up certificate on plain paper, to be laid over a form.
Result<web::Response> test_print(const web::Request& request, web::Context& context);
/// Which printer, and which form comes next.
Result<web::Response> show_form_print(const web::Request& request, web::Context& context);
/// The PDF for that printer.
Result<web::Response> print_form(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status

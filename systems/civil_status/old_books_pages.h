#pragma once

#include "engine/web/route.h"

/// Old paper books at the desk: the books with what is to be done, one book with its pages and how well it is typed.
namespace thien_an::civil_status {

Result<web::Response> show_old_books(const web::Request& request, web::Context& context);
Result<web::Response> show_new_old_book(const web::Request& request, web::Context& context);
Result<web::Response> open_old_book(const web::Request& request, web::Context& context);
Result<web::Response> show_old_book(const web::Request& request, web::Context& context);
/// Scans, one file a page, from the page named on.
Result<web::Response> add_scans(const web::Request& request, web::Context& context);
/// Quality figures as CSV.
Result<web::Response> send_quality(const web::Request& request, web::Context& context);
/// The mismatches of a book, to print.
Result<web::Response> show_mismatches(const web::Request& request, web::Context& context);
/// The picture of a page; audited.
Result<web::Response> send_scan(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status

#pragma once

#include "engine/web/route.h"

/// The steps of a process as the table a decision approves, to be printed; and a table of steps made into a process.
namespace thien_an::administration {

Result<web::Response> show_steps(const web::Request& request, web::Context& context);
/// The same as CSV. Problem "administration.table.not_a_table" where a table cannot say the process.
Result<web::Response> send_steps(const web::Request& request, web::Context& context);
/// The CSV that was sent as a process in the editor, or what is wrong with it.
Result<web::Response> take_steps(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

#pragma once

#include "engine/base/result.h"
#include "engine/documents/form_stock.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

#include "systems/civil_status/desk.h"

/// Pre-printed forms ("phôi") of the officer's agency and those below it by serial: what is left, what is on the way
/// between two of them, what came and went, and the acts that move them.
namespace thien_an::civil_status {

/// ?loai= is the kind of form.
Result<web::Response> show_stock(const web::Request& request, web::Context& context);
/// {act} is "nhan" (received), "hong" (spoiled), "huy" (destroyed) or "mat" (lost).
Result<web::Response> show_stock_form(const web::Request& request, web::Context& context);
Result<web::Response> move_stock(const web::Request& request, web::Context& context);

/// Handing a range to another level, and what the other side counts of it.
Result<web::Response> show_send_forms(const web::Request& request, web::Context& context);
Result<web::Response> send_forms(const web::Request& request, web::Context& context);
Result<web::Response> show_hand_over(const web::Request& request, web::Context& context);
Result<web::Response> settle_hand_over(const web::Request& request, web::Context& context);
/// Where one form has been: ?loai=&so=.
Result<web::Response> show_form_path(const web::Request& request, web::Context& context);
Result<web::Response> send_stock(const web::Request& request, web::Context& context);  ///< Levels as CSV.

inline constexpr std::string_view stock_address = "/ban-lam-viec/phoi";

/// Kinds of forms, from the code list "preprinted_forms".
const std::vector<casework::Choice>& form_kinds(const web::Context& context);
/// The kind asked for by `name`, else the first.
std::string form_kind(const web::Fields& fields, std::string_view name, const web::Context& context);
std::string kind_name(std::string_view kind, const web::Context& context);
/// "KS 0000001 đến KS 0000500"
std::string shown_serials(const documents::BlankRange& range, const web::Context& context);
/// Problem "civil_status.bad_serial".
Result<documents::Blank> parse_serial(std::string_view kind, std::string_view typed, std::string_view field);
/// Stocks of the actor's agency and of those below it; all of them for an agency of the province.
std::vector<documents::AgencyStock> stocks_seen(std::string_view kind, const web::Context& context);

}  // namespace thien_an::civil_status

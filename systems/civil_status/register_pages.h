#pragma once

#include "engine/web/route.h"

#include "systems/civil_status/entry_values.h"

/// The registers at the desk: the list of them, their entries, one entry as it is or was on a day.
namespace thien_an::civil_status {

Result<web::Response> show_registers(const web::Request& request, web::Context& context);
Result<web::Response> show_register(const web::Request& request, web::Context& context);
Result<web::Response> show_entry(const web::Request& request, web::Context& context);
Result<web::Response> show_reveal_entry(const web::Request& request, web::Context& context);
Result<web::Response> reveal_entry(const web::Request& request, web::Context& context);

/// "15/2016, Nguyễn Trà Giang"
std::string entry_heading(
    const registers::Register& reg, const registers::Entry& entry, const web::Context& context
);
/// The entry the address names, read and audited. Problems "registers.no_such_entry", "registers.reason_missing".
Result<registers::Entry> read_for_page(
    const Book& book,
    const web::Request& request,
    const web::Context& context,
    registers::Reveal reveal,
    const std::string& reason = "",
    std::optional<Instant> as_of = {}
);

}  // namespace thien_an::civil_status

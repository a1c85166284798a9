#pragma once

#include <string>
#include <string_view>

#include "systems/civil_status/desk.h"

/// An entry of the register of births as pages show it.
namespace thien_an::civil_status {

std::string entry_address(registers::EntryId entry, std::string_view rest = "");
/// The value of a field as people read it: codes and choices as words, days as 12/3/2016.
std::string shown_value(
    const registers::Register& reg,
    std::string_view field,
    const json::object& fields,
    const web::Context& context
);
std::string field_title(const registers::RegisterField& field, const web::Context& context);
/// Label and value of the fields whose id begins with `start`: "child_".
json::array field_pairs(
    const registers::Register& reg,
    const json::object& fields,
    std::string_view start,
    const web::Context& context
);
/// The agency's name on the day of the entry.
std::string agency_of(const registers::Entry& entry, const web::Context& context);
/// "Trần Thị Mỹ Lệ, Công chức Tư pháp - hộ tịch"
std::string person_of(identity::PartyId party, identity::PostId post, const web::Context& context);

}  // namespace thien_an::civil_status

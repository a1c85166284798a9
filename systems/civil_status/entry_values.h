#pragma once

#include <string>
#include <string_view>

#include "systems/civil_status/desk.h"

/// An entry of a register as pages show it.
namespace thien_an::civil_status {

/// The register a page is about, by its place: "khai-sinh".
struct Book {
    std::shared_ptr<const registers::Register> reg;
    std::string address;  ///< "/ban-lam-viec/so/khai-sinh"
    std::string title;
};
/// Problem "registers.no_such_register".
Result<Book> book_of(const web::Request& request, const web::Context& context);
Book book_of(std::shared_ptr<const registers::Register> reg, const web::Context& context);
/// Registers with pages, in the order of their names.
std::vector<Book> books(const web::Context& context);
std::string book_address(const registers::Register& reg);
std::string entry_address(
    const registers::Register& reg, registers::EntryId entry, std::string_view rest = ""
);
/// What the entry is called by: "Nguyễn Trà Giang".
std::string entry_name(
    const registers::Register& reg, const json::object& fields, const web::Context& context
);
/// The value of a field as people read it: codes and choices as words, days as 12/3/2016.
std::string shown_value(
    const registers::Register& reg,
    std::string_view field,
    const json::object& fields,
    const web::Context& context
);
std::string field_title(const registers::RegisterField& field, const web::Context& context);
/// Label and value of these fields, those without a value left out.
json::array field_pairs(
    const registers::Register& reg,
    const json::object& fields,
    const std::vector<std::string>& ids,
    const web::Context& context
);
/// title, pairs[] of every section that has something to show.
json::array section_pairs(
    const registers::Register& reg, const json::object& fields, const web::Context& context
);
/// The agency's name on the day of the entry.
std::string agency_of(const registers::Entry& entry, const web::Context& context);
/// "Trần Thị Mỹ Lệ, Công chức Tư pháp - hộ tịch"
std::string person_of(identity::PartyId party, identity::PostId post, const web::Context& context);

}  // namespace thien_an::civil_status

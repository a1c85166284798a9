#pragma once

#include <string>
#include <string_view>

#include "engine/registers/old_quality.h"

#include "systems/civil_status/entry_values.h"

/// Old paper books as pages show them.
namespace thien_an::civil_status {

inline constexpr std::string_view old_books_address = "/ban-lam-viec/so-giay";

/// A book with its register.
struct PaperBook {
    registers::OldBook book;
    std::shared_ptr<const registers::Register> reg;
    std::string title;  ///< "Sổ đăng ký khai sinh, quyển 1/1998"
    std::string address() const;
};
/// A page with its book.
struct PaperPage {
    PaperBook in;
    registers::OldPage page;
    std::string address(std::string_view rest = "") const;
};
/// Problems "registers.no_such_old_book", "registers.no_such_old_page".
Result<PaperBook> paper_book_of(const registers::OldBook& book, const web::Context& context);
Result<PaperBook> paper_book_of(const web::Request& request, const web::Context& context);
Result<PaperPage> paper_page_of(const web::Request& request, const web::Context& context);

/// The name of a field in the form: "v-child_full_name", "v--number".
std::string input_name(std::string_view field);
/// "Số", "Ghi chú ở lề" or the register's own title.
std::string old_field_title(
    const registers::Register& reg, std::string_view field, const web::Context& context
);
/// What a person typed as it is kept: a code for its words, "?" for what nobody can read.
std::string kept_text(
    const registers::Register& reg,
    std::string_view field,
    std::string_view typed,
    const web::Context& context
);
/// The other way: words for a code, days as people write them.
std::string shown_text(
    const registers::Register& reg, std::string_view field, std::string_view kept, const web::Context& context
);
/// The agency's name, also of one that had ended or begun by that day under another.
std::string agency_name_on(identity::AgencyId agency, Day day, const web::Context& context);
/// The scan of a page: src, alt, is_image.
json::object picture_of(const PaperPage& page, const web::Context& context);

}  // namespace thien_an::civil_status

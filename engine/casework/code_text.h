#pragma once

#include <string>
#include <string_view>

#include "engine/casework/form.h"

namespace thien_an::registers {
struct RegisterField;
}

/// Codes and days as people read them, in Vietnamese: what a margin, a book and an extract say.
namespace thien_an::casework {

/// Name of `code` in `list` on `day`; the code itself when the list does not have it.
std::string code_text(const CodeLists& codes, std::string_view list, const std::string& code, Day day);

/// A value of a field of a register: 11/3/2016 for a day, the name for a code, else the text; "" for null. A null
/// `field` is one the register does not have.
std::string value_text(
    const CodeLists& codes, const registers::RegisterField* field, const json::value& v, Day day
);

}  // namespace thien_an::casework

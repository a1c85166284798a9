#pragma once

#include <string_view>

namespace thien_an::casework {

/// The line, from 1, on which the value `pointer` names begins in the JSON `text`; of the deepest part of the pointer
/// that is there. For messages to whoever wrote the file; the text has been parsed before.
int line_of(std::string_view text, std::string_view pointer);

}  // namespace thien_an::casework

#pragma once

#include <string>

/// What an incremental update did to a signed PDF.
namespace thien_an::documents {

/// Whether everything between the revision `before` and the later one `after` is a form field that was empty and is
/// now signed or filled, or a signature field that was added. Anything else (text, pictures, pages, links, resources,
/// another catalogue) is a change of what was signed.
bool only_signs_and_fills(const std::string& before, const std::string& after);

}  // namespace thien_an::documents

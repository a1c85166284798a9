#pragma once

#include <string>
#include <string_view>

/// Addresses as schemas use them (RFC 3986, section 5).
namespace thien_an::casework {

/// `reference` seen from `base`; the fragment of `base` is dropped, dot segments are removed.
std::string resolved_uri(std::string_view base, std::string_view reference);
/// The part before '#'.
std::string_view without_fragment(std::string_view uri);
/// The part after '#', percent-decoded; "" when there is none.
std::string fragment_of(std::string_view uri);

}  // namespace thien_an::casework

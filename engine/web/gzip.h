#pragma once

#include <string>
#include <string_view>

namespace thien_an::web {

/// `text` as gzip (RFC 1952), at the quickest level: for pages made a moment ago and sent once.
std::string gzipped(std::string_view text);

}  // namespace thien_an::web

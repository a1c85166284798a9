#pragma once

#include <string>

#include "engine/web/http.h"

/// An answer's head as it goes over the wire.
namespace thien_an::web {

/// Status line and headers, with the empty line. `length` none: the body ends with the connection.
/// A header whose name or value has a line end is left out: it could only come from a bug, and must not split the answer.
std::string head_of(const Response& response, std::optional<std::uint64_t> length, bool keep_alive);

/// "Sun, 22 Nov 2026 13:30:00 GMT"
std::string http_date(std::chrono::system_clock::time_point moment);

}  // namespace thien_an::web

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// ZIP archives made in memory.
namespace thien_an::zip {

/// A name in the archive, and its content.
using Part = std::pair<std::string, std::string_view>;

/// The same parts give the same bytes, whatever the day and the machine.
std::string bytes_of(const std::vector<Part>& parts);

}  // namespace thien_an::zip

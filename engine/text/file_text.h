#pragma once

#include <filesystem>
#include <string>

namespace thien_an::text {

/// The whole file. Throws LoadError when it cannot be read.
std::string file_text(const std::filesystem::path& path);

}  // namespace thien_an::text

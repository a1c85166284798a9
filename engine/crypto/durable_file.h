#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/base/result.h"

/// Small files that hold secrets: written whole or not at all.
namespace thien_an::crypto {

/// Writes beside, mode 0600, fsync, rename, fsync of the folder. Throws std::system_error.
void write_private_file(const std::filesystem::path& path, std::string_view text);

/// Problems "crypto.no_key_file", "crypto.key_file_open_to_others" when group or others may read it.
Result<std::string> read_private_file(const std::filesystem::path& path);

/// Whether `path` lies in `folder`, symbolic links followed.
bool lies_in(const std::filesystem::path& path, const std::filesystem::path& folder);

}  // namespace thien_an::crypto

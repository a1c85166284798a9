#pragma once

#include "engine/storage/files.h"

/// The only SQL about table file; for files.cpp.
namespace thien_an::storage {

bool file_is_named(Reader& db, std::string_view sha256);
/// Hashes rows name, in their order, above `after`.
std::vector<std::string> named_files(Reader& db, std::string_view after, int limit);

}  // namespace thien_an::storage

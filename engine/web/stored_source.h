#pragma once

#include <memory>
#include <string_view>

#include "engine/storage/files.h"
#include "engine/web/http.h"

namespace thien_an::web {

/// The body of an answer from the file store, unsealed on the way. Throws storage::StorageError when it is missing.
std::unique_ptr<BodySource> stored_source(const storage::FileStore& files, std::string_view sha256);

}  // namespace thien_an::web

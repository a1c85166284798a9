#pragma once

#include <string>

#include "engine/storage/files.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// Files that arrived with a request, given their row.
namespace thien_an::web {

struct KeptFile {
    storage::FileId id;
    std::string sha256;
    std::string media_type;
    std::int64_t bytes = 0;
};

/// Finishes the upload (synced, its content looked at, scanned) and names it by a row of `file`. Problems of
/// storage::Upload::finish. Without anything else that refers to it the store collects it after a day.
Result<KeptFile> keep_received(const Context& context, const Upload& upload);

}  // namespace thien_an::web

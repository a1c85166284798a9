#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/storage/files.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// Files that arrived with a request, on their way into the file store.
namespace thien_an::web {

/// A file streamed into the store while the request was read: on disk, synced, its content looked at. Without a row
/// that names it the store collects it after a day.
class StoredFile : public ReceivedFile {
public:
    explicit StoredFile(storage::StoredBlob blob) : blob_(std::move(blob)) {}

    std::uint64_t size() const override { return std::uint64_t(blob_.size); }
    const std::string& sha256() const override { return blob_.sha256; }
    const storage::StoredBlob& blob() const { return blob_; }

private:
    storage::StoredBlob blob_;
};

struct KeptFile {
    storage::FileId id;
    std::string sha256;
    std::string media_type;
    std::int64_t bytes = 0;
};

/// Names the upload by a row of `file`. Throws std::logic_error when the server was not given the file store.
Result<KeptFile> keep_received(const Context& context, const Upload& upload);

}  // namespace thien_an::web

#pragma once

#include <filesystem>
#include <memory>

#include "engine/base/bytes.h"

/// What the file store asks of the disk, so that a test can put a disk in its place that forgets what was not synced.
namespace thien_an::storage {

/// A file without a name: gone with the process until it is published.
class BlobFile {
public:
    virtual ~BlobFile() = default;
    virtual void write(ByteView piece) = 0;  ///< Throws DiskFull.
    virtual void sync() = 0;  ///< What was written survives a power cut from here on. Throws DiskFull.
    /// Where what was written can be read.
    virtual std::filesystem::path path() const = 0;
    /// Gives it its name; false when a file of that name is there already. Survives a power cut after sync_folder.
    virtual bool publish(const std::filesystem::path& name) = 0;
};

class BlobDisk {
public:
    virtual ~BlobDisk() = default;
    virtual std::unique_ptr<BlobFile> create(const std::filesystem::path& folder) = 0;
    virtual void sync_folder(const std::filesystem::path& folder) = 0;
};

/// The disk as the platform has it.
std::unique_ptr<BlobDisk> platform_disk();

}  // namespace thien_an::storage

#pragma once

#include "engine/storage/blob_disk.h"

#include "tests/crash/lossy_vfs.h"

namespace thien_an::crash {

/// A disk for the file store that forgets, when the process is killed, content that was not synced and names whose
/// folder was not.
std::unique_ptr<storage::BlobDisk> lossy_disk(Syncs syncs);

}  // namespace thien_an::crash

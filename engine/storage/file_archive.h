#pragma once

#include "engine/storage/file_kind.h"

namespace thien_an::storage {

/// The kind of a ZIP: docx, xlsx or zip. It is unpacked within `limits`, so that what its directory claims is not
/// believed. Problems as sniff_file.
Result<FileKind> sniff_archive(const std::filesystem::path& path, ArchiveLimits limits);

}  // namespace thien_an::storage

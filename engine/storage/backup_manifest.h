#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "engine/base/result.h"
#include "engine/storage/row_copy.h"

/// What a copy of a data folder says about itself: manifest.json, and manifest.sha256 in the form sha256sum reads.
namespace thien_an::storage {

constexpr std::string_view backup_database_name = "thienan.db";
constexpr std::string_view backup_settings_name = "thienan.toml";
/// There from the first byte until all is checked: a copy or folder that has it is not whole.
constexpr std::string_view unfinished_name = "UNFINISHED";

struct ManifestEntry {
    std::int64_t size = 0;
    std::string sha256;
    bool operator==(const ManifestEntry&) const = default;
};

struct Manifest {
    std::map<std::string, ManifestEntry> files;  ///< By path inside the copy.
    RowCounts rows;
};

/// Size and hash of what is really on the disk. Throws StorageError when it cannot be read.
ManifestEntry entry_of(const std::filesystem::path& path);
/// Throws DiskFull, StorageError.
void write_manifest(const std::filesystem::path& folder, const Manifest& manifest);
/// Problems "storage.no_backup", "storage.backup_unfinished", "storage.backup_damaged" (word file).
Result<Manifest> read_manifest(const std::filesystem::path& folder);
/// Problem "storage.backup_damaged" (word file): the first file that is missing or not what the manifest says.
Result<Done> check_files(const std::filesystem::path& folder, const Manifest& manifest);
void sync_file(const std::filesystem::path& path);

}  // namespace thien_an::storage

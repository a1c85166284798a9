#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/storage/database.h"

/// A full copy of a data folder and its database, verified: thienan.db (SQLite, whatever the database is), the files its
/// rows name, thienan.toml, and manifest.json with size and SHA-256 of each. Keys lie elsewhere and are not in it.
namespace thien_an::storage {

struct BackupReport {
    std::int64_t rows = 0;
    std::int64_t files = 0;  ///< Contents, of which several rows may share one.
    std::int64_t bytes = 0;  ///< On disk, everything.
};

/// Copies while the server works: the rows of one moment and every file they name. Reads everything back.
/// Problems "storage.backup_not_empty" (there is something at `to`), "storage.file_missing" (word sha256).
Result<BackupReport> backup(
    Database& database, const std::filesystem::path& folder, const std::filesystem::path& to
);

/// Checks the copy at `from` against its manifest and the database's own rules, then brings it into an empty `folder`
/// and the empty database of `target` (for SQLite a file that does not exist). Problems "storage.no_backup",
/// "storage.backup_damaged" (word file), "storage.restore_not_empty".
Result<BackupReport> restore(
    const std::filesystem::path& from,
    const std::filesystem::path& folder,
    const Settings& target,
    std::span<const Migration> migrations
);

}  // namespace thien_an::storage

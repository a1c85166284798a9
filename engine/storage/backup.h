#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/storage/database.h"
#include "engine/storage/files.h"

/// A full copy of a data folder and its database, verified: thienan.db (SQLite, whatever the database is), the files its
/// rows name, thienan.toml, what else is asked for, and manifest.json with size and SHA-256 of each and the rows of
/// each table. The key file lies elsewhere and is not in it.
namespace thien_an::storage {

struct BackupReport {
    std::int64_t rows = 0;
    std::int64_t files = 0;  ///< Contents, of which several rows may share one.
    std::int64_t bytes = 0;  ///< On disk, everything.
};

struct BackupSource {
    Database& database;
    const FileStore& files;
    std::filesystem::path folder;
    /// Files of the folder to take along, by relative path; those that are missing are left out. They are copied
    /// before the rows, so that a log that grows with the database is never ahead of it.
    std::vector<std::string> beside = {};
    std::stop_token stop =
        {};  ///< Ends the copy early with a StorageError; what is there stays marked unfinished.
};

/// Copies while the server works: the rows of one moment and every file they name. Reads everything back, opens what is
/// sealed. Problems "storage.backup_not_empty" (there is something at `to`), "storage.file_missing",
/// "storage.file_damaged" (word sha256).
Result<BackupReport> backup(const BackupSource& source, const std::filesystem::path& to);

/// Checks the copy at `from` against its manifest and the database's own rules, then brings it into an empty `folder`
/// (a file "lock" may be there) and the empty database of `target` (for SQLite a file that does not exist).
/// Problems "storage.no_backup", "storage.backup_unfinished", "storage.backup_damaged" (word file),
/// "storage.backup_other_version", "storage.restore_not_empty", "storage.restore_incomplete".
Result<BackupReport> restore(
    const std::filesystem::path& from,
    const std::filesystem::path& folder,
    const Settings& target,
    std::span<const Migration> migrations
);

}  // namespace thien_an::storage

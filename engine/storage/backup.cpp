#include "engine/storage/backup.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "engine/storage/backup_manifest.h"
#include "engine/storage/blob_disk.h"
#include "engine/storage/files_store.h"
#include "engine/storage/folder.h"
#include "engine/storage/postgres_database.h"
#include "engine/storage/sqlite_connection.h"

namespace thien_an::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = 256 * 1024;

Problem problem(std::string code, std::string name = "", std::string word = "")
{
    Problem made{.code = std::move(code), .field = "", .law = ""};
    if (!name.empty()) made.words = {{std::move(name), std::move(word)}};
    return made;
}

void copy_synced(const fs::path& from, const fs::path& to)
{
    fs::create_directories(to.parent_path());
    std::error_code error;
    fs::copy_file(from, to, error);
    if (error == std::errc::no_space_on_device) throw DiskFull("no room for the copy");
    if (error) throw StorageError(fmt::format("cannot copy {}: {}", from.string(), error.message()));
    // Whatever the medium in between made of it: nobody else reads a province.
    fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write);
    sync_file(to);
}

void mark_unfinished(const fs::path& folder)
{
    std::ofstream file(folder / unfinished_name);
    file.close();
    if (!file) throw StorageError("cannot write in " + folder.string());
    sync_file(folder / unfinished_name);
    platform_disk()->sync_folder(folder);
}

void mark_finished(const fs::path& folder)
{
    fs::remove(folder / unfinished_name);
    platform_disk()->sync_folder(folder);
}

/// "blobs/ab/cdef..." as the store has it, sealed or plain; "" when it is missing.
std::string place_of(const fs::path& folder, std::string_view sha256)
{
    const auto plain = fmt::format("blobs/{}/{}", sha256.substr(0, 2), sha256.substr(2));
    if (fs::exists(folder / plain)) return plain;
    return fs::exists(folder / (plain + ".sealed")) ? plain + ".sealed" : "";
}

/// The contents that rows of the copied database name.
std::vector<std::string> named_contents(const fs::path& database)
{
    constexpr int at_once = 10'000;
    SqliteConnection connection(database.string(), SqliteAccess::look, "");
    Reader db(connection);
    std::vector<std::string> all;
    for (;;) {
        const auto some = named_files(db, all.empty() ? "" : all.back(), at_once);
        all.insert(all.end(), some.begin(), some.end());
        if (some.size() < at_once) return all;
    }
}

/// What SQLite says about the whole file; "" when all is well.
std::string fault_of(const fs::path& database)
{
    try {
        SqliteConnection connection(database.string(), SqliteAccess::look, "");
        const auto whole = connection.query("PRAGMA integrity_check", {});
        if (!whole->next() || whole->text(0) != "ok") return std::string(whole->text(0));
        if (connection.query("PRAGMA foreign_key_check", {})->next())
            return "a row refers to one that is missing";
    } catch (const StorageError& error) {
        return error.what();
    }
    return "";
}

RowCounts rows_in(const fs::path& database)
{
    SqliteConnection connection(database.string(), SqliteAccess::look, "");
    return count_rows(connection);
}

BackupReport report_of(const Manifest& manifest)
{
    BackupReport report{.rows = total(manifest.rows)};
    for (const auto& [path, entry] : manifest.files) {
        report.bytes += entry.size;
        if (path.starts_with("blobs/")) ++report.files;
    }
    return report;
}

void sync_folders(const fs::path& top)
{
    const auto disk = platform_disk();
    for (const auto& entry : fs::recursive_directory_iterator(top))
        if (entry.is_directory()) disk->sync_folder(entry.path());
    disk->sync_folder(top);
}

/// The store reads what it keeps and compares it with its name, through the seal when there is one.
bool reads_well(const FileStore& files, const std::string& sha256)
{
    std::vector<char> space(piece_bytes);
    try {
        const auto reader = files.open(sha256);
        while (reader->read(space) > 0) {
        }
    } catch (const StorageError&) {
        return false;
    }
    return true;
}

Result<Done> copy_contents(const BackupSource& source, const fs::path& to, Manifest& manifest)
{
    for (const auto& sha256 : named_contents(to / backup_database_name)) {
        if (source.stop.stop_requested()) throw StorageError("the copy was stopped before it was whole");
        const auto place = place_of(source.folder, sha256);
        if (place.empty()) return problem("storage.file_missing", "sha256", sha256);
        if (!reads_well(source.files, sha256)) return problem("storage.file_damaged", "sha256", sha256);
        copy_synced(source.folder / place, to / place);
        manifest.files[place] = entry_of(source.folder / place);
    }
    return Done{};
}

void copy_beside(const BackupSource& source, const fs::path& to, Manifest& manifest)
{
    auto names = source.beside;
    names.emplace_back(backup_settings_name);
    for (const auto& name : names) {
        if (!fs::exists(source.folder / name)) continue;
        copy_synced(source.folder / name, to / name);
        // Of the copy: a log may have grown since.
        manifest.files[name] = entry_of(to / name);
    }
}

/// Nothing there but the lock of whoever restores.
bool holds_nothing(const fs::path& folder)
{
    if (!fs::exists(folder)) return true;
    return std::ranges::all_of(fs::directory_iterator(folder), [](const auto& entry) {
        return entry.path().filename() == "lock";
    });
}

}  // namespace

Result<BackupReport> backup(const BackupSource& source, const fs::path& to)
{
    if (fs::exists(to) && !fs::is_empty(to)) return problem("storage.backup_not_empty");
    fs::create_directories(to);
    fs::permissions(to, fs::perms::owner_all);
    mark_unfinished(to);
    Manifest manifest;
    copy_beside(source, to, manifest);
    const auto database = to / backup_database_name;
    source.database.copy_to(database.string());
    if (const auto fault = fault_of(database); !fault.empty())
        throw StorageError("the copy of the database is damaged: " + fault);
    TRY(copy_contents(source, to, manifest));
    manifest.rows = rows_in(database);
    sync_file(database);
    manifest.files[std::string(backup_database_name)] = entry_of(database);
    write_manifest(to, manifest);
    sync_folders(to);
    TRY(check_files(to, manifest));
    mark_finished(to);
    return report_of(manifest);
}

Result<BackupReport> restore(
    const fs::path& from,
    const fs::path& folder,
    const Settings& target,
    std::span<const Migration> migrations
)
{
    const auto manifest = TRY(read_manifest(from));
    TRY(check_files(from, manifest));
    const auto database = from / backup_database_name;
    if (!fault_of(database).empty() || rows_in(database) != manifest.rows)
        return problem("storage.backup_damaged", "file", std::string(backup_database_name));
    const bool to_postgres = target.address.starts_with("postgres");
    if (!holds_nothing(folder) || (!to_postgres && fs::exists(target.address)))
        return problem("storage.restore_not_empty");
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms::owner_all);
    mark_unfinished(folder);
    for (const auto& [path, entry] : manifest.files)
        if (path != backup_database_name) copy_synced(from / path, folder / path);
    if (to_postgres)
        TRY(restore_into_postgres(database.string(), target, migrations, manifest.rows));
    else
        copy_synced(database, target.address);
    sync_folders(folder);
    for (const auto& [path, entry] : manifest.files)
        if (path != backup_database_name && entry_of(folder / path) != entry)
            return problem("storage.restore_incomplete");
    mark_finished(folder);
    return report_of(manifest);
}

}  // namespace thien_an::storage

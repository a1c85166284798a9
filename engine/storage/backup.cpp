#include "engine/storage/backup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

#include "engine/base/json.h"
#include "engine/storage/blob_disk.h"
#include "engine/storage/files_store.h"
#include "engine/storage/folder.h"
#include "engine/storage/postgres_database.h"
#include "engine/storage/row_copy.h"
#include "engine/storage/sha256.h"
#include "engine/storage/sqlite_connection.h"

namespace thien_an::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = 256 * 1024;
constexpr std::string_view manifest_name = "manifest.json";
constexpr std::string_view database_name = "thienan.db";
constexpr std::string_view settings_name = "thienan.toml";
constexpr int manifest_version = 1;

Problem problem(std::string code, std::string name = "", std::string word = "")
{
    Problem made{.code = std::move(code), .field = "", .law = ""};
    if (!name.empty()) made.words = {{std::move(name), std::move(word)}};
    return made;
}

struct Entry {
    std::int64_t size = 0;
    std::string sha256;
    bool operator==(const Entry&) const = default;
};
using Manifest = std::map<std::string, Entry>;  ///< By path inside the copy.

/// Size and hash of what is really on the disk.
Entry entry_of(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) throw StorageError("cannot read " + path.string());
    RunningSha256 sum;
    Entry entry;
    std::string piece(piece_bytes, '\0');
    while (file.read(piece.data(), std::streamsize(piece.size())) || file.gcount() > 0) {
        sum.add(bytes_of({piece.data(), std::size_t(file.gcount())}));
        entry.size += file.gcount();
    }
    entry.sha256 = hex(sum.finish());
    return entry;
}

void sync_file(const fs::path& path)
{
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = file >= 0 && fsync(file) == 0;
    if (file >= 0) close(file);
    if (!synced) throw StorageError("cannot sync " + path.string());
}

void copy_synced(const fs::path& from, const fs::path& to)
{
    fs::create_directories(to.parent_path());
    std::error_code error;
    fs::copy_file(from, to, error);
    if (error == std::errc::no_space_on_device) throw DiskFull("no room for the copy");
    if (error) throw StorageError(fmt::format("cannot copy {}: {}", from.string(), error.message()));
    sync_file(to);
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

std::int64_t count_rows(const fs::path& database)
{
    SqliteConnection connection(database.string(), SqliteAccess::look, "");
    return total_rows(connection);
}

void write_manifest(const fs::path& to, const Manifest& manifest, std::int64_t rows)
{
    json::array files;
    for (const auto& [path, entry] : manifest)
        files.push_back({{"path", path}, {"size", entry.size}, {"sha256", entry.sha256}});
    const json::value whole{{"version", manifest_version}, {"rows", rows}, {"files", std::move(files)}};
    std::ofstream(to / manifest_name) << json::canonical(whole) << '\n';
    sync_file(to / manifest_name);
}

Result<Manifest> read_manifest(const fs::path& from)
{
    std::ifstream file(from / manifest_name);
    if (!file) return problem("storage.no_backup");
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    const auto whole = json::parse(text, {.bytes_max = std::size_t{1} << 30});
    const auto damaged = problem("storage.backup_damaged", "file", std::string(manifest_name));
    if (!whole || json::integer_or(whole.value(), "version") != manifest_version) return damaged;
    const auto* files = json::member(whole.value(), "files");
    if (files == nullptr || !files->is_array()) return damaged;
    Manifest manifest;
    for (const auto& one : files->get_array()) {
        auto path = json::string_or(one, "path");
        // A manifest that was tampered with must not write outside the folder.
        const bool ours = path == database_name || path == settings_name || path.starts_with("blobs/");
        if (!ours || path.find("..") != std::string::npos) return damaged;
        manifest[path] = {json::integer_or(one, "size"), json::string_or(one, "sha256")};
    }
    return manifest;
}

/// The first file that is not what the manifest says.
Result<Done> check_manifest(const fs::path& from, const Manifest& manifest)
{
    for (const auto& [path, entry] : manifest) {
        const auto damaged = problem("storage.backup_damaged", "file", path);
        if (!fs::is_regular_file(from / path) || entry_of(from / path) != entry) return damaged;
    }
    if (!manifest.contains(std::string(database_name))) return problem("storage.no_backup");
    return Done{};
}

BackupReport report_of(const Manifest& manifest, std::int64_t rows)
{
    BackupReport report{.rows = rows};
    for (const auto& [path, entry] : manifest) {
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

Result<Manifest> copy_files(const fs::path& folder, const fs::path& to)
{
    Manifest manifest;
    for (const auto& sha256 : named_contents(to / database_name)) {
        const auto place = place_of(folder, sha256);
        if (place.empty()) return problem("storage.file_missing", "sha256", sha256);
        copy_synced(folder / place, to / place);
        manifest[place] = entry_of(folder / place);
    }
    if (fs::exists(folder / settings_name)) {
        copy_synced(folder / settings_name, to / settings_name);
        manifest[std::string(settings_name)] = entry_of(folder / settings_name);
    }
    return manifest;
}

}  // namespace

Result<BackupReport> backup(Database& database, const fs::path& folder, const fs::path& to)
{
    if (fs::exists(to) && !fs::is_empty(to)) return problem("storage.backup_not_empty");
    fs::create_directories(to);
    fs::permissions(to, fs::perms::owner_all);
    database.copy_to((to / database_name).string());
    auto manifest = TRY(copy_files(folder, to));
    const auto rows = count_rows(to / database_name);
    if (const auto fault = fault_of(to / database_name); !fault.empty())
        throw StorageError("the copy of the database is damaged: " + fault);
    sync_file(to / database_name);
    manifest[std::string(database_name)] = entry_of(to / database_name);
    write_manifest(to, manifest, rows);
    sync_folders(to);
    TRY(check_manifest(to, manifest));
    return report_of(manifest, rows);
}

Result<BackupReport> restore(
    const fs::path& from,
    const fs::path& folder,
    const Settings& target,
    std::span<const Migration> migrations
)
{
    const auto manifest = TRY(read_manifest(from));
    TRY(check_manifest(from, manifest));
    const bool to_postgres = target.address.starts_with("postgres");
    if (fs::exists(folder / "blobs") || (!to_postgres && fs::exists(target.address)))
        return problem("storage.restore_not_empty");
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms::owner_all);
    for (const auto& [path, entry] : manifest)
        if (path != database_name) copy_synced(from / path, folder / path);
    if (to_postgres) {
        TRY(restore_into_postgres((from / database_name).string(), target, migrations));
    } else {
        copy_synced(from / database_name, target.address);
        if (const auto fault = fault_of(target.address); !fault.empty())
            return problem("storage.backup_damaged", "file", std::string(database_name));
    }
    sync_folders(folder);
    return report_of(manifest, count_rows(from / database_name));
}

}  // namespace thien_an::storage

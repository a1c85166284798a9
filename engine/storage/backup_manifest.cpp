#include "engine/storage/backup_manifest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "engine/base/json.h"
#include "engine/storage/sha256.h"

namespace thien_an::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = 256 * 1024;
constexpr std::size_t manifest_bytes_max = std::size_t{1} << 30;
constexpr std::string_view manifest_name = "manifest.json";
constexpr std::string_view sum_name = "manifest.sha256";
constexpr int manifest_version = 2;

Problem damaged(std::string_view file)
{
    return {.code = "storage.backup_damaged", .field = "", .law = "", .words = {{"file", std::string(file)}}};
}

Problem problem(std::string code) { return {.code = std::move(code), .field = "", .law = ""}; }

void write_synced(const fs::path& path, const std::string& text)
{
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file) throw DiskFull("cannot write " + path.string());
    sync_file(path);
}

std::string sum_line(const fs::path& folder)
{
    return entry_of(folder / manifest_name).sha256 + "  " + std::string(manifest_name) + "\n";
}

std::string content_of(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// A manifest that was tampered with must not write outside the folder.
bool may_be_in_a_copy(const std::string& path)
{
    return !path.empty() && path.front() != '/' && path.find("..") == std::string::npos;
}

}  // namespace

ManifestEntry entry_of(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) throw StorageError("cannot read " + path.string());
    RunningSha256 sum;
    ManifestEntry entry;
    std::string piece(piece_bytes, '\0');
    while (file.read(piece.data(), std::streamsize(piece.size())) || file.gcount() > 0) {
        sum.add(bytes_of({piece.data(), std::size_t(file.gcount())}));
        entry.size += file.gcount();
    }
    if (file.bad()) throw StorageError("cannot read " + path.string());
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

void write_manifest(const fs::path& folder, const Manifest& manifest)
{
    json::array files;
    for (const auto& [path, entry] : manifest.files)
        files.push_back({{"path", path}, {"size", entry.size}, {"sha256", entry.sha256}});
    json::object rows;
    for (const auto& [table, count] : manifest.rows) rows[table] = count;
    const json::value whole{
        {"version", manifest_version}, {"rows", std::move(rows)}, {"files", std::move(files)}};
    write_synced(folder / manifest_name, json::canonical(whole) + "\n");
    write_synced(folder / sum_name, sum_line(folder));
}

Result<Manifest> read_manifest(const fs::path& folder)
{
    if (fs::exists(folder / unfinished_name)) return problem("storage.backup_unfinished");
    if (!fs::is_regular_file(folder / manifest_name)) return problem("storage.no_backup");
    if (content_of(folder / sum_name) != sum_line(folder)) return damaged(manifest_name);
    const auto whole = json::parse(content_of(folder / manifest_name), {.bytes_max = manifest_bytes_max});
    if (!whole || json::integer_or(whole.value(), "version") != manifest_version)
        return damaged(manifest_name);
    const auto* files = json::member(whole.value(), "files");
    const auto* rows = json::member(whole.value(), "rows");
    if (files == nullptr || !files->is_array() || rows == nullptr || !rows->is_object())
        return damaged(manifest_name);
    Manifest manifest;
    for (const auto& one : files->get_array()) {
        auto path = json::string_or(one, "path");
        if (!may_be_in_a_copy(path)) return damaged(manifest_name);
        manifest.files[path] = {json::integer_or(one, "size"), json::string_or(one, "sha256")};
    }
    for (const auto& row : rows->get_object())
        manifest.rows[std::string(row.key())] = json::integer_or(*rows, row.key());
    if (!manifest.files.contains(std::string(backup_database_name))) return damaged(manifest_name);
    return manifest;
}

Result<Done> check_files(const fs::path& folder, const Manifest& manifest)
{
    for (const auto& [path, entry] : manifest.files)
        if (!fs::is_regular_file(folder / path) || entry_of(folder / path) != entry) return damaged(path);
    return Done{};
}

}  // namespace thien_an::storage

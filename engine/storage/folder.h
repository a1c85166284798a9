#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/result.h"

/// The data folder (script/server --data DIR): where its things lie, and that one server has it at a time.
namespace thien_an::storage {

/// The exclusive lock of a data folder, for as long as this lives; gone with the process, however it ends.
class DataFolder {
public:
    /// Makes the folder (0700) when it is missing and takes its lock. Problems "storage.folder_in_use" (word pid: of
    /// the server that has it), "storage.folder_unusable" (word reason).
    static Result<DataFolder> open(const std::filesystem::path& path);

    DataFolder(DataFolder&& other) noexcept;
    DataFolder& operator=(DataFolder&&) = delete;
    DataFolder(const DataFolder&) = delete;
    DataFolder& operator=(const DataFolder&) = delete;
    ~DataFolder();

    const std::filesystem::path& path() const { return path_; }

private:
    DataFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

    std::filesystem::path path_;
    int lock_;
};

std::filesystem::path settings_path(const std::filesystem::path& folder);  ///< DIR/thienan.toml
std::filesystem::path database_path(const std::filesystem::path& folder
);  ///< DIR/thienan.db, the embedded database.
std::filesystem::path socket_path(const std::filesystem::path& folder);  ///< DIR/admin.sock

/// Bytes the program may still write there.
std::uint64_t free_bytes(const std::filesystem::path& folder);
/// Problem "storage.disk_low" (words free_bytes, bytes_min): commands go on, operators are told.
Result<Done> check_room(const std::filesystem::path& folder, std::uint64_t bytes_min = 256 * 1024 * 1024);

}  // namespace thien_an::storage

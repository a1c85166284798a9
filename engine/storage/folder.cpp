#include "engine/storage/folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace thien_an::storage {
namespace {

namespace fs = std::filesystem;

Problem unusable(std::string reason)
{
    return {
        .code = "storage.folder_unusable", .field = "", .law = "", .words = {{"reason", std::move(reason)}}};
}

std::string written_pid(int file)
{
    std::array<char, 16> text{};
    const auto got = pread(file, text.data(), text.size(), 0);
    return got > 0 ? std::string(text.data(), std::size_t(got)) : "";
}

}  // namespace

Result<DataFolder> DataFolder::open(const fs::path& path)
{
    std::error_code error;
    fs::create_directories(path, error);
    if (error) return unusable(error.message());
    fs::permissions(path, fs::perms::owner_all, error);
    if (error) return unusable(error.message());
    const int lock = ::open((path / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (lock < 0) return unusable(std::strerror(errno));
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        const Problem in_use{
            .code = "storage.folder_in_use", .field = "", .law = "", .words = {{"pid", written_pid(lock)}}};
        close(lock);
        return in_use;
    }
    const auto pid = std::to_string(getpid());
    if (ftruncate(lock, 0) != 0 || pwrite(lock, pid.data(), pid.size(), 0) < 0) {
        const int code = errno;
        close(lock);
        return unusable(std::strerror(code));
    }
    return DataFolder(fs::absolute(path), lock);
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1))
{
}

DataFolder::~DataFolder()
{
    if (lock_ >= 0) close(lock_);
}

fs::path settings_path(const fs::path& folder) { return folder / "thienan.toml"; }
fs::path database_path(const fs::path& folder) { return folder / "thienan.db"; }
fs::path socket_path(const fs::path& folder) { return folder / "admin.sock"; }

std::uint64_t free_bytes(const fs::path& folder) { return fs::space(folder).available; }

Result<Done> check_room(const fs::path& folder, std::uint64_t bytes_min)
{
    const auto left = free_bytes(folder);
    if (left >= bytes_min) return Done{};
    return Problem{
        .code = "storage.disk_low",
        .field = "",
        .law = "",
        .words = {{"free_bytes", std::to_string(left)}, {"bytes_min", std::to_string(bytes_min)}},
    };
}

}  // namespace thien_an::storage

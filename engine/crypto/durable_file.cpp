#include "engine/crypto/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

namespace thien_an::crypto {
namespace {

[[noreturn]] void throw_errno(const std::filesystem::path& path)
{
    throw std::system_error(errno, std::generic_category(), path.string());
}

/// A file descriptor that closes itself.
struct Descriptor {
    explicit Descriptor(int number) : fd(number) {}
    ~Descriptor()
    {
        if (fd >= 0) ::close(fd);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int fd;
};

void write_all(int fd, std::string_view text, const std::filesystem::path& path)
{
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw_errno(path);
        text.remove_prefix(std::size_t(written));
    }
}

void sync_folder(const std::filesystem::path& folder)
{
    const Descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (opened.fd < 0 || ::fsync(opened.fd) != 0) throw_errno(folder);
}

}  // namespace

void write_private_file(const std::filesystem::path& path, std::string_view text)
{
    const auto folder = std::filesystem::absolute(path).parent_path();
    if (std::filesystem::create_directories(folder)) {
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    }
    const auto beside = std::filesystem::path(path.string() + ".new");
    ::unlink(beside.c_str());
    {
        const Descriptor opened{::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
        if (opened.fd < 0) throw_errno(beside);
        write_all(opened.fd, text, beside);
        if (::fsync(opened.fd) != 0) throw_errno(beside);
    }
    std::filesystem::rename(beside, path);
    sync_folder(folder);
}

Result<std::string> read_private_file(const std::filesystem::path& path)
{
    const Descriptor opened{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (opened.fd < 0 && errno == ENOENT) {
        return Problem{.code = "crypto.no_key_file", .words = {{"path", path.string()}}};
    }
    if (opened.fd < 0) throw_errno(path);
    struct stat about {};
    if (::fstat(opened.fd, &about) != 0) throw_errno(path);
    if ((about.st_mode & 077) != 0) {
        return Problem{.code = "crypto.key_file_open_to_others", .words = {{"path", path.string()}}};
    }
    std::string text;
    std::array<char, 4096> piece{};
    while (true) {
        const auto got = ::read(opened.fd, piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw_errno(path);
        if (got == 0) return text;
        text.append(piece.data(), std::size_t(got));
    }
}

bool lies_in(const std::filesystem::path& path, const std::filesystem::path& folder)
{
    const auto inner = std::filesystem::weakly_canonical(std::filesystem::absolute(path));
    const auto outer = std::filesystem::weakly_canonical(std::filesystem::absolute(folder));
    const auto rest = inner.lexically_relative(outer);
    return !rest.empty() && *rest.begin() != "..";
}

}  // namespace thien_an::crypto

#include "engine/storage/blob_disk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/storage/database.h"

namespace thien_an::storage {
namespace {

[[noreturn]] void fail(const std::string& what)
{
    const int code = errno;
    const auto text = fmt::format("{}: {}", what, std::strerror(code));
    if (code == ENOSPC || code == EDQUOT || code == EFBIG) throw DiskFull(text);
    throw StorageError(text);
}

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (number_ >= 0) close(number_);
    }
    int number() const { return number_; }

private:
    int number_;
};

class PlatformFile : public BlobFile {
public:
    explicit PlatformFile(const std::filesystem::path& folder)
        : file_(open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR))
    {
        if (file_.number() < 0) fail("cannot make a file in " + folder.string());
    }

    void write(ByteView piece) override
    {
        while (!piece.empty()) {
            const auto written = ::write(file_.number(), piece.data(), piece.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail("cannot write a file");
            piece = piece.subspan(std::size_t(written));
        }
    }
    void sync() override
    {
        if (fsync(file_.number()) != 0) fail("cannot sync a file");
    }
    std::filesystem::path path() const override { return fmt::format("/proc/self/fd/{}", file_.number()); }
    bool publish(const std::filesystem::path& name) override
    {
        if (linkat(AT_FDCWD, path().c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) return true;
        if (errno == EEXIST) return false;
        fail("cannot name " + name.string());
    }

private:
    Descriptor file_;
};

class PlatformDisk : public BlobDisk {
public:
    std::unique_ptr<BlobFile> create(const std::filesystem::path& folder) override
    {
        return std::make_unique<PlatformFile>(folder);
    }
    void sync_folder(const std::filesystem::path& folder) override
    {
        const Descriptor opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (opened.number() < 0 || fsync(opened.number()) != 0) fail("cannot sync " + folder.string());
    }
};

}  // namespace

std::unique_ptr<BlobDisk> platform_disk() { return std::make_unique<PlatformDisk>(); }

}  // namespace thien_an::storage

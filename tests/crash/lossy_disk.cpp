#include "tests/crash/lossy_disk.h"

#include <list>
#include <mutex>

namespace thien_an::crash {
namespace {

using storage::BlobDisk;
using storage::BlobFile;

/// Names given since their folder was last synced. The platform's files are kept open for them.
struct Unnamed {
    std::mutex mutex;
    struct Entry {
        std::filesystem::path name;
        std::shared_ptr<BlobFile> file;
    };
    std::list<Entry> entries;
};

class LossyFile : public BlobFile {
public:
    LossyFile(std::shared_ptr<BlobFile> platform, Unnamed& unnamed, Syncs syncs)
        : platform_(std::move(platform)), unnamed_(unnamed), syncs_(syncs)
    {
    }

    void write(ByteView piece) override { waiting_.insert(waiting_.end(), piece.begin(), piece.end()); }
    void sync() override
    {
        if (syncs_ == Syncs::ignored) return;
        platform_->write(waiting_);
        waiting_.clear();
    }
    std::filesystem::path path() const override { return platform_->path(); }
    bool publish(const std::filesystem::path& name) override
    {
        if (std::filesystem::exists(name)) return false;
        const std::lock_guard lock(unnamed_.mutex);
        unnamed_.entries.push_back({name, platform_});
        return true;
    }

private:
    // Two owners: the name may be synced after the upload that wrote the file is gone.
    std::shared_ptr<BlobFile> platform_;
    Unnamed& unnamed_;
    Syncs syncs_;
    Bytes waiting_;
};

class LossyDisk : public BlobDisk {
public:
    explicit LossyDisk(Syncs syncs) : platform_(storage::platform_disk()), syncs_(syncs) {}

    std::unique_ptr<BlobFile> create(const std::filesystem::path& folder) override
    {
        return std::make_unique<LossyFile>(platform_->create(folder), unnamed_, syncs_);
    }
    void sync_folder(const std::filesystem::path& folder) override
    {
        if (syncs_ == Syncs::ignored) return;
        const std::lock_guard lock(unnamed_.mutex);
        for (auto& entry : unnamed_.entries)
            if (entry.name.parent_path() == folder) entry.file->publish(entry.name);
        unnamed_.entries.remove_if([&](const auto& entry) { return entry.name.parent_path() == folder; });
    }

private:
    std::unique_ptr<BlobDisk> platform_;
    Syncs syncs_;
    Unnamed unnamed_;
};

}  // namespace

std::unique_ptr<storage::BlobDisk> lossy_disk(Syncs syncs) { return std::make_unique<LossyDisk>(syncs); }

}  // namespace thien_an::crash

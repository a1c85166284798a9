#include "tests/crash/lossy_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <stdexcept>
#include <vector>

namespace thien_an::crash {
namespace {

/// What was written to one file since its last sync. Shared by all connections to it in this process.
struct Unsynced {
    std::mutex mutex;
    std::map<sqlite3_int64, std::vector<char>> writes;  ///< By place; they do not overlap.
    sqlite3_int64 size = -1;  ///< Of the file as its readers see it; -1: as on the disk.
};

/// Everything of the one lossy disk.
struct Disk {
    sqlite3_vfs* platform = nullptr;
    sqlite3_vfs vfs{};
    Syncs syncs = Syncs::honest;
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<Unsynced>>
        files;  ///< Kept to the end: a closed file is still unsynced.
    std::mt19937 random;

    std::shared_ptr<Unsynced> file(const std::string& path)
    {
        const std::lock_guard lock(mutex);
        auto& found = files[path];
        if (!found) found = std::make_shared<Unsynced>();
        return found;
    }
    unsigned chance()
    {
        const std::lock_guard lock(mutex);
        return unsigned(random() % 100);
    }
};

Disk& disk()
{
    static Disk one;
    return one;
}

/// SQLite allocates this and `platform` behind it; only C may live here.
struct LossyFile {
    sqlite3_file base;
    std::shared_ptr<Unsynced>* unsynced;  ///< Null for temporary files.
    sqlite3_file* platform;
};

LossyFile& self(sqlite3_file* file) { return *reinterpret_cast<LossyFile*>(file); }
sqlite3_file* platform_of(sqlite3_file* file) { return self(file).platform; }
Unsynced& unsynced_of(sqlite3_file* file) { return **self(file).unsynced; }

/// Cuts [from, to) out of what waits to be written.
void forget(Unsynced& file, sqlite3_int64 from, sqlite3_int64 to)
{
    auto at = file.writes.lower_bound(from);
    if (at != file.writes.begin()) --at;
    while (at != file.writes.end() && at->first < to) {
        const auto start = at->first;
        const auto end = start + sqlite3_int64(at->second.size());
        if (end <= from) {
            ++at;
            continue;
        }
        const auto bytes = std::move(at->second);
        at = file.writes.erase(at);
        if (start < from) file.writes[start].assign(bytes.begin(), bytes.begin() + (from - start));
        if (end > to) file.writes[to].assign(bytes.begin() + (to - start), bytes.end());
    }
}

sqlite3_int64 size_of(sqlite3_file* file)
{
    auto& mine = unsynced_of(file);
    if (mine.size < 0) platform_of(file)->pMethods->xFileSize(platform_of(file), &mine.size);
    return mine.size;
}

int close_file(sqlite3_file* file)
{
    delete self(file).unsynced;
    return platform_of(file)->pMethods->xClose(platform_of(file));
}

int read_file(sqlite3_file* file, void* to, int count, sqlite3_int64 from)
{
    auto& mine = unsynced_of(file);
    const std::lock_guard lock(mine.mutex);
    const int code = platform_of(file)->pMethods->xRead(platform_of(file), to, count, from);
    if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
    for (const auto& [start, bytes] : mine.writes) {
        const auto first = std::max(start, from);
        const auto last = std::min(start + sqlite3_int64(bytes.size()), from + count);
        if (first < last)
            std::memcpy(
                static_cast<char*>(to) + (first - from),
                bytes.data() + (first - start),
                std::size_t(last - first)
            );
    }
    return from + count > size_of(file) ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

int write_file(sqlite3_file* file, const void* from, int count, sqlite3_int64 to)
{
    auto& mine = unsynced_of(file);
    const std::lock_guard lock(mine.mutex);
    mine.size = std::max(size_of(file), to + count);
    forget(mine, to, to + count);
    const auto* bytes = static_cast<const char*>(from);
    mine.writes[to].assign(bytes, bytes + count);
    const auto chance = disk().chance();
    if (chance >= 20) return SQLITE_OK;
    // The operating system wrote it early: all of it, or half when the power goes in between.
    const int early = chance < 10 ? count : count / 2;
    return platform_of(file)->pMethods->xWrite(platform_of(file), from, early, to);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size)
{
    auto& mine = unsynced_of(file);
    const std::lock_guard lock(mine.mutex);
    forget(mine, size, std::max(size_of(file), size));
    mine.size = size;
    return SQLITE_OK;
}

int sync_file(sqlite3_file* file, int /*how*/)
{
    if (disk().syncs == Syncs::ignored) return SQLITE_OK;
    auto& mine = unsynced_of(file);
    const std::lock_guard lock(mine.mutex);
    auto* platform = platform_of(file);
    sqlite3_int64 on_disk = 0;
    platform->pMethods->xFileSize(platform, &on_disk);
    if (mine.size >= 0 && mine.size < on_disk) platform->pMethods->xTruncate(platform, mine.size);
    for (const auto& [start, bytes] : mine.writes) {
        const int code = platform->pMethods->xWrite(platform, bytes.data(), int(bytes.size()), start);
        if (code != SQLITE_OK) return code;
    }
    mine.writes.clear();
    return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size)
{
    const std::lock_guard lock(unsynced_of(file).mutex);
    *size = size_of(file);
    return SQLITE_OK;
}

int lock_file(sqlite3_file* file, int level)
{
    return platform_of(file)->pMethods->xLock(platform_of(file), level);
}
int unlock_file(sqlite3_file* file, int level)
{
    return platform_of(file)->pMethods->xUnlock(platform_of(file), level);
}
int check_lock(sqlite3_file* file, int* held)
{
    return platform_of(file)->pMethods->xCheckReservedLock(platform_of(file), held);
}
int control_file(sqlite3_file* file, int what, void* argument)
{
    return platform_of(file)->pMethods->xFileControl(platform_of(file), what, argument);
}
int sector_size(sqlite3_file* file) { return platform_of(file)->pMethods->xSectorSize(platform_of(file)); }
int traits(sqlite3_file* file)
{
    return platform_of(file)->pMethods->xDeviceCharacteristics(platform_of(file));
}
int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** at)
{
    return platform_of(file)->pMethods->xShmMap(platform_of(file), region, size, extend, at);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags)
{
    return platform_of(file)->pMethods->xShmLock(platform_of(file), offset, count, flags);
}
void barrier_shared(sqlite3_file* file) { platform_of(file)->pMethods->xShmBarrier(platform_of(file)); }
int unmap_shared(sqlite3_file* file, int remove)
{
    return platform_of(file)->pMethods->xShmUnmap(platform_of(file), remove);
}

constexpr sqlite3_io_methods methods{
    2,
    close_file,
    read_file,
    write_file,
    truncate_file,
    sync_file,
    file_size,
    lock_file,
    unlock_file,
    check_lock,
    control_file,
    sector_size,
    traits,
    map_shared,
    lock_shared,
    barrier_shared,
    unmap_shared,
    nullptr,
    nullptr};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags)
{
    auto* platform = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(LossyFile));
    std::memset(file, 0, sizeof(LossyFile));
    const int code = disk().platform->xOpen(disk().platform, name, platform, flags, out_flags);
    if (code != SQLITE_OK) return code;
    self(file).platform = platform;
    self(file).unsynced =
        new std::shared_ptr<Unsynced>(name == nullptr ? std::make_shared<Unsynced>() : disk().file(name));
    file->pMethods = &methods;
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* name, int sync_folder)
{
    {
        const std::lock_guard lock(disk().mutex);
        disk().files.erase(name);
    }
    return disk().platform->xDelete(disk().platform, name, sync_folder);
}

}  // namespace

std::string register_lossy_vfs(Syncs syncs, unsigned seed)
{
    auto& one = disk();
    one.platform = sqlite3_vfs_find(nullptr);
    one.syncs = syncs;
    one.random.seed(seed);
    one.vfs = *one.platform;
    one.vfs.pNext = nullptr;
    one.vfs.zName = "lossy";
    one.vfs.szOsFile = int(sizeof(LossyFile)) + one.platform->szOsFile;
    one.vfs.xOpen = open_file;
    one.vfs.xDelete = delete_file;
    if (sqlite3_vfs_register(&one.vfs, 0) != SQLITE_OK)
        throw std::runtime_error("SQLite refused the lossy disk");
    return "lossy";
}

}  // namespace thien_an::crash

#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/storage/database.h"
#include "engine/storage/file_kind.h"
#include "engine/storage/sha256.h"

/// Files people send and papers we make: content in DATA/blobs/ab/cdef..., named by its SHA-256; who may see one is decided
/// by the row that refers to it, never by knowing its hash. A file is on disk, synced, before a command names it.
namespace thien_an::storage {

using FileId = Id<struct FileTag>;

/// Content that is safely on disk and not yet named by a row.
struct StoredBlob {
    std::string sha256;                 ///< 64 hexadecimal digits, of the plain content.
    std::int64_t size = 0;              ///< Bytes of the plain content.
    FileKind kind = FileKind::unknown;  ///< As its content shows.
    std::string key_id;                 ///< Of the key it is sealed with; "" plain.
};

/// Seals content at rest in pieces; room crypto gives the functions. `number` counts pieces from 0.
struct FileSeal {
    std::string key_id;
    std::function<Bytes(std::string_view sha256, std::uint64_t number, ByteView plain)> seal;
    std::function<
        Bytes(std::string_view key_id, std::string_view sha256, std::uint64_t number, ByteView sealed)>
        open;
};

struct UploadLimits {
    std::int64_t bytes_max = 20 * 1024 * 1024;
    std::vector<FileKind> kinds = {};  ///< Allowed; empty: every kind we know.
};

/// Asks a scanner; gives the name of what it found, nothing when clean. An exception: it could not answer.
using VirusScan = std::function<std::optional<std::string>(const std::filesystem::path&)>;

/// A file on its way in, streamed to a temporary file; gone when it is not finished.
class Upload {
public:
    virtual ~Upload() = default;
    /// Problem "storage.file_too_large" (words bytes_max). Throws DiskFull.
    virtual Result<Done> add(ByteView piece) = 0;
    /// Syncs, looks at the content, scans, and gives it its place. Problems "storage.file_empty",
    /// "storage.file_kind_unknown", "storage.file_kind_refused" (word kind), "storage.file_dangerous" (word reason),
    /// "storage.file_infected" (word name).
    virtual Result<StoredBlob> finish() = 0;
};

class FileStore {
public:
    /// Keeps content under `folder`/blobs; makes the folders.
    explicit FileStore(std::filesystem::path folder);

    void scan_with(VirusScan scan) { scan_ = std::move(scan); }

    std::unique_ptr<Upload> upload(UploadLimits limits);
    /// Keeps `content` the program itself made, of any kind, without scan.
    StoredBlob keep(ByteView content, FileKind kind);
    /// Calls `take` with piece after piece. Throws StorageError when the content is missing or not what its name says.
    void read(std::string_view sha256, const std::function<void(ByteView)>& take) const;
    Bytes read_all(std::string_view sha256) const;
    std::filesystem::path path(std::string_view sha256) const;

    /// Deletes content that no row of `file` names and that is older than 24 hours; how many.
    std::size_t collect(Database& database, Instant now) const;
    /// Reads everything rows name; the hashes that are missing or damaged.
    std::vector<std::string> verify(Database& database) const;

private:
    friend class TemporaryUpload;
    std::filesystem::path folder_;
    VirusScan scan_;
};

/// A row of `file`.
struct File {
    FileId id;
    StoredBlob blob;
    std::string name;  ///< As the sender called it, cleaned: no folders, no control characters.
    Instant kept_at;
};

/// Names `blob` by a row, in the command that needs it.
FileId file_add(Writer& db, IdSource& ids, const StoredBlob& blob, std::string_view name, Instant now);
/// Problem "storage.no_such_file".
Result<File> find_file(Reader& db, FileId id);
/// "../../Giấy tờ\n.pdf" -> "Giấy tờ.pdf"; at most 200 bytes, never empty.
std::string clean_file_name(std::string_view name);

}  // namespace thien_an::storage

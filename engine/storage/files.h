#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/storage/blob_disk.h"
#include "engine/storage/database.h"
#include "engine/storage/file_kind.h"

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

using Sink = std::function<void(ByteView)>;

/// Bytes that are changed on their way to a Sink. `finish` writes the end.
class ByteStream {
public:
    virtual ~ByteStream() = default;
    virtual void update(ByteView piece) = 0;
    virtual void finish() = 0;
};

/// Seals content at rest; room crypto has the means. `context` is the content's SHA-256 and is bound to it.
struct FileSeal {
    std::string key_id;
    std::function<std::unique_ptr<ByteStream>(const std::string& context, Sink sink)> seal;
    /// Throws when what it is given was not sealed for `context` or was changed.
    std::function<std::unique_ptr<ByteStream>(const std::string& context, Sink sink)> open;
};

struct UploadLimits {
    std::int64_t bytes_max = 20 * 1024 * 1024;
    std::vector<FileKind> kinds = {};  ///< Allowed; empty: every kind we know.
};

/// Asks a scanner; gives the name of what it found, nothing when clean. A StorageError: it could not answer, and the
/// file is not taken.
using VirusScan = std::function<std::optional<std::string>(const std::filesystem::path&)>;

/// A file on its way in, streamed to a temporary file; gone when it is not finished.
class Upload {
public:
    virtual ~Upload() = default;
    /// Problem "storage.file_too_large" (words bytes_max). Throws DiskFull.
    virtual Result<Done> add(ByteView piece) = 0;
    /// Syncs, looks at the content, scans, and gives it its place. Problems "storage.file_empty",
    /// "storage.file_kind_unknown", "storage.file_kind_refused" (word kind), "storage.file_dangerous" (word reason),
    /// "storage.file_infected" (word name), "storage.scan_failed" (the scanner does not answer).
    virtual Result<StoredBlob> finish() = 0;
};

/// Plain content, read in order by one thread.
class FileReader {
public:
    virtual ~FileReader() = default;
    virtual std::uint64_t size() const = 0;
    /// Fills `space` as far as it can; 0 at the end. Throws StorageError, before the last byte is given, when the
    /// content is not what its name says.
    virtual std::size_t read(std::span<char> space) = 0;
};

/// Safe to use from many threads.
class FileStore {
public:
    /// Keeps content under `folder`/blobs; makes the folders.
    explicit FileStore(std::filesystem::path folder, std::unique_ptr<BlobDisk> disk = platform_disk());

    void scan_with(VirusScan scan) { scan_ = std::move(scan); }  ///< Before use: not for many threads.
    void seal_with(FileSeal seal) { seal_ = std::move(seal); }   ///< Before use: not for many threads.

    std::unique_ptr<Upload> upload(UploadLimits limits);
    /// Keeps `content` the program itself made, of any kind, without scan.
    StoredBlob keep(ByteView content, FileKind kind);
    /// Throws StorageError when the content is missing.
    std::unique_ptr<FileReader> open(std::string_view sha256) const;
    Bytes read_all(std::string_view sha256) const;
    /// Where content that is not sealed lies, to be streamed from. Throws StorageError when it is missing or sealed.
    std::filesystem::path path(std::string_view sha256) const;

    /// Deletes content that no row of `file` names and that nobody stored within 24 hours; how many.
    std::size_t collect(Database& database, Instant now);
    /// Reads everything rows name; the hashes that are missing or damaged.
    std::vector<std::string> verify(Database& database) const;

private:
    friend class StoredUpload;
    struct Name;
    Name name_of(std::string_view sha256, bool sealed) const;
    void write_sealed(BlobFile& plain, const StoredBlob& blob, BlobFile& sealed) const;
    /// Gives synced plain content its place, sealed when there is a seal.
    void place(BlobFile& plain, StoredBlob& blob);

    std::filesystem::path folder_;
    std::unique_ptr<BlobDisk> disk_;
    VirusScan scan_;
    std::optional<FileSeal> seal_;
    std::mutex placing_;  ///< Nothing is collected while it gets its name again.
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
/// How many different contents rows name.
std::int64_t contents_named(Reader& db);
/// "../../Giấy tờ\n.pdf" -> "Giấy tờ.pdf"; at most 200 bytes, never empty.
std::string clean_file_name(std::string_view name);

}  // namespace thien_an::storage

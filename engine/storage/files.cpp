#include "engine/storage/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "engine/storage/files_store.h"
#include "engine/storage/sha256.h"

namespace thien_an::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::chrono::hours kept_without_row{24};

void read_pieces(const fs::path& path, const Sink& take)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) throw StorageError(fmt::format("cannot read {}", path.filename().string()));
    std::string piece(piece_bytes, '\0');
    while (file.read(piece.data(), std::streamsize(piece.size())) || file.gcount() > 0)
        take(bytes_of({piece.data(), std::size_t(file.gcount())}));
    if (file.bad()) throw StorageError(fmt::format("cannot read {}", path.filename().string()));
}

/// Sealed content starts with the size it has when it is opened.
Bytes size_head(std::uint64_t size)
{
    Bytes head;
    for (int shift = 56; shift >= 0; shift -= 8) head.push_back(std::uint8_t(size >> shift));
    return head;
}

void touch(const fs::path& path)
{
    std::error_code missing;  // A twin's name that is not synced yet, on the disk of the crash test.
    fs::last_write_time(path, fs::file_time_type::clock::now(), missing);
}

bool is_hash(std::string_view text)
{
    const auto digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return text.size() == 64 && std::ranges::all_of(text, digit);
}

Problem problem(std::string code) { return {.code = std::move(code), .field = "", .law = ""}; }

}  // namespace

/// Where content lies: blobs/ab/cdef..., with ".sealed" when it is.
struct FileStore::Name {
    fs::path folder;
    fs::path path;
};

/// Pulls pieces from the disk, through the seal when there is one, and hands them out in any size.
class StoredReader : public FileReader {
public:
    StoredReader(const fs::path& path, std::string sha256, const FileSeal* seal)
        : file_(path, std::ios::binary), sha256_(std::move(sha256)), piece_(piece_bytes, '\0')
    {
        if (!file_) throw StorageError(fmt::format("no content {}", sha256_));
        if (seal == nullptr) {
            size_ = fs::file_size(path);
            return;
        }
        std::array<char, 8> head{};
        file_.read(head.data(), head.size());
        for (const char c : head) size_ = size_ << 8 | static_cast<unsigned char>(c);
        opening_ = seal->open(sha256_, [this](ByteView plain) { take(plain); });
    }
    StoredReader(const StoredReader&) = delete;
    StoredReader& operator=(const StoredReader&) = delete;

    std::uint64_t size() const override { return size_; }

    std::size_t read(std::span<char> space) override
    {
        // One byte more than is asked for, so that the last one is only given when the whole was right.
        while (!ended_ && waiting_.size() - given_ <= space.size()) fill();
        const auto count = std::min(space.size(), waiting_.size() - given_);
        std::copy_n(waiting_.begin() + std::ptrdiff_t(given_), count, space.begin());
        given_ += count;
        return count;
    }

private:
    void take(ByteView plain)
    {
        sum_.add(plain);
        waiting_ += thien_an::text_of(plain);
    }
    void fill()
    {
        waiting_.erase(0, given_);
        given_ = 0;
        file_.read(piece_.data(), std::streamsize(piece_.size()));
        const auto piece = bytes_of({piece_.data(), std::size_t(file_.gcount())});
        if (file_.bad()) throw StorageError(fmt::format("cannot read content {}", sha256_));
        if (opening_) {
            if (!piece.empty()) opening_->update(piece);
        } else {
            take(piece);
        }
        if (!file_.eof()) return;
        ended_ = true;
        if (opening_) opening_->finish();
        if (hex(sum_.finish()) != sha256_) throw StorageError(fmt::format("content {} is damaged", sha256_));
    }

    std::ifstream file_;
    std::string sha256_;
    std::string piece_;
    std::uint64_t size_ = 0;
    std::unique_ptr<ByteStream> opening_;
    RunningSha256 sum_;
    std::string waiting_;  ///< Plain, read and not yet handed out from `given_` on.
    std::size_t given_ = 0;
    bool ended_ = false;
};

class StoredUpload : public Upload {
public:
    StoredUpload(FileStore& store, UploadLimits limits)
        : store_(store), limits_(std::move(limits)), file_(store.disk_->create(store.folder_))
    {
    }

    Result<Done> add(ByteView piece) override
    {
        if (size_ + std::int64_t(piece.size()) > limits_.bytes_max) {
            auto too_large = problem("storage.file_too_large");
            too_large.words = {{"bytes_max", std::to_string(limits_.bytes_max)}};
            return too_large;
        }
        file_->write(piece);
        sum_.add(piece);
        size_ += std::int64_t(piece.size());
        return Done{};
    }

    Result<StoredBlob> finish() override
    {
        if (size_ == 0) return problem("storage.file_empty");
        const auto kind = TRY(sniff_file(file_->path()));
        if (!limits_.kinds.empty() && std::ranges::find(limits_.kinds, kind) == limits_.kinds.end()) {
            auto refused = problem("storage.file_kind_refused");
            refused.words = {{"kind", std::string(name_of(kind))}};
            return refused;
        }
        if (store_.scan_) TRY(scanned());
        return stored(kind);
    }

    /// Content the program itself made.
    StoredBlob stored(FileKind kind)
    {
        StoredBlob blob{.sha256 = hex(sum_.finish()), .size = size_, .kind = kind, .key_id = ""};
        store_.place(*file_, blob);
        return blob;
    }

private:
    Result<Done> scanned() const
    {
        std::optional<std::string> found;
        try {
            found = store_.scan_(file_->path());
        } catch (const StorageError&) {
            // Whoever gave us the scanner tells the operator; the sender can come again later.
            return problem("storage.scan_failed");
        }
        if (!found) return Done{};
        auto infected = problem("storage.file_infected");
        infected.words = {{"name", *found}};
        return infected;
    }

    FileStore& store_;
    UploadLimits limits_;
    std::unique_ptr<BlobFile> file_;
    RunningSha256 sum_;
    std::int64_t size_ = 0;
};

FileStore::FileStore(fs::path folder, std::unique_ptr<BlobDisk> disk)
    : folder_(std::move(folder) / "blobs"), disk_(std::move(disk))
{
    fs::create_directories(folder_);
    fs::permissions(folder_, fs::perms::owner_all);
    disk_->sync_folder(folder_.parent_path());
}

FileStore::Name FileStore::name_of(std::string_view sha256, bool sealed) const
{
    if (!is_hash(sha256)) throw StorageError("not the name of any content");
    const auto folder = folder_ / sha256.substr(0, 2);
    return {folder, folder / fmt::format("{}{}", sha256.substr(2), sealed ? ".sealed" : "")};
}

std::unique_ptr<Upload> FileStore::upload(UploadLimits limits)
{
    return std::make_unique<StoredUpload>(*this, std::move(limits));
}

StoredBlob FileStore::keep(ByteView content, FileKind kind)
{
    StoredUpload upload(*this, {.bytes_max = std::int64_t(content.size()), .kinds = {}});
    if (!upload.add(content)) throw std::logic_error("content larger than itself");
    return upload.stored(kind);
}

void FileStore::write_sealed(BlobFile& plain, const StoredBlob& blob, BlobFile& sealed) const
{
    sealed.write(size_head(std::uint64_t(blob.size)));
    const auto stream = seal_->seal(blob.sha256, [&](ByteView piece) { sealed.write(piece); });
    read_pieces(plain.path(), [&](ByteView piece) { stream->update(piece); });
    stream->finish();
}

void FileStore::place(BlobFile& plain, StoredBlob& blob)
{
    std::unique_ptr<BlobFile> sealed;
    if (seal_) {
        sealed = disk_->create(folder_);
        write_sealed(plain, blob, *sealed);
        blob.key_id = seal_->key_id;
    }
    BlobFile& file = sealed ? *sealed : plain;
    file.sync();
    const auto [folder, path] = name_of(blob.sha256, sealed != nullptr);
    if (fs::create_directory(folder)) disk_->sync_folder(folder_);
    {
        const std::lock_guard lock(placing_);
        // The same content again: young once more, so that collect() leaves it for the command about to name it.
        if (!file.publish(path)) touch(path);
    }
    disk_->sync_folder(folder);
}

std::unique_ptr<FileReader> FileStore::open(std::string_view sha256) const
{
    const auto plain = name_of(sha256, false).path;
    if (fs::exists(plain)) return std::make_unique<StoredReader>(plain, std::string(sha256), nullptr);
    if (!seal_) throw StorageError(fmt::format("no content {}", sha256));
    return std::make_unique<StoredReader>(name_of(sha256, true).path, std::string(sha256), &*seal_);
}

Bytes FileStore::read_all(std::string_view sha256) const
{
    const auto reader = open(sha256);
    std::string all(std::size_t(reader->size()), '\0');
    std::size_t filled = 0;
    for (std::size_t got = 1; got > 0; filled += got) got = reader->read(std::span(all).subspan(filled));
    const auto bytes = bytes_of(std::string_view(all).substr(0, filled));
    return {bytes.begin(), bytes.end()};
}

fs::path FileStore::path(std::string_view sha256) const
{
    auto plain = name_of(sha256, false).path;
    if (!fs::exists(plain)) throw StorageError(fmt::format("no plain content {}", sha256));
    return plain;
}

std::size_t FileStore::collect(Database& database, Instant now)
{
    std::size_t deleted = 0;
    const auto oldest_kept = std::chrono::file_clock::from_sys(now - kept_without_row);
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
        if (!entry.is_regular_file()) continue;
        const auto sha256 = entry.path().parent_path().filename().string() + entry.path().stem().string();
        const std::lock_guard lock(placing_);
        if (!is_hash(sha256) || fs::last_write_time(entry.path()) > oldest_kept) continue;
        if (database.read([&](Reader& db) { return file_is_named(db, sha256); })) continue;
        fs::remove(entry.path());
        ++deleted;
    }
    return deleted;
}

std::vector<std::string> FileStore::verify(Database& database) const
{
    constexpr int at_once = 500;
    std::vector<std::string> bad;
    std::vector<char> space(piece_bytes);
    std::string after;
    for (;;) {
        const auto hashes = database.read([&](Reader& db) { return named_files(db, after, at_once); });
        for (const auto& sha256 : hashes) {
            try {
                const auto reader = open(sha256);
                while (reader->read(space) > 0) {
                }
            } catch (const std::exception&) {
                bad.push_back(sha256);
            }
        }
        if (hashes.size() < at_once) return bad;
        after = hashes.back();
    }
}

std::string clean_file_name(std::string_view name)
{
    constexpr std::size_t bytes_max = 200;
    if (const auto slash = name.find_last_of("/\\"); slash != std::string_view::npos)
        name.remove_prefix(slash + 1);
    std::string clean;
    for (const char c : name)
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) clean += c;
    if (clean.size() > bytes_max) {
        std::size_t end = bytes_max;
        while (end > 0 && (static_cast<unsigned char>(clean[end]) & 0xC0) == 0x80) --end;
        clean.resize(end);
    }
    const auto first = clean.find_first_not_of(" .");
    return first == std::string::npos ? "file" : clean.substr(first);
}

}  // namespace thien_an::storage

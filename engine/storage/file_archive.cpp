#include "engine/storage/file_archive.h"

#include <zip.h>

#include <array>
#include <memory>
#include <set>
#include <string>

namespace thien_an::storage {
namespace {

using Archive = std::unique_ptr<zip_t, decltype(&zip_discard)>;
using Entry = std::unique_ptr<zip_file_t, decltype(&zip_fclose)>;

/// Entries below this may be packed as tightly as they like.
constexpr std::uint64_t small_entry_bytes = 1024 * 1024;

Problem dangerous(std::string reason)
{
    return {
        .code = "storage.file_dangerous", .field = "", .law = "", .words = {{"reason", std::move(reason)}}};
}

/// Names that would leave the folder they are unpacked into.
bool escapes(std::string_view name)
{
    if (name.empty() || name.front() == '/' || name.find('\\') != std::string_view::npos) return true;
    if (name.find(':') != std::string_view::npos) return true;
    return name == ".." || name.starts_with("../") || name.find("/../") != std::string_view::npos ||
           name.ends_with("/..");
}

Result<Done> check_claims(const zip_stat_t& entry)
{
    if (escapes(entry.name)) return dangerous("archive_path");
    if (entry.encryption_method != ZIP_EM_NONE) return dangerous("encrypted");
    const std::string_view name = entry.name;
    if (name.ends_with("vbaProject.bin")) return dangerous("macro");
    return Done{};
}

/// Unpacks the entry into nothing; its size, at most `bytes_left`.
Result<std::uint64_t> unpacked_size(zip_t* archive, zip_uint64_t number, std::uint64_t bytes_left)
{
    const Entry entry(zip_fopen_index(archive, number, 0), &zip_fclose);
    if (!entry) return dangerous("archive_damaged");
    std::array<char, 64 * 1024> piece;
    std::uint64_t size = 0;
    for (;;) {
        const auto got = zip_fread(entry.get(), piece.data(), piece.size());
        if (got < 0) return dangerous("archive_damaged");
        if (got == 0) return size;
        size += std::uint64_t(got);
        if (size > bytes_left) return dangerous("archive_bomb");
    }
}

Result<Done> check_entries(
    zip_t* archive, zip_uint64_t count, const ArchiveLimits& limits, std::set<std::string>& names
)
{
    std::uint64_t left = limits.bytes_max;
    for (zip_uint64_t i = 0; i < count; ++i) {
        zip_stat_t entry;
        if (zip_stat_index(archive, i, 0, &entry) != 0 || (entry.valid & ZIP_STAT_NAME) == 0)
            return dangerous("archive_damaged");
        TRY(check_claims(entry));
        const auto allowed = std::max(entry.comp_size * limits.ratio_max, small_entry_bytes);
        if (entry.size > std::min(left, allowed)) return dangerous("archive_bomb");
        const auto size = TRY(unpacked_size(archive, i, std::min(left, allowed)));
        if (size != entry.size) return dangerous("archive_damaged");
        left -= size;
        if (!names.insert(entry.name).second) return dangerous("archive_damaged");
    }
    return Done{};
}

}  // namespace

Result<FileKind> sniff_archive(const std::filesystem::path& path, ArchiveLimits limits)
{
    int error = 0;
    const Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &error), &zip_discard);
    if (!archive) return dangerous("archive_damaged");
    const auto count = zip_get_num_entries(archive.get(), 0);
    if (count <= 0) return dangerous("archive_damaged");
    if (std::uint64_t(count) > limits.entries_max) return dangerous("archive_bomb");
    std::set<std::string> names;
    TRY(check_entries(archive.get(), zip_uint64_t(count), limits, names));
    if (!names.contains("[Content_Types].xml")) return FileKind::zip;
    if (names.contains("word/document.xml")) return FileKind::docx;
    if (names.contains("xl/workbook.xml")) return FileKind::xlsx;
    return FileKind::zip;
}

}  // namespace thien_an::storage

#pragma once

#include <filesystem>
#include <string_view>

#include "engine/base/result.h"

/// What a file is, told from its content: never from its name or from what the sender says.
namespace thien_an::storage {

enum class FileKind { unknown, jpeg, png, webp, heic, pdf, docx, xlsx, zip, text, xml, json };

std::string_view media_type(FileKind kind);      ///< "image/jpeg"; "application/octet-stream" for unknown.
std::string_view extension(FileKind kind);       ///< ".jpg"; "" for unknown.
std::string_view name_of(FileKind kind);         ///< "jpeg", as stored.
FileKind file_kind_from(std::string_view text);  ///< unknown for any other text.

/// Bounds of archives: a bomb is small outside and large inside.
struct ArchiveLimits {
    std::uint64_t entries_max = 2000;
    std::uint64_t bytes_max = 200 * 1024 * 1024;  ///< Unpacked, all entries.
    std::uint64_t ratio_max = 100;  ///< Unpacked to packed, for the whole and each entry above 1 MiB.
};

/// The kind of the file at `path`. Problems "storage.file_dangerous" (word reason: "script", "archive_bomb",
/// "archive_damaged", "archive_path", "damaged", "macro", "encrypted") and "storage.file_kind_unknown".
Result<FileKind> sniff_file(const std::filesystem::path& path, ArchiveLimits limits = {});

}  // namespace thien_an::storage

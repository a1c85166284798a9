#include "engine/storage/file_kind.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <span>
#include <string>

#include "engine/base/json.h"
#include "engine/base/vietnamese.h"
#include "engine/storage/file_archive.h"

namespace thien_an::storage {
namespace {

struct KindRow {
    FileKind kind;
    std::string_view text;
    std::string_view media_type;
    std::string_view extension;
};
constexpr std::array kinds{
    KindRow{FileKind::unknown, "unknown", "application/octet-stream", ""},
    KindRow{FileKind::jpeg, "jpeg", "image/jpeg", ".jpg"},
    KindRow{FileKind::png, "png", "image/png", ".png"},
    KindRow{FileKind::webp, "webp", "image/webp", ".webp"},
    KindRow{FileKind::heic, "heic", "image/heic", ".heic"},
    KindRow{FileKind::pdf, "pdf", "application/pdf", ".pdf"},
    KindRow{
        FileKind::docx,
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".docx"},
    KindRow{
        FileKind::xlsx, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"},
    KindRow{FileKind::zip, "zip", "application/zip", ".zip"},
    KindRow{FileKind::text, "text", "text/plain; charset=utf-8", ".txt"},
    KindRow{FileKind::xml, "xml", "application/xml", ".xml"},
    KindRow{FileKind::json, "json", "application/json", ".json"},
};

const KindRow& row_of(FileKind kind)
{
    return *std::ranges::find_if(kinds, [&](const KindRow& row) { return row.kind == kind; });
}

/// Text larger than this is of no kind we know.
constexpr std::size_t text_bytes_max = 8 * 1024 * 1024;
constexpr std::size_t piece_bytes = 64 * 1024;

Problem dangerous(std::string reason)
{
    return {
        .code = "storage.file_dangerous", .field = "", .law = "", .words = {{"reason", std::move(reason)}}};
}

/// A file that is looked at here and there without being held in memory.
class Content {
public:
    explicit Content(const std::filesystem::path& path) : file_(path, std::ios::binary)
    {
        file_.seekg(0, std::ios::end);
        size_ = file_.good() ? std::uint64_t(file_.tellg()) : 0;
    }

    std::uint64_t size() const { return size_; }
    /// At most `length` bytes from `start`; fewer at the end.
    std::string at(std::uint64_t start, std::size_t length)
    {
        if (start >= size_) return "";
        std::string bytes(std::size_t(std::min<std::uint64_t>(length, size_ - start)), '\0');
        file_.clear();
        file_.seekg(std::streamoff(start));
        file_.read(bytes.data(), std::streamsize(bytes.size()));
        bytes.resize(std::size_t(file_.gcount()));
        return bytes;
    }

private:
    std::ifstream file_;
    std::uint64_t size_ = 0;
};

std::uint64_t big_endian(std::string_view bytes)
{
    std::uint64_t number = 0;
    for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
    return number;
}

/// Whether `text` says `word` (lower case) at its start, in any case.
bool says(std::string_view text, std::string_view word)
{
    if (text.size() < word.size()) return false;
    return std::ranges::equal(text.substr(0, word.size()), word, [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? char(a - 'A' + 'a') : a) == b;
    });
}

/// What a browser or an interpreter would run, wherever it stands in a file.
bool has_script(Content& content, char mark, std::span<const std::string_view> words)
{
    constexpr std::size_t overlap = 32;
    for (std::uint64_t start = 0; start < content.size(); start += piece_bytes) {
        const auto piece = content.at(start, piece_bytes + overlap);
        for (auto at = piece.find(mark); at < piece_bytes; at = piece.find(mark, at + 1)) {
            const auto rest = std::string_view(piece).substr(at);
            if (std::ranges::any_of(words, [&](std::string_view word) { return says(rest, word); }))
                return true;
        }
    }
    return false;
}

constexpr std::array<std::string_view, 7> markup_words{
    "<script", "<html", "<!doctype html", "<?php", "<iframe", "<object", "<svg"};
constexpr std::array<std::string_view, 3> pdf_words{"/javascript", "/launch", "/embeddedfile"};

/// Segments from the start of the image to its picture data, each of the length it claims.
bool is_jpeg(Content& content)
{
    std::uint64_t at = 2;
    for (int segments = 0; segments < 10'000; ++segments) {
        const auto head = content.at(at, 4);
        if (head.size() < 4 || head[0] != '\xff') return false;
        const auto kind = static_cast<unsigned char>(head[1]);
        if (kind == 0xff) {
            ++at;  // Fill byte.
            continue;
        }
        if (kind == 0xda) return at + 4 < content.size();
        if (kind < 0xc0 || (kind >= 0xd0 && kind <= 0xd9)) return false;
        const auto length = big_endian(std::string_view(head).substr(2));
        if (length < 2) return false;
        at += 2 + length;
    }
    return false;
}

bool is_png(Content& content)
{
    std::uint64_t at = 8;
    for (int chunks = 0; chunks < 1'000'000; ++chunks) {
        const auto head = content.at(at, 8);
        if (head.size() < 8) return false;
        const auto name = head.substr(4);
        if ((chunks == 0) != (name == "IHDR")) return false;
        at += 12 + big_endian(std::string_view(head).substr(0, 4));
        if (name == "IEND") return at <= content.size();
    }
    return false;
}

bool is_webp(Content& content)
{
    const auto head = content.at(0, 16);
    const auto first = std::string_view(head).substr(12);
    return head.size() == 16 && (first == "VP8 " || first == "VP8L" || first == "VP8X");
}

bool is_heic(Content& content)
{
    const auto head = content.at(0, 64);
    constexpr std::array<std::string_view, 6> brands{"heic", "heix", "hevc", "heim", "mif1", "msf1"};
    const auto brand = std::string_view(head).substr(8, 4);
    return big_endian(std::string_view(head).substr(0, 4)) <= content.size() &&
           std::ranges::find(brands, brand) != brands.end();
}

bool is_pdf(Content& content)
{
    constexpr std::size_t tail_bytes = 2048;
    const auto tail = content.at(content.size() > tail_bytes ? content.size() - tail_bytes : 0, tail_bytes);
    return tail.find("%%EOF") != std::string::npos && tail.find("startxref") != std::string::npos;
}

struct Signature {
    FileKind kind;
    std::uint64_t at;
    std::string_view bytes;
    bool (*whole)(Content&);  ///< Whether the rest of the file bears it out.
};
constexpr std::array signatures{
    Signature{FileKind::jpeg, 0, "\xff\xd8\xff", is_jpeg},
    Signature{FileKind::png, 0, "\x89PNG\r\n\x1a\n", is_png},
    Signature{FileKind::webp, 8, "WEBP", is_webp},
    Signature{FileKind::heic, 4, "ftyp", is_heic},
    Signature{FileKind::pdf, 0, "%PDF-", is_pdf},
};

bool plain_text(std::string_view text)
{
    const auto control = [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') ||
               c == 0x7f;
    };
    return is_utf8(text) && std::ranges::none_of(text, control);
}

Result<FileKind> sniff_text(Content& content)
{
    const Problem unknown{.code = "storage.file_kind_unknown", .field = "", .law = ""};
    if (content.size() > text_bytes_max) return unknown;
    const auto text = content.at(0, text_bytes_max);
    if (!plain_text(text)) return unknown;
    if (text.starts_with("#!")) return dangerous("script");
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    auto start = std::string_view(text);
    if (start.starts_with(byte_order_mark)) start.remove_prefix(byte_order_mark.size());
    start.remove_prefix(std::min(start.find_first_not_of(" \t\r\n"), start.size()));
    if (start.starts_with("<?xml")) return FileKind::xml;
    if ((start.starts_with('{') || start.starts_with('[')) && json::parse(start)) return FileKind::json;
    return FileKind::text;
}

}  // namespace

std::string_view media_type(FileKind kind) { return row_of(kind).media_type; }
std::string_view extension(FileKind kind) { return row_of(kind).extension; }
std::string_view name_of(FileKind kind) { return row_of(kind).text; }

FileKind file_kind_from(std::string_view text)
{
    const auto* found = std::ranges::find_if(kinds, [&](const KindRow& row) { return row.text == text; });
    return found == kinds.end() ? FileKind::unknown : found->kind;
}

Result<FileKind> sniff_file(const std::filesystem::path& path, ArchiveLimits limits)
{
    Content content(path);
    const auto head = content.at(0, 16);
    if (head.starts_with("PK\x03\x04")) return sniff_archive(path, limits);
    if (has_script(content, '<', markup_words)) return dangerous("script");
    for (const auto& signature : signatures) {
        if (head.size() <= signature.at ||
            !std::string_view(head).substr(signature.at).starts_with(signature.bytes))
            continue;
        if (!signature.whole(content)) return dangerous("damaged");
        if (signature.kind == FileKind::pdf && has_script(content, '/', pdf_words))
            return dangerous("script");
        return signature.kind;
    }
    return sniff_text(content);
}

}  // namespace thien_an::storage

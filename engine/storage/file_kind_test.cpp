#include "engine/storage/file_kind.h"

#include <doctest/doctest.h>
#include <zip.h>

#include <fstream>

#include "engine/storage/test_databases.h"

using namespace thien_an;
using namespace thien_an::storage;
using namespace std::string_literals;

namespace {

struct Folder {
    TestDatabases files{Engine::sqlite};
    std::string path = files.folder();

    std::string keep(std::string_view content)
    {
        auto name = path + "/file";
        std::ofstream(name, std::ios::binary) << content;
        return name;
    }
    /// "jpeg", or the reason it was refused for.
    std::string verdict(std::string_view content) { return verdict_of(keep(content)); }
    static std::string verdict_of(const std::string& name, ArchiveLimits limits = {})
    {
        const auto kind = sniff_file(name, limits);
        if (kind) return std::string(name_of(kind.value()));
        const auto& words = kind.problem().words;
        return words.empty() ? kind.problem().code : words[0].second;
    }
    std::string archive(const std::vector<std::pair<std::string, std::string>>& entries)
    {
        auto name = path + "/archive";
        std::filesystem::remove(name);
        zip_t* zip = zip_open(name.c_str(), ZIP_CREATE, nullptr);
        for (const auto& [entry, content] : entries)
            zip_file_add(zip, entry.c_str(), zip_source_buffer(zip, content.data(), content.size(), 0), 0);
        zip_close(zip);
        return name;
    }
};

const std::string jpeg =
    "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xda\x00\x08picture\xff\xd9"s;
const std::string png = "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR0123456789abccrc!\x00\x00\x00\x00IENDcrc!"s;
const std::string pdf = "%PDF-1.7\n1 0 obj\nendobj\nxref\ntrailer\nstartxref\n9\n%%EOF\n"s;

}  // namespace

TEST_CASE("a file is what its content is")
{
    Folder folder;
    CHECK(folder.verdict(jpeg) == "jpeg");
    CHECK(folder.verdict(png) == "png");
    CHECK(folder.verdict(pdf) == "pdf");
    CHECK(folder.verdict("RIFF\x10\0\0\0WEBPVP8 ...."s) == "webp");
    CHECK(
        folder.verdict("\0\0\0\x18"
                       "ftypheic\0\0\0\0mif1heic"s) == "heic"
    );
    CHECK(folder.verdict("Đơn xin xác nhận\n") == "text");
    CHECK(folder.verdict("<?xml version=\"1.0\"?><a/>") == "xml");
    CHECK(folder.verdict("{\"a\": 1}") == "json");
    CHECK(folder.verdict("\xef\xbb\xbf[1]") == "json");
    CHECK(
        folder.verdict("\x7f"
                       "ELF\x02\x01\x01") == "storage.file_kind_unknown"
    );
    CHECK(folder.verdict("abc\0def"s) == "storage.file_kind_unknown");
    CHECK(folder.verdict("t\xc3\x28") == "storage.file_kind_unknown");
}

TEST_CASE("a picture that is a script is refused, wherever the script stands")
{
    Folder folder;
    CHECK(folder.verdict("\xff\xd8\xff<script>alert(1)</script>") == "script");
    CHECK(folder.verdict(jpeg + "<ScRiPt>") == "script");
    CHECK(folder.verdict(jpeg + std::string(65'530, 'x') + "<?php system($_GET[0]);") == "script");
    CHECK(folder.verdict("<!DOCTYPE html><p>") == "script");
    CHECK(folder.verdict("<?xml version='1.0'?><svg onload='x'/>") == "script");
    CHECK(folder.verdict("#!/bin/sh\nrm -rf /\n") == "script");
    CHECK(folder.verdict("%PDF-1.7 /S /JavaScript /JS (app.alert(1)) startxref 9 %%EOF") == "script");
}

TEST_CASE("a picture cut short or with segments of no sense is damaged")
{
    Folder folder;
    CHECK(folder.verdict(jpeg.substr(0, 20)) == "damaged");
    CHECK(folder.verdict("\xff\xd8\xff\xe0\xff\xff nothing of that length") == "damaged");
    CHECK(folder.verdict(png.substr(0, png.size() - 6)) == "damaged");
    CHECK(folder.verdict("%PDF-1.7 and no end") == "damaged");
}

TEST_CASE("an archive is told by what it holds")
{
    Folder folder;
    CHECK(
        Folder::verdict_of(folder.archive({{"[Content_Types].xml", "x"}, {"word/document.xml", "y"}})) ==
        "docx"
    );
    CHECK(
        Folder::verdict_of(folder.archive({{"[Content_Types].xml", "x"}, {"xl/workbook.xml", "y"}})) == "xlsx"
    );
    CHECK(Folder::verdict_of(folder.archive({{"a.txt", "x"}})) == "zip");
    CHECK(folder.verdict("PK\x03\x04 and no directory") == "archive_damaged");
}

TEST_CASE("an archive that is a bomb, leaves its folder or carries macros is refused")
{
    Folder folder;
    CHECK(
        Folder::verdict_of(folder.archive({{"word/document.xml", std::string(30'000'000, '0')}})) ==
        "archive_bomb"
    );
    CHECK(
        Folder::verdict_of(folder.archive({{"a", std::string(900, 'a')}}), {.bytes_max = 899}) ==
        "archive_bomb"
    );
    CHECK(Folder::verdict_of(folder.archive({{"a", "1"}, {"b", "2"}}), {.entries_max = 1}) == "archive_bomb");
    CHECK(Folder::verdict_of(folder.archive({{"../../etc/passwd", "x"}})) == "archive_path");
    CHECK(Folder::verdict_of(folder.archive({{"word/vbaProject.bin", "x"}})) == "macro");
}

TEST_CASE("an archive that lies about its size is not believed")
{
    Folder folder;
    const auto name = folder.archive({{"a", std::string(500'000, 'a')}});
    std::fstream file(name, std::ios::in | std::ios::out | std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)), {});
    const auto directory = bytes.find("PK\x01\x02");
    REQUIRE(directory != std::string::npos);
    bytes.replace(directory + 24, 4, "\x0a\0\0\0"s);  // The unpacked size in the directory: ten bytes.
    bytes.replace(22, 4, "\x0a\0\0\0"s);              // And in the entry's own head.
    CHECK(folder.verdict(bytes) == "archive_damaged");
}

TEST_CASE("every kind has a name of its own")
{
    for (int i = 0; i <= int(FileKind::json); ++i) CHECK(file_kind_from(name_of(FileKind(i))) == FileKind(i));
    CHECK(file_kind_from("no such kind") == FileKind::unknown);
}

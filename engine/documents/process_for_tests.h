#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "engine/base/bytes.h"
#include "engine/crypto/random.h"

/// What tests of this room share: foreign programs asked about our PDFs.
namespace thien_an::documents::for_tests {

/// A folder that is gone at the end of the test.
struct Folder {
    Folder()
        : path(std::filesystem::temp_directory_path() / ("thien_an_documents_" + crypto::random_token(16)))
    {
        std::filesystem::create_directories(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string write(const std::string& name, ByteView bytes) const
    {
        std::ofstream(path / name, std::ios::binary) << text_of(bytes);
        return (path / name).string();
    }

    std::filesystem::path path;
};

struct Printed {
    std::string text;
    int code = 0;
};

inline Printed run(const std::string& command)
{
    Printed out;
    FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    REQUIRE(pipe != nullptr);
    for (int c = 0; (c = std::fgetc(pipe)) != EOF;) out.text += char(c);
    out.code = pclose(pipe);
    return out;
}

/// What the tool says about the PDF; it must succeed.
inline std::string printed_by_tool(const std::string& tool, ByteView pdf)
{
    const Folder folder;
    const auto file = folder.write("x.pdf", pdf);
    const auto out = run(tool + " " + file + (tool.starts_with("pdftotext") ? " -" : ""));
    INFO(out.text);
    CHECK(out.code == 0);
    return out.text;
}

inline bool accepted_by_tool(const std::string& tool, ByteView pdf)
{
    const Folder folder;
    return run(tool + " " + folder.write("x.pdf", pdf)).code == 0;
}

/// Keeps the PDF in the folder THIENAN_KEEP names, for people who want to look at it.
inline void keep_for_eyes(const std::string& name, ByteView pdf)
{
    const char* folder =
        std::getenv("THIENAN_KEEP");  // NOLINT(concurrency-mt-unsafe): tests have one thread.
    if (folder != nullptr)
        std::ofstream(std::filesystem::path(folder) / name, std::ios::binary) << text_of(pdf);
}

}  // namespace thien_an::documents::for_tests

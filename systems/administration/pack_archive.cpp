#include "systems/administration/pack_archive.h"

#include <zip.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "engine/base/vietnamese.h"
#include "engine/base/zip.h"

namespace thien_an::administration {
namespace {

constexpr std::int64_t entries_max = 300;
constexpr std::uint64_t bytes_max = 8 * 1024 * 1024;  // of all files together, unpacked

struct DiscardZip {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseFile {
    void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, DiscardZip>;

Problem problem(std::string_view code, std::string_view name = "")
{
    Problem refused{.code = "administration." + std::string(code), .field = "/file", .law = ""};
    if (!name.empty()) refused.words.emplace_back("name", name);
    return refused;
}

Archive opened(std::string_view bytes)
{
    auto* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, nullptr);
    if (source == nullptr) return nullptr;
    auto* archive = zip_open_from_source(source, ZIP_RDONLY, nullptr);
    if (archive == nullptr) zip_source_free(source);
    return Archive(archive);
}

/// Letters, digits, '.', '-', '_' and '/', no part that begins with a dot.
bool clean(std::string_view name)
{
    const bool letters = std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-' || c == '_' || c == '/';
    });
    return letters && !name.starts_with('/') && !name.starts_with('.') &&
           name.find("/.") == std::string_view::npos;
}

Result<std::string> content_of(zip_t* archive, zip_uint64_t index, std::uint64_t size)
{
    const std::unique_ptr<zip_file_t, CloseFile> file{zip_fopen_index(archive, index, 0)};
    std::string content(size, '\0');
    if (!file || zip_fread(file.get(), content.data(), size) != zip_int64_t(size))
        return problem("not_a_zip");
    return content;
}

/// "birth/form.json", "birth/process.bpmn" -> "form.json", "process.bpmn".
casework::FolderFiles without_top(casework::FolderFiles files)
{
    const auto slash = files.empty() ? std::string::npos : files.begin()->first.find('/');
    if (slash == std::string::npos) return files;
    const auto top = files.begin()->first.substr(0, slash + 1);
    const auto inside = [&](const auto& file) { return file.first.starts_with(top); };
    if (top == "cases/" || !std::ranges::all_of(files, inside)) return files;
    casework::FolderFiles below;
    for (auto& [name, content] : files) below[name.substr(top.size())] = std::move(content);
    return below;
}

}  // namespace

Result<casework::FolderFiles> files_in_zip(std::string_view bytes)
{
    const auto archive = opened(bytes);
    if (!archive) return problem("not_a_zip");
    const auto count = zip_get_num_entries(archive.get(), 0);
    if (count > entries_max) return problem("zip_too_large");
    casework::FolderFiles files;
    std::uint64_t total = 0;
    for (zip_uint64_t i = 0; i < zip_uint64_t(count); ++i) {
        zip_stat_t facts;
        zip_stat_init(&facts);
        if (zip_stat_index(archive.get(), i, 0, &facts) != 0) return problem("not_a_zip");
        const std::string name = facts.name;
        if (name.ends_with('/')) continue;
        if (!clean(name)) return problem("zip_path", name);
        // The size a bomb claims is checked before a byte of it is unpacked; more than it claims is not read.
        if (facts.size > bytes_max || (total += facts.size) > bytes_max) return problem("zip_too_large");
        files[name] = TRY(content_of(archive.get(), i, facts.size));
        if (!is_utf8(files[name])) return problem("zip_not_text", name);
    }
    if (files.empty()) return problem("not_a_zip");
    return without_top(std::move(files));
}

std::string zip_of(const casework::FolderFiles& files)
{
    std::vector<zip::Part> parts;
    for (const auto& [name, content] : files) parts.emplace_back(name, content);
    return zip::bytes_of(parts);
}

}  // namespace thien_an::administration

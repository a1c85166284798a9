#include "engine/identity/province.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>

#include "engine/base/json.h"
#include "engine/crypto/hash.h"
#include "engine/identity/agencies.h"
#include "engine/identity/posts.h"
#include "engine/identity/province_store.h"

namespace thien_an::identity {
namespace {

using Import = std::function<Result<Done>(storage::Writer&, const json::value&)>;

/// A file and what reads it.
struct Source {
    std::string name;  ///< As kept in province_file.
    std::filesystem::path path;
    Import import;
    std::string needs;  ///< Read again whenever that one changed.
};

Result<std::string> content_of(const Source& source)
{
    std::ifstream in(source.path, std::ios::binary);
    if (!in)
        return Problem{
            .code = "identity.no_such_file", .field = "", .law = "", .words = {{"file", source.name}}};
    return std::string(std::istreambuf_iterator<char>(in), {});
}

Problem with_file(Problem problem, const std::string& name)
{
    problem.words.emplace_back("file", name);
    return problem;
}

/// Keeps content and projection in one transaction.
Result<Done> import_one(storage::Database& database, const Source& source, const std::string& content)
{
    const auto document = json::parse(content);
    if (!document) return with_file(document.problem(), source.name);
    const auto sha256 = hex(crypto::sha256(content));
    auto done = database.write({{"province_file", 1}}, [&](storage::Writer& db) -> Result<Done> {
        TRY(source.import(db, document.value()));
        put_in_force(db, {.name = source.name, .sha256 = sha256, .content = content}, Clock{}.now());
        return Done{};
    });
    if (!done) return with_file(done.problem(), source.name);
    return Done{};
}

std::vector<Source> sources_in(
    IdSource& ids, const std::filesystem::path& province, const std::filesystem::path& systems
)
{
    std::vector<Source> sources{
        {"units.json", province / "units.json", import_units, ""},
        {"agencies.json",
         province / "agencies.json",
         [&ids](storage::Writer& db, const json::value& file) { return import_agencies(db, ids, file); },
         ""},
        {"posts.json", province / "posts.json", import_post_kinds, ""},
        {"roles.json", province / "roles.json", import_roles, "posts.json"}};
    if (!std::filesystem::is_directory(systems)) return sources;
    std::vector<std::filesystem::path> folders;
    for (const auto& folder : std::filesystem::directory_iterator(systems))
        if (std::filesystem::exists(folder.path() / "system.json")) folders.push_back(folder.path());
    std::ranges::sort(folders);
    for (const auto& folder : folders)
        sources.push_back(
            {folder.filename().string() + "/system.json", folder / "system.json", import_permissions, ""}
        );
    return sources;
}

}  // namespace

Result<std::vector<ImportedFile>> import_province(
    storage::Database& database,
    IdSource& ids,
    const std::filesystem::path& province,
    const std::filesystem::path& systems
)
{
    std::vector<ImportedFile> imported;
    for (const auto& source : sources_in(ids, province, systems)) {
        const auto content = TRY(content_of(source));
        const auto known =
            database.read([&](storage::Reader& db) { return sha256_in_force(db, source.name); });
        const bool needed = std::ranges::any_of(imported, [&](const ImportedFile& file) {
            return file.changed && file.name == source.needs;
        });
        const bool changed = needed || known != hex(crypto::sha256(content));
        if (changed) TRY(import_one(database, source, content));
        imported.push_back({.name = source.name, .changed = changed});
    }
    return imported;
}

}  // namespace thien_an::identity

#include "programs/thienan/folder.h"

#include <fstream>
#include <sstream>

#include "engine/storage/backup_manifest.h"

namespace thien_an::program {
namespace {

namespace fs = std::filesystem;

Problem about(const fs::path& folder, std::string code)
{
    return {.code = std::move(code), .field = "", .law = "", .words = {{"folder", folder.string()}}};
}

std::string quoted(const std::string& text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

void write_settings(const fs::path& file, const FolderSettings& settings)
{
    std::ofstream out(file);
    out << "# Thien An: settings of this installation. docs/operations/configuration.md explains each key.\n"
        << "database = " << quoted(settings.database) << "\n"
        << "demo = " << (settings.demo ? "true" : "false") << "\n"
        << "node = " << settings.node << "\n"
        << "public_address = " << quoted(settings.public_address) << "\n"
        << "key_file = " << quoted(settings.key_file) << "\n";
    out.close();
    if (!out) throw std::runtime_error("cannot write " + file.string());
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

}  // namespace

Result<FolderSettings> Installation::read(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    try {
        FolderSettings settings;
        config::read(text.str(), file.string(), settings);
        return settings;
    } catch (const config::ConfigError& error) {
        return Problem{
            .code = "program.bad_settings",
            .field = "",
            .law = "",
            .words = {{"file", file.string()}, {"reason", error.what()}}};
    }
}

Result<Installation> Installation::open(const fs::path& path, bool make, const FolderSettings& fresh)
{
    const auto whole = fs::absolute(path).lexically_normal();
    const auto file = storage::settings_path(whole);
    if (!make && !fs::exists(file)) return about(whole, "program.no_data_folder");
    if (fs::exists(whole / storage::unfinished_name)) return about(whole, "program.folder_unfinished");
    auto folder = TRY(storage::DataFolder::open(whole));
    const bool made = !fs::exists(file);
    if (made) write_settings(file, fresh);
    auto settings = TRY(read(file));
    const bool sends = !settings.delivery.mail.url.empty() || !settings.delivery.sms.url.empty();
    if (settings.demo && sends) return Problem{.code = "program.demo_sends_nothing", .field = "", .law = ""};
    return Installation(std::move(folder), std::move(settings), made);
}

std::string Installation::database_address() const { return program::database_address(path(), settings_); }

fs::path Installation::key_file() const { return program::key_file(path(), settings_); }

std::string database_address(const fs::path& folder, const FolderSettings& settings)
{
    return settings.database.empty() ? storage::database_path(folder).string() : settings.database;
}

fs::path key_file(const fs::path& folder, const FolderSettings& settings)
{
    if (!settings.key_file.empty()) return settings.key_file;
    // Outside the data folder: whoever carries the folder away does not carry the keys.
    return folder.string() + ".keys";
}

Result<fs::path> packs_folder(const std::string& given)
{
    const auto holds = [](const fs::path& folder) {
        return fs::is_directory(folder / "systems") && fs::is_directory(folder / "province");
    };
    if (!given.empty()) {
        if (holds(given)) return fs::absolute(given);
    } else {
        auto folder = fs::read_symlink("/proc/self/exe").parent_path();
        for (; folder != folder.parent_path(); folder = folder.parent_path()) {
            if (holds(folder)) return folder;
            if (holds(folder / "share" / "thienan")) return folder / "share" / "thienan";
        }
    }
    return Problem{.code = "program.no_packs", .field = "", .law = "", .words = {{"folder", given}}};
}

}  // namespace thien_an::program

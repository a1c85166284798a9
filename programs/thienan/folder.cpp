#include "programs/thienan/folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <set>

namespace thien_an::program {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view settings_name = "thienan.toml";

Result<FolderSettings> read_settings(const fs::path& file)
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

DataFolder::DataFolder(fs::path path, FolderSettings settings, int lock, bool fresh)
    : path_(std::move(path)), settings_(std::move(settings)), lock_(lock), fresh_(fresh)
{
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)),
      settings_(std::move(other.settings_)),
      lock_(std::exchange(other.lock_, -1)),
      fresh_(other.fresh_)
{
}

DataFolder::~DataFolder()
{
    if (lock_ >= 0) close(lock_);
}

Result<DataFolder> DataFolder::open(const fs::path& path, bool make, const FolderSettings& fresh)
{
    const auto whole = fs::absolute(path).lexically_normal();
    const auto file = whole / settings_name;
    if (!make && !fs::exists(file))
        return Problem{
            .code = "program.no_data_folder", .field = "", .law = "", .words = {{"folder", whole.string()}}};
    fs::create_directories(whole);
    fs::permissions(whole, fs::perms::owner_all);
    const int lock = ::open((whole / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0)
        throw std::runtime_error("cannot open " + (whole / "lock").string() + ": " + std::strerror(errno));
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        close(lock);
        return Problem{
            .code = "program.folder_in_use", .field = "", .law = "", .words = {{"folder", whole.string()}}};
    }
    const bool made = !fs::exists(file);
    if (made) write_settings(file, fresh);
    auto settings = read_settings(file);
    if (!settings) {
        close(lock);
        return settings.problem();
    }
    return DataFolder(whole, std::move(settings).value(), lock, made);
}

std::string DataFolder::database_address() const
{
    return settings_.database.empty() ? (path_ / "thienan.sqlite").string() : settings_.database;
}

fs::path DataFolder::key_file() const
{
    if (!settings_.key_file.empty()) return settings_.key_file;
    // Outside the data folder: whoever carries the folder away does not carry the keys.
    return path_.string() + ".keys";
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

#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/web/settings.h"

/// The data folder of one installation: its lock, its settings file and where things lie in it.
namespace thien_an::program {

/// What DIR/thienan.toml says. An unknown key stops the start.
struct FolderSettings {
    std::string database;
    bool demo = false;
    int node = 0;
    std::string public_address;
    std::string key_file;
    web::WebSettings web;
};

template <typename Visitor>
void settings(Visitor& visit, FolderSettings& it)
{
    visit("database", it.database, "postgresql://...; empty: thienan.sqlite in the folder.");
    visit("demo", it.demo, "Made-up people; the business clock may start elsewhere.");
    visit("node", it.node, "0 to 1023, different on every machine of one province.");
    visit(
        "public_address",
        it.public_address,
        "As people reach the portal, for QR codes; empty: the address listened on."
    );
    visit("key_file", it.key_file, "Master keys; empty: beside the folder, its name with .keys.");
    visit("web", it.web, "");
}

/// An exclusive hold on the folder until it goes: a second server or command is refused.
class DataFolder {
public:
    /// Makes the folder (0700) and the settings file when `make` and there are none. Problems "program.no_data_folder",
    /// "program.folder_in_use", "program.bad_settings" (words file, reason).
    static Result<DataFolder> open(const std::filesystem::path& path, bool make, const FolderSettings& fresh);

    DataFolder(DataFolder&&) noexcept;
    DataFolder& operator=(DataFolder&&) = delete;
    DataFolder(const DataFolder&) = delete;
    ~DataFolder();

    const std::filesystem::path& path() const { return path_; }
    const FolderSettings& settings() const { return settings_; }
    bool fresh() const { return fresh_; }  ///< Made by this call.
    std::string database_address() const;
    std::filesystem::path key_file() const;

private:
    DataFolder(std::filesystem::path path, FolderSettings settings, int lock, bool fresh);

    std::filesystem::path path_;
    FolderSettings settings_;
    int lock_ = -1;
    bool fresh_ = false;
};

/// The folder that holds systems/, province/ and ui/: `given`, else found from the program's own place upwards.
/// Problem "program.no_packs".
Result<std::filesystem::path> packs_folder(const std::string& given);

}  // namespace thien_an::program

#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/notices/senders.h"
#include "engine/storage/folder.h"
#include "engine/web/settings.h"

/// One installation: its data folder, its settings file and where things lie in it.
namespace thien_an::program {

/// How messages leave; what is empty goes to files in DIR/notices.
struct DeliverySettings {
    notices::SmtpSettings mail;
    notices::SmsGatewaySettings sms;
};

/// Where uploads are looked at before they are taken.
struct ScannerSettings {
    std::string clamd;
    std::chrono::seconds wait{60};
};

/// What DIR/thienan.toml says. An unknown key stops the start.
struct FolderSettings {
    std::string database;
    bool demo = false;
    int node = 0;
    std::string public_address;
    std::string key_file;
    bool seal_files = true;
    int database_readers = 8;
    int database_writers = 8;
    ScannerSettings scanner;
    DeliverySettings delivery;
    web::WebSettings web;
};

template <typename Visitor>
void settings(Visitor& visit, ScannerSettings& it)
{
    visit("clamd", it.clamd, "clamd, as unix:PATH or HOST:PORT; empty: uploads are not scanned.");
    visit("wait_s", it.wait, "How long clamd may take; then the file is refused.");
}

template <typename Visitor>
void settings(Visitor& visit, FolderSettings& it)
{
    visit("database", it.database, "postgresql://...; empty: thienan.db in the folder.");
    visit("demo", it.demo, "Made-up people; the business clock may start elsewhere.");
    visit("node", it.node, "0 to 1023, different on every machine of one province.");
    visit(
        "public_address",
        it.public_address,
        "As people reach the portal, for QR codes; empty: the address listened on."
    );
    visit("key_file", it.key_file, "Master keys; empty: beside the folder, its name with .keys.");
    visit("seal_files", it.seal_files, "Uploads and papers are encrypted in the folder.");
    visit("database_readers", it.database_readers, "Connections kept for reading.");
    visit("database_writers", it.database_writers, "PostgreSQL: connections kept for writing.");
    visit("scanner", it.scanner, "");
    visit("mail", it.delivery.mail, "");
    visit("sms", it.delivery.sms, "");
    visit("web", it.web, "");
}

/// The folder under its exclusive lock, with what its settings say.
class Installation {
public:
    /// Makes the folder (0700) and the settings file when `make` and there are none. Problems "program.no_data_folder",
    /// "program.folder_unfinished", "program.bad_settings" (words file, reason), "program.demo_sends_nothing", those of
    /// storage::DataFolder.
    static Result<Installation> open(
        const std::filesystem::path& path, bool make, const FolderSettings& fresh = {}
    );
    /// What a settings file says, defaults for the rest.
    static Result<FolderSettings> read(const std::filesystem::path& file);

    const std::filesystem::path& path() const { return folder_.path(); }
    const FolderSettings& settings() const { return settings_; }
    bool fresh() const { return fresh_; }  ///< Made by this call.
    std::string database_address() const;
    std::filesystem::path key_file() const;

private:
    Installation(storage::DataFolder folder, FolderSettings settings, bool fresh)
        : folder_(std::move(folder)), settings_(std::move(settings)), fresh_(fresh)
    {
    }

    storage::DataFolder folder_;
    FolderSettings settings_;
    bool fresh_;
};

/// `settings` of an installation in `folder`: where its database and its keys are.
std::string database_address(const std::filesystem::path& folder, const FolderSettings& settings);
std::filesystem::path key_file(const std::filesystem::path& folder, const FolderSettings& settings);

/// The folder that holds systems/, province/ and ui/: `given`, else found from the program's own place upwards.
/// Problem "program.no_packs".
Result<std::filesystem::path> packs_folder(const std::string& given);

}  // namespace thien_an::program

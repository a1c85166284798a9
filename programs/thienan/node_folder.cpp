#include "programs/thienan/node_folder.h"

#include <fmt/format.h>

#include <fstream>

#include "engine/offline/node.h"
#include "engine/storage/backup_manifest.h"

#include "programs/thienan/house.h"
#include "programs/thienan/pack_files.h"

namespace thien_an {
std::vector<storage::Migration> all_migrations();
}

namespace thien_an::program {
namespace {

namespace fs = std::filesystem;

/// Ids of a node are its own: lines name things by their names. Different from the centre's all the same.
constexpr int node_number = 1000;

void copy_own(const fs::path& from, const fs::path& to)
{
    if (!fs::exists(from)) return;
    fs::create_directories(to.parent_path());
    fs::copy_file(from, to);
    fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write);
    storage::sync_file(to);
}

/// The settings of the centre, but its database, its addresses and its ways out.
void write_settings(const fs::path& file, const FolderSettings& centre)
{
    std::ofstream out(file);
    out << "# Thien An: an offline node. docs/operations/offline.md\n"
        << fmt::format("demo = {}\nnode = {}\n", centre.demo, node_number)
        << fmt::format("public_address = \"{}\"\n", centre.public_address)
        << fmt::format("seal_files = {}\n", centre.seal_files);
    out.close();
    if (!out) throw std::runtime_error("cannot write " + file.string());
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    storage::sync_file(file);
}

void copy_contents(const fs::path& from, const fs::path& to, const std::vector<std::string>& contents)
{
    for (const auto& sha256 : contents) {
        const auto plain = fmt::format("blobs/{}/{}", sha256.substr(0, 2), sha256.substr(2));
        copy_own(from / plain, to / plain);
        copy_own(from / (plain + ".sealed"), to / (plain + ".sealed"));
    }
}

}  // namespace

Result<NodeFolder> make_node_folder(
    House& house,
    const registers::Lease& lease,
    const crypto::Secret& seed,
    const fs::path& folder,
    const std::string& centre
)
{
    const NodeFolder made{folder, folder.string() + ".keys"};
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms::owner_all);
    std::ofstream(folder / storage::unfinished_name).close();
    const auto database = storage::database_path(folder);
    house.database_->copy_to(database.string());
    keep_rows_of(database, lease.agency);
    std::vector<std::string> contents;
    {
        storage::Settings settings;
        settings.address = database.string();
        const auto opened = storage::Database::open(settings, all_migrations());
        TRY(opened->write({}, [&](storage::Writer& db) -> Result<Done> {
            registers::hold_lease(db, lease);
            offline::make_node(db, offline::new_node(house.keys_, lease, seed, centre));
            return Done{};
        }));
        contents = opened->read([](storage::Reader& db) { return contents_of(db); });
    }
    copy_contents(house.folder_.path(), folder, contents);
    for (const auto* beside : {"keys/wrapped.json", "demo-accounts.tsv"})
        copy_own(house.folder_.path() / beside, folder / beside);
    copy_own(house.folder_.key_file(), made.key_file);
    write_settings(storage::settings_path(folder), house.folder_.settings());
    fs::remove(folder / storage::unfinished_name);
    return made;
}

}  // namespace thien_an::program

#include <fmt/format.h>

#include <fstream>

#include "engine/storage/backup.h"
#include "engine/storage/backup_manifest.h"

#include "programs/thienan/commands.h"
#include "programs/thienan/house.h"
#include "programs/thienan/pack_files.h"
#include "programs/thienan/registry.h"

namespace thien_an {
std::vector<storage::Migration> all_migrations();
}

/// backup and restore.
namespace thien_an::program {
namespace {

namespace fs = std::filesystem;

/// Beside rows, contents and settings: the wrapped data keys (docs/operations/keys.md), the checkpoints of the audit
/// trail, the people of a demo. Written notices stay: they hold codes in clear, and the database has them sealed.
const std::vector<std::string> copied_beside{
    "keys/wrapped.json", "audit-checkpoints.jsonl", "demo-accounts.tsv"};

constexpr std::string_view embedded = "embedded";

json::object words_of(const storage::BackupReport& report)
{
    return {
        {"rows", report.rows},
        {"files", report.files},
        {"megabytes", fmt::format("{:.1f}", double(report.bytes) / 1e6)}};
}

/// The settings file of the new folder with another `database`, all else as it was written.
void set_database(const fs::path& file, const std::string& database)
{
    std::istringstream before(read_text(file));
    std::string after;
    for (std::string line; std::getline(before, line);)
        if (!line.starts_with("database =")) after += line + "\n";
    // Before the first [section], where the key belongs to the installation itself.
    const auto written = fmt::format("database = \"{}\"\n", database);
    std::ofstream out(file, std::ios::binary);
    out << written << after;
    out.close();
    if (!out) throw std::runtime_error("cannot write " + file.string());
    storage::sync_file(file);
}

Result<Done> bring_keys(const fs::path& from, const fs::path& to)
{
    if (fs::exists(to))
        return Problem{
            .code = "program.key_file_there", .field = "", .law = "", .words = {{"key_file", to.string()}}};
    fs::create_directories(to.parent_path());
    fs::copy_file(from, to);
    fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write);
    storage::sync_file(to);
    return Done{};
}

struct Restored {
    storage::BackupReport report;
    fs::path folder;
    fs::path key_file;
};

Result<Restored> bring_back(const Options& options)
{
    const auto folder = fs::absolute(options.data).lexically_normal();
    TRY(storage::read_manifest(options.from));
    const auto lock = TRY(storage::DataFolder::open(folder));
    auto settings = TRY(Installation::read(storage::settings_path(options.from)));
    if (!options.database.empty()) settings.database = options.database == embedded ? "" : options.database;
    storage::Settings target;
    target.address = database_address(folder, settings);
    const auto report = TRY(storage::restore(options.from, folder, target, all_migrations()));
    if (!options.database.empty()) set_database(storage::settings_path(folder), settings.database);
    auto keys = key_file(folder, settings);
    if (!options.keys.empty()) TRY(bring_keys(options.keys, keys));
    return Restored{report, folder, std::move(keys)};
}

/// Every file opened through its seal and compared with its name.
Outcome verify_files(House& house, const Options& options)
{
    const auto bad = house.files_.verify(*house.database_);
    const auto all = house.database_->read([](storage::Reader& db) { return storage::contents_named(db); });
    const json::object words{{"checked", all}, {"faults", std::int64_t(bad.size())}};
    std::string out = house.words_.say("program.restore_files", options.language, words) + "\n";
    for (const auto& sha256 : bad) out += "  " + sha256 + "\n";
    return {bad.empty() ? exit_well : exit_fault, out};
}

/// All the proofs there are, of what is in the folder now.
Outcome prove(const Options& options)
{
    const auto house = House::open(options, false);
    if (!house) return refused_without_house(house.problem(), options);
    auto whole = verify_files(*house.value(), options);
    const auto add = [&](const Outcome& one) {
        whole.output += one.output;
        whole.exit_code = std::max(whole.exit_code, one.exit_code);
    };
    auto asked = options;
    for (const auto* command : {"audit verify", "recount"}) {
        asked.command = command;
        add(run_command(*house.value(), asked));
    }
    asked.command = "registers verify";
    for (const auto& name : register_names(house.value()->packs_path_)) {
        asked.name = name;
        add(run_command(*house.value(), asked));
    }
    return whole;
}

}  // namespace

Outcome backup_house(House& house, const Options& options, const std::stop_token& stop)
{
    const std::lock_guard lock(house.upkeep_);
    const auto report = storage::backup(
        {.database = *house.database_,
         .files = house.files_,
         .folder = house.folder_.path(),
         .beside = copied_beside,
         .stop = stop},
        options.to
    );
    if (!report) return {exit_fault, house.say(report.problem(), options.language) + "\n"};
    auto words = words_of(report.value());
    words["to"] = options.to;
    words["key_file"] = house.folder_.key_file().string();
    return {exit_well, house.words_.say("program.backup_done", options.language, words) + "\n"};
}

Outcome restore_copy(const Options& options)
{
    const auto restored = bring_back(options);
    if (!restored) return refused_without_house(restored.problem(), options);
    const Speech speech(options.language);
    auto words = words_of(restored.value().report);
    words["folder"] = restored.value().folder.string();
    words["key_file"] = restored.value().key_file.string();
    const auto done = speech.say("program.restore_done", words) + "\n";
    if (!fs::exists(restored.value().key_file))
        return {exit_fault, done + speech.say("program.restore_unproven", words) + "\n"};
    auto proof = prove(options);
    proof.output = done + proof.output;
    return proof;
}

}  // namespace thien_an::program

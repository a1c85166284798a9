#include "engine/casework/packs.h"

#include <mutex>

#include "engine/casework/packs_store.h"
#include "engine/casework/procedure_search.h"
#include "engine/casework/shared_files.h"
#include "engine/crypto/hash.h"
#include "engine/identity/audit.h"

namespace thien_an::casework {
namespace {

namespace fs = std::filesystem;

std::string sha256_of(const FolderFiles& files) { return hex(crypto::sha256(content_of(files))); }

/// Folders <root>/<system>/<kind>/<name>, by path.
std::vector<fs::path> pack_folders(const fs::path& root, std::string_view kind)
{
    std::vector<fs::path> folders;
    if (!fs::is_directory(root)) return folders;
    for (const auto& system : fs::directory_iterator(root)) {
        const auto below = system.path() / kind;
        if (!fs::is_directory(below)) continue;
        for (const auto& entry : fs::directory_iterator(below))
            if (entry.is_directory()) folders.push_back(entry.path());
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

struct LoadedRegister {
    std::shared_ptr<const registers::Register> reg;  // Shared with readers of other threads.
    std::vector<PackFault> faults;
};

LoadedRegister load_register_folder(const FolderFiles& files)
{
    const std::string name = "register.json";
    const auto found = files.find(name);
    if (found == files.end())
        return {
            nullptr,
            {{name, 0, {.code = "packs.file_missing", .field = "", .law = "", .words = {{"file", name}}}}}};
    const auto source = json::parse(found->second);
    if (!source) return {nullptr, {{name, 0, source.problem()}}};
    auto reg = registers::load_register(source.value());
    if (!reg) return {nullptr, {{name, 0, reg.problem()}}};
    return {std::make_shared<const registers::Register>(std::move(reg).value()), {}};
}

}  // namespace

struct Packs::State {
    State(storage::Database& db, Known what) : database(db), known(std::move(what)) {}

    struct InForce {
        PackId id;
        std::shared_ptr<const Procedure> procedure;
    };

    storage::Database& database;
    Known known;
    mutable std::shared_mutex mutex;
    std::int64_t generation = -1;
    std::map<std::string, InForce, std::less<>> procedures;
    std::map<std::string, std::string, std::less<>> by_page;
    std::map<std::string, std::shared_ptr<const registers::Register>, std::less<>> registers;
    std::map<std::int64_t, std::shared_ptr<const Procedure>> versions;
    ProcedureIndex index;

    /// The caller holds the mutex.
    Known known_now() const
    {
        auto now = known;
        for (const auto& [id, reg] : registers) now.registers.push_back(id);
        return now;
    }

    std::vector<PackFault> faults_of(std::string_view kind, const FolderFiles& files) const
    {
        const std::shared_lock lock(mutex);
        if (kind == "register") return load_register_folder(files).faults;
        auto loaded = Procedure::load(files, known_now());
        if (loaded.procedure)
            if (auto taken = page_taken(*loaded.procedure, files)) loaded.faults.push_back(*std::move(taken));
        return loaded.faults;
    }
    /// Two procedures at one address: the second is refused. The caller holds the mutex.
    std::optional<PackFault> page_taken(const Procedure& procedure, const FolderFiles& files) const
    {
        const auto other = by_page.find(procedure.page());
        if (procedure.page().empty() || other == by_page.end() || other->second == procedure.id())
            return std::nullopt;
        const std::string name = "procedure.json";
        const auto& text = files.find(name)->second;
        const auto at = std::min(text.find("\"page\""), text.size());
        return PackFault{
            name,
            1 + int(std::count(text.begin(), text.begin() + std::ptrdiff_t(at), '\n')),
            {.code = "packs.page_taken",
             .field = "/page",
             .law = "",
             .words = {{"page", procedure.page()}, {"name", other->second}}}};
    }
    void read_all(const std::vector<PackRow>& rows);
};

void Packs::State::read_all(const std::vector<PackRow>& rows)
{
    by_page.clear();
    for (const auto& row : rows) {
        if (row.version.kind != "register") continue;
        if (auto loaded = load_register_folder(row.files); loaded.reg)
            registers[row.version.name] = loaded.reg;
    }
    std::vector<std::shared_ptr<const Procedure>> all;
    for (const auto& row : rows) {
        if (row.version.kind != "procedure") continue;
        auto& cached = versions[row.version.id.value];
        if (!cached) cached = Procedure::load(row.files, known_now()).procedure;
        // A version proved by an older program may fail here; the one known so far stays in force.
        if (!cached) continue;
        procedures[row.version.name] = {row.version.id, cached};
        if (!cached->page().empty()) by_page[cached->page()] = row.version.name;
    }
    for (const auto& [name, in_force] : procedures) all.push_back(in_force.procedure);
    index = ProcedureIndex(all);
}

Packs::Packs(storage::Database& database, Known known)
    : state_(std::make_unique<State>(database, std::move(known)))
{
    refresh();
}
Packs::~Packs() = default;

void Packs::refresh()
{
    const auto [generation, rows] = state_->database.read([&](storage::Reader& db) {
        const auto now = pack_generation(db);
        std::shared_lock lock(state_->mutex);
        return std::pair(now, now == state_->generation ? std::vector<PackRow>{} : packs_in_force(db));
    });
    std::unique_lock lock(state_->mutex);
    // Who looked earlier and comes later must not bring the old set back.
    if (generation <= state_->generation) return;
    state_->read_all(rows);
    state_->generation = generation;
}

std::vector<PackVersion> Packs::import_folders(const fs::path& systems, const identity::Act& act)
{
    using Imported = std::optional<PackVersion>;
    std::vector<PackVersion> news;
    for (const std::string kind : {"register", "procedure"}) {
        for (const auto& folder : pack_folders(systems, kind + "s")) {
            PackRow row;
            auto read = read_folder(folder, systems / "shared");
            row.files = std::move(read.files);
            row.version = {
                .id = {},
                .kind = kind,
                .name = folder.filename().string(),
                .sha256 = sha256_of(row.files),
                .at = act.now,
                .by = {}};
            const auto known = state_->database.read([&](storage::Reader& db) {
                return pack_with_content(db, kind, row.version.name, row.version.sha256);
            });
            if (known) continue;
            row.version.id = act.ids.next_as<PackTag>();
            row.version.faults = std::move(read.faults);
            if (row.version.faults.empty()) row.version.faults = state_->faults_of(kind, row.files);
            const auto added =
                state_->database.write({{"packs", 1}}, [&](storage::Writer& db) -> Result<Imported> {
                    // Another node may have brought it in since.
                    if (pack_with_content(db, kind, row.version.name, row.version.sha256)) return Imported{};
                    auto again = row;
                    bool desk = false;
                    for (const auto& old : pack_history(db, row.version.name, 500))
                        desk = desk || (old.in_force && old.kind == kind && old.origin == PackOrigin::desk);
                    add_pack(db, again, !desk);
                    return Imported{again.version};
                });
            if (added.value()) news.push_back(*added.value());
        }
        refresh();
    }
    return news;
}

Result<PackVersion> Packs::publish(
    std::string_view kind, const FolderFiles& files, const identity::Act& act, std::vector<PackFault>& faults
)
{
    PackRow row;
    row.files = files;
    const auto* main = kind == "register" ? "register.json" : "procedure.json";
    const auto source =
        files.contains(main) ? json::parse(files.find(main)->second) : Result<json::value>(json::value());
    row.version = {
        .id = act.ids.next_as<PackTag>(),
        .kind = std::string(kind),
        .name = source ? json::string_or(source.value(), "id") : "",
        .sha256 = sha256_of(files),
        .origin = PackOrigin::desk,
        .at = act.now,
        .by = act.actor.post};
    faults = state_->faults_of(kind, files);
    if (!faults.empty() || row.version.name.empty())
        return Problem{
            .code = "packs.refused",
            .field = "",
            .law = "",
            .words = {{"count", std::to_string(faults.size())}}};
    auto published = state_->database.write({{"packs", 1}}, [&](storage::Writer& db) -> Result<PackVersion> {
        auto again = row;
        if (auto known = pack_with_content(db, kind, row.version.name, row.version.sha256)) {
            put_in_force(db, *known);
            again.version = *known;
        } else {
            add_pack(db, again, true);
        }
        identity::audit(
            db,
            act,
            {.what = "pack.publish",
             .subject = "pack",
             .subject_id = again.version.id.value,
             .about = {},
             .agency = {},
             .reason = "",
             .detail = {{"kind", kind}, {"name", again.version.name}, {"sha256", again.version.sha256}}}
        );
        return again.version;
    });
    refresh();
    return published;
}

std::vector<PackFault> Packs::check(std::string_view kind, const FolderFiles& files) const
{
    return state_->faults_of(kind, files);
}

std::optional<FolderFiles> Packs::files_of(storage::Reader& db, PackId id) const
{
    auto row = find_pack(db, id);
    return row ? std::optional(std::move(row->files)) : std::nullopt;
}

Result<PackVersion> Packs::put_back(
    PackId id, std::string_view reason, const identity::Act& act, std::vector<PackFault>& faults
)
{
    if (reason.empty()) return Problem{.code = "packs.reason_missing", .field = "/reason", .law = ""};
    const auto row = state_->database.read([&](storage::Reader& db) { return find_pack(db, id); });
    if (!row) return Problem{.code = "packs.no_such_version", .field = "", .law = ""};
    faults =
        row->version.faults.empty() ? state_->faults_of(row->version.kind, row->files) : row->version.faults;
    if (!faults.empty())
        return Problem{
            .code = "packs.refused",
            .field = "",
            .law = "",
            .words = {{"count", std::to_string(faults.size())}}};
    auto done = state_->database.write({{"packs", 1}}, [&](storage::Writer& db) -> Result<PackVersion> {
        put_in_force(db, row->version);
        identity::audit(
            db,
            act,
            {.what = "pack.put_back",
             .subject = "pack",
             .subject_id = id.value,
             .about = {},
             .agency = {},
             .reason = std::string(reason),
             .detail = {{"name", row->version.name}, {"sha256", row->version.sha256}}}
        );
        return row->version;
    });
    refresh();
    return done;
}

std::shared_ptr<const Procedure> Packs::procedure(std::string_view id) const
{
    std::shared_lock lock(state_->mutex);
    const auto found = state_->procedures.find(id);
    return found == state_->procedures.end() ? nullptr : found->second.procedure;
}

std::shared_ptr<const Procedure> Packs::procedure_by_page(std::string_view page) const
{
    std::shared_lock lock(state_->mutex);
    const auto name = state_->by_page.find(page);
    if (name == state_->by_page.end()) return nullptr;
    const auto found = state_->procedures.find(name->second);
    return found == state_->procedures.end() ? nullptr : found->second.procedure;
}

std::shared_ptr<const Procedure> Packs::version(PackId id)
{
    {
        std::shared_lock lock(state_->mutex);
        const auto found = state_->versions.find(id.value);
        if (found != state_->versions.end() && found->second) return found->second;
    }
    const auto row = state_->database.read([&](storage::Reader& db) { return find_pack(db, id); });
    if (!row) return nullptr;
    std::unique_lock lock(state_->mutex);
    auto& cached = state_->versions[id.value];
    if (!cached) cached = Procedure::load(row->files, state_->known_now()).procedure;
    return cached;
}

PackId Packs::in_force(std::string_view procedure) const
{
    std::shared_lock lock(state_->mutex);
    const auto found = state_->procedures.find(procedure);
    return found == state_->procedures.end() ? PackId{} : found->second.id;
}

std::shared_ptr<const registers::Register> Packs::reg(std::string_view id) const
{
    std::shared_lock lock(state_->mutex);
    const auto found = state_->registers.find(id);
    return found == state_->registers.end() ? nullptr : found->second;
}

std::vector<std::string> Packs::register_ids() const
{
    std::shared_lock lock(state_->mutex);
    std::vector<std::string> ids;
    for (const auto& [id, reg] : state_->registers) ids.push_back(id);
    return ids;
}

std::vector<ProcedureHit> Packs::search(std::string_view words, std::size_t limit) const
{
    std::shared_lock lock(state_->mutex);
    return state_->index.search(words, limit);
}

std::vector<ProcedureHit> Packs::common(std::size_t limit) const
{
    std::shared_lock lock(state_->mutex);
    return state_->index.common(limit);
}

std::vector<ProcedureHit> Packs::for_life_event(std::string_view event, std::size_t limit) const
{
    std::shared_lock lock(state_->mutex);
    return state_->index.for_life_event(event, limit);
}

std::vector<ProcedureHit> Packs::all() const
{
    std::shared_lock lock(state_->mutex);
    return state_->index.search("", 10'000);
}

void Packs::each(const std::function<void(const ProcedureHit&)>& show) const
{
    std::shared_lock lock(state_->mutex);
    state_->index.each(show);
}

std::size_t Packs::count() const
{
    std::shared_lock lock(state_->mutex);
    return state_->index.size();
}

std::vector<PackVersion> Packs::history(storage::Reader& db, std::string_view name, int limit) const
{
    return pack_history(db, name, limit);
}

}  // namespace thien_an::casework

#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/casework/procedure.h"
#include "engine/identity/actor.h"
#include "engine/registers/register.h"
#include "engine/storage/database.h"

/// Data packs: at run time the database is their only source. Versions are immutable and named by their content.
namespace thien_an::casework {

using PackId = Id<struct PackTag>;

enum class PackOrigin : std::int64_t { shipped = 1, desk = 2 };

struct PackVersion {
    PackId id;
    std::string kind;  ///< "procedure" or "register"
    std::string name;  ///< Name of the folder.
    std::int64_t generation = 0;
    std::string sha256;
    PackOrigin origin = PackOrigin::shipped;
    bool in_force = false;
    Instant at;
    identity::PostId by;
    std::vector<PackFault> faults;  ///< Why it was refused; empty when it is good.
};

/// What a search for procedures gives.
struct ProcedureHit {
    std::string id;
    Words name;
    Words summary;
    std::string page;
    bool information_only = false;
    std::string agency_level;
    Words sector;
};

/// The packs in force, held in memory and refreshed when the generation in the database moves.
class Packs {
public:
    Packs(storage::Database& database, Known known);
    ~Packs();

    /// Imports changed folders below `systems` (*/registers/*, */procedures/*). A version from the desk is not
    /// replaced. Gives the versions that are new, the refused ones with their faults.
    std::vector<PackVersion> import_folders(const std::filesystem::path& systems, const identity::Act& act);
    /// Publishes a folder from the desk. Problem "packs.refused" with the faults in `faults`; the version in force stays.
    Result<PackVersion> publish(
        std::string_view kind,
        const FolderFiles& files,
        const identity::Act& act,
        std::vector<PackFault>& faults
    );

    /// What publishing these files would be refused for; nothing is written.
    std::vector<PackFault> check(std::string_view kind, const FolderFiles& files) const;
    /// The files of a version; nothing when there is none.
    std::optional<FolderFiles> files_of(storage::Reader& db, PackId id) const;
    /// Puts a good version of before in force again, for `reason`. Problems "packs.no_such_version",
    /// "packs.reason_missing", "packs.refused" with the faults in `faults` when it does not hold today.
    Result<PackVersion> put_back(
        PackId id, std::string_view reason, const identity::Act& act, std::vector<PackFault>& faults
    );

    /// Reads again when another node published. Cheap when nothing changed.
    void refresh();

    /// The version in force; null when there is none.
    std::shared_ptr<const Procedure> procedure(std::string_view id) const;
    std::shared_ptr<const Procedure> procedure_by_page(std::string_view page) const;
    /// A version by its id: what a dossier froze.
    std::shared_ptr<const Procedure> version(PackId id);
    PackId in_force(std::string_view procedure) const;
    /// The register's version in force; null when there is none. Shared: other threads may still read by it.
    std::shared_ptr<const registers::Register> reg(std::string_view id) const;
    std::vector<std::string> register_ids() const;

    /// Folded words, synonyms and marks: an exact name first, then names beginning so, then keywords.
    std::vector<ProcedureHit> search(std::string_view words, std::size_t limit) const;
    /// "Thủ tục thường dùng".
    std::vector<ProcedureHit> common(std::size_t limit) const;
    std::vector<ProcedureHit> for_life_event(std::string_view event, std::size_t limit) const;
    std::vector<ProcedureHit> all() const;
    /// Shows all of them where they lie, in the order of all(); `show` is quick and asks no Packs.
    void each(const std::function<void(const ProcedureHit&)>& show) const;
    std::size_t count() const;

    /// Every version the desk may look at, the latest first.
    std::vector<PackVersion> history(storage::Reader& db, std::string_view name, int limit) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace thien_an::casework

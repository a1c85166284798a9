#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/base/log.h"
#include "engine/casework/actions.h"
#include "engine/casework/office.h"
#include "engine/casework/packs.h"
#include "engine/casework/province_files.h"
#include "engine/casework/rules.h"
#include "engine/crypto/certificate.h"
#include "engine/crypto/key_ring.h"
#include "engine/identity/means.h"
#include "engine/notices/notices.h"
#include "engine/notices/senders.h"
#include "engine/offline/node.h"
#include "engine/storage/database.h"
#include "engine/storage/files.h"
#include "engine/storage/outbox.h"
#include "engine/text/catalogue.h"

#include "systems/administration/desk_settings.h"
#include "systems/civil_status/files.h"
#include "systems/civil_status/linked_parts.h"
#include "systems/civil_status/national.h"
#include "systems/civil_status/population.h"
#include "systems/justice/outside.h"
#include "systems/justice/secured_registry.h"

#include "programs/thienan/folder.h"
#include "programs/thienan/options.h"

/// Everything the program stands on, put together once: database, keys, files, words, packs, rules, notices.
namespace thien_an::program {

class House {
public:
    /// Opens the folder (making it when `make`), brings schema and province data up to date and loads the packs.
    /// Problems of Installation::open, crypto::KeyRing, identity::import_province...
    static Result<std::unique_ptr<House>> open(const Options& options, bool make);
    ~House();
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    /// The one-time link's token when nobody administers this installation yet; nothing when somebody does.
    std::optional<std::string> setup_token() const;
    /// Shown once, when the folder was made.
    const std::string& recovery_key() const { return recovery_key_; }
    bool fresh() const { return folder_.fresh(); }
    /// Packs that were refused at start, as sentences "file:line: reason".
    const std::vector<std::string>& refused() const { return refused_; }
    std::string say(const Problem& problem, text::Language language = text::Language::vi) const;
    identity::Actor program_actor() const { return {.channel = "cli"}; }
    identity::Act act() const;
    std::filesystem::path checkpoints() const { return folder_.path() / "audit-checkpoints.jsonl"; }
    std::filesystem::path notices_folder() const { return folder_.path() / "notices"; }
    storage::OutboxHandlers outbox_handlers() { return outbox_handlers(*office_); }
    /// The same for an office with another clock; `office` outlives them.
    storage::OutboxHandlers outbox_handlers(casework::Office& office);

    // Used by the commands and the server; live as long as the house.
    Installation folder_;
    std::filesystem::path packs_path_;
    Log log_;
    Clock clock_;  ///< Business time.
    Clock wall_;   ///< Real time.
    IdSource ids_;
    text::Catalogue words_;
    crypto::KeyRing keys_;
    std::unique_ptr<storage::Database> database_;
    storage::FileStore files_;
    std::unique_ptr<casework::ProvinceFiles> province_;
    std::unique_ptr<civil_status::Files> civil_status_;
    casework::RuleBook rules_;
    casework::Subscribers subscribers_;
    casework::Actions actions_;
    std::unique_ptr<casework::Packs> packs_;
    notices::Post post_;
    notices::Senders senders_;
    crypto::Trust trust_;  ///< Whose signatures are believed.
    std::unique_ptr<identity::Means> means_;
    std::unique_ptr<administration::DeskSettings> settings_;  ///< The province's, with what the desk changed.
    std::unique_ptr<casework::Office> office_;
    std::unique_ptr<offline::NodeJournal> journal_;  ///< Of an offline node; null: the centre.
    std::mutex upkeep_;                              ///< Nothing is tidied away while it is being backed up.
    civil_status::PopulationSimulator
        population_;  ///< NOT YET: the line to the population database; until then simulated.
    civil_status::LinkedSimulator
        linked_;  ///< NOT YET: the lines to the police and the social insurance; until then simulated.
    justice::CorrespondentSimulator
        correspondent_;  ///< NOT YET: lines to police, courts, ministry; the demo answers, elsewhere letters come.
    civil_status::NationalSimulator national_{
        population_};  ///< NOT YET: the line to the national database; until then simulated.
    /// The national register of security over movables. NOT YET: a line to it; simulated in this database.
    std::unique_ptr<justice::SecuredSimulator> secured_;

private:
    struct Opened;
    explicit House(Opened opened);
    Result<Done> load();
    void wire();
    void wire_senders();

    std::string recovery_key_;
    std::vector<std::string> refused_;
};

}  // namespace thien_an::program

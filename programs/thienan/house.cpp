#include "programs/thienan/house.h"

#include <fmt/format.h>

#include "engine/casework/unproved.h"
#include "engine/casework/work.h"
#include "engine/documents/credentials.h"
#include "engine/documents/signing.h"
#include "engine/identity/accounts.h"
#include "engine/identity/province.h"
#include "engine/storage/clamd.h"

#include "programs/thienan/file_seal.h"
#include "programs/thienan/pack_files.h"
#include "programs/thienan/registry.h"

namespace thien_an {
std::vector<storage::Migration> all_migrations();
}

namespace thien_an::program {
namespace {

namespace fs = std::filesystem;

std::string written_fault(
    const casework::PackVersion& version, const casework::PackFault& fault, const text::Catalogue& words
)
{
    return fmt::format(
        "{}/{}:{}: {}",
        version.name,
        fault.file,
        fault.line,
        words.sentence(fault.problem, text::Language::vi)
    );
}

/// The scanner, and a word to the operator when it does not answer.
storage::VirusScan told_scan(const Log& log, const ScannerSettings& settings)
{
    return [&log, scan = storage::clamd_scan(settings.clamd, settings.wait)](const fs::path& path) {
        try {
            return scan(path);
        } catch (const storage::StorageError& fault) {
            log.error("scanner_failed", {{"reason", fault.what()}});
            throw;
        }
    };
}

}  // namespace

struct House::Opened {
    Installation folder;
    fs::path packs;
    Clock clock;
    text::Catalogue words;
    crypto::KeyRing keys;
    std::string recovery_key;
};

Result<std::unique_ptr<House>> House::open(const Options& options, bool make)
{
    const Problem only_in_demo{.code = "program.as_of_only_in_demo", .field = "", .law = ""};
    // Before anything is made: a refused start leaves no folder behind.
    if (options.as_of && !options.demo && (!fs::exists(options.data) || fs::is_empty(options.data)))
        return only_in_demo;
    auto packs = TRY(packs_folder(options.packs));
    FolderSettings wanted;
    wanted.database = options.database;
    wanted.demo = options.demo;
    auto folder = TRY(Installation::open(options.data, make, wanted));
    if (options.as_of && !folder.settings().demo) return only_in_demo;
    const crypto::KeyPaths paths{folder.key_file(), folder.path()};
    std::string recovery_key;
    std::optional<crypto::KeyRing> keys;
    if (folder.fresh()) {
        auto made = crypto::KeyRing::create(paths, Clock{}.now());
        if (!made) {
            // Nothing is here yet but the settings: the next start begins anew.
            fs::remove(storage::settings_path(folder.path()));
            return made.problem();
        }
        recovery_key = made.value().recovery_key;
        keys.emplace(std::move(made).value().ring);
    } else {
        keys.emplace(TRY(crypto::KeyRing::open(paths)));
    }
    auto words = text::Catalogue::load(word_folders(packs));
    std::unique_ptr<House> house(new House(Opened{
        std::move(folder),
        std::move(packs),
        options.as_of ? Clock{*options.as_of} : Clock{},
        std::move(words),
        std::move(*keys),
        std::move(recovery_key)}));
    TRY(house->load());
    return house;
}

House::House(Opened opened)
    : folder_(std::move(opened.folder)),
      packs_path_(std::move(opened.packs)),
      log_(sink_to(2), Log::Level::info),
      clock_(opened.clock),
      ids_(folder_.settings().node),
      words_(std::move(opened.words)),
      keys_(std::move(opened.keys)),
      files_(folder_.path()),
      post_{keys_, words_, folder_.settings().public_address},
      recovery_key_(std::move(opened.recovery_key))
{
    const auto& settings = folder_.settings();
    if (settings.seal_files) files_.seal_with(file_seal(keys_));
    if (!settings.scanner.clamd.empty()) files_.scan_with(told_scan(log_, settings.scanner));
    storage::Settings database{.address = folder_.database_address()};
    database.readers = settings.database_readers;
    database.writers = settings.database_writers;
    database.on_slow = [this](std::chrono::microseconds took) {
        log_.warning("command_slow", {{"took_ms", took.count() / 1000}});
    };
    const auto migrations = all_migrations();
    database_ = storage::Database::open(database, migrations);
}

House::~House() = default;

Result<Done> House::load()
{
    TRY(identity::import_province(*database_, ids_, packs_path_ / "province", packs_path_ / "systems"));
    province_ = TRY(casework::ProvinceFiles::load(packs_path_));
    civil_status_ = TRY(civil_status::Files::load(packs_path_ / "systems" / "civil_status"));
    add_rules(rules_);
    add_subscribers(subscribers_);
    add_actions(actions_);
    packs_ = std::make_unique<casework::Packs>(
        *database_,
        casework::Known{
            .rules = rules_.names(),
            .actions = actions_.names(),
            .registers = register_names(packs_path_),
            .codes = province_.get(),
            .unproved_signed = [this](const casework::FolderFiles& files
                               ) { return casework::unproved_is_signed(keys_, files); }}
    );
    for (const auto& version : packs_->import_folders(packs_path_ / "systems", act()))
        for (const auto& fault : version.faults) refused_.push_back(written_fault(version, fault, words_));
    wire();
    journal_ = TRY(offline::open_journal(*database_, keys_));
    office_->journal = journal_.get();
    return Done{};
}

void House::wire()
{
    means_ = std::make_unique<identity::Means>(identity::Means{
        .database = *database_,
        .keys = keys_,
        .ids = ids_,
        .clock = clock_,
        .wall = [this] { return wall_.now(); },
        .send_code = notices::code_sender(post_)});
    wire_senders();
    secured_ = std::make_unique<justice::SecuredSimulator>(*database_, keys_, clock_);
    trust_ = database_->read([](storage::Reader& db) { return documents::own_trust(db); });
    settings_ = std::make_unique<administration::DeskSettings>(*province_, *database_);
    office_ = std::make_unique<casework::Office>(casework::Office{
        .database = *database_,
        .clock = clock_,
        .ids = ids_,
        .files = files_,
        .keys = keys_,
        .packs = *packs_,
        .codes = *province_,
        .settings = *settings_,
        .rules = rules_,
        .subscribers = subscribers_,
        .actions = actions_,
        .notify = [this](
                      storage::Writer& db, const identity::Act& act, const notices::Notice& notice
                  ) { notices::notify(db, post_, act, notice); },
        .words = &words_,
        .public_address = folder_.settings().public_address});
    tell_civil_status(subscribers_, *office_);
}

void House::wire_senders()
{
    const auto& [mail, sms] = folder_.settings().delivery;
    senders_.sms =
        sms.url.empty() ? notices::folder_sender(notices_folder()) : notices::sms_gateway_sender(sms);
    senders_.email = mail.url.empty() ? notices::folder_sender(notices_folder()) : notices::smtp_sender(mail);
    senders_.post = notices::folder_sender(notices_folder());
}

storage::OutboxHandlers House::outbox_handlers(casework::Office& office)
{
    // Slips are drawn and signed at a node too; messages and calls to others are sent where its commands are done again.
    auto handlers =
        journal_ ? storage::OutboxHandlers{} : notices::outbox_handlers(*database_, post_, senders_);
    handlers.emplace(
        documents::signing_kind,
        documents::signing_handler(
            {.database = *database_,
             .files = files_,
             .ids = ids_,
             .keys = keys_,
             .clock = office.clock,
             .attached =
                 [&office](
                     storage::Writer& db, const identity::Act& act, const documents::Document& document
                 ) { return casework::paper_attached(office, db, act, document); },
             .locks = [&office](documents::DocumentId document
                      ) { return casework::locks_of_paper(office, document); }}
        )
    );
    // A node away from the centre asks nobody: what needs others waits until its lines are there.
    if (journal_) return handlers;
    // Nobody elsewhere is connected yet. In the demo simulators answer for them; outside it nothing is made up in their
    // name: numbers stay blank, letters are written down by officers, what is for a register elsewhere waits.
    const bool demo = folder_.settings().demo;
    population_.connect(demo);
    linked_.connect(demo);
    secured_->connect(demo);
    add_handlers(office, population_, linked_, handlers);
    if (!demo) return handlers;
    correspondent_.always(justice::demo_reply);
    add_handlers(office, Elsewhere{correspondent_, national_, *secured_}, handlers);
    return handlers;
}

std::optional<std::string> House::setup_token() const
{
    auto token = identity::create_setup_token(*means_);
    if (!token) return std::nullopt;
    return std::move(token).value();
}

std::string House::say(const Problem& problem, text::Language language) const
{
    return words_.sentence(problem, language);
}

identity::Act House::act() const
{
    return {.actor = program_actor(), .now = clock_.now(), .ids = const_cast<IdSource&>(ids_)};
}

}  // namespace thien_an::program

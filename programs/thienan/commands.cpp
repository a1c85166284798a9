#include "programs/thienan/commands.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "engine/casework/casework.h"
#include "engine/casework/dossier_store.h"
#include "engine/identity/accounts.h"
#include "engine/identity/audit_seal.h"
#include "engine/identity/tokens.h"
#include "engine/registers/entries.h"
#include "engine/registers/person_index.h"
#include "engine/registers/register.h"
#include "engine/workflow/engine.h"

#include "systems/justice/secured_register.h"

#include "programs/thienan/house.h"

namespace thien_an::program {
namespace {

namespace fs = std::filesystem;

Outcome refused(const House& house, const Problem& problem, const Options& options)
{
    return {exit_fault, house.say(problem, options.language) + "\n"};
}

std::optional<std::string> content_of(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

Outcome accounts(House& house, const Options& options)
{
    const auto table = content_of(house.folder_.path() / "demo-accounts.tsv");
    if (!table) return {exit_fault, house.words_.say("program.no_demo", options.language) + "\n"};
    return {exit_well, *table};
}

Outcome token(House& house, const Options& options)
{
    const auto account = house.database_->read([&](storage::Reader& db) {
        return identity::account_by_login(db, house.keys_, options.login);
    });
    if (!account) return refused(house, account.problem(), options);
    const auto made = house.database_->write({}, [&](storage::Writer& db) {
        return identity::create_token(
            db,
            house.act(),
            {.account = account.value(),
             .post = {},
             .scopes = options.scopes,
             .lasts = std::chrono::hours{options.hours}},
            house.wall_.now()
        );
    });
    if (!made) return refused(house, made.problem(), options);
    return {0, made.value() + "\n"};
}

/// One line a fault: its place in the data, what is wrong, the code programs match.
Outcome told(
    const House& house, std::string summary, const std::vector<Problem>& faults, const Options& options
)
{
    auto out = std::move(summary) + "\n";
    for (const auto& fault : faults)
        out += fmt::format("  {}: {} [{}]\n", fault.field, house.say(fault, options.language), fault.code);
    return {faults.empty() ? exit_well : exit_fault, out};
}

Outcome verify_audit(House& house, const Options& options)
{
    const auto report = identity::verify_audit(*house.database_, house.keys_, house.checkpoints());
    std::vector<Problem> faults;
    for (const auto& fault : report.faults)
        faults.push_back(
            {.code = "identity.proof." + fault.kind,
             .field = fmt::format("audit/{}/row/{}", fault.number, fault.row)}
        );
    const json::object words{
        {"rows", report.rows},
        {"unsealed", report.unsealed},
        {"checkpoints", report.checkpoints},
        {"faults", faults.size()}};
    return told(house, house.words_.say("program.proof.audit", options.language, words), faults, options);
}

/// The register `name` as its folder says; nothing when no system has it.
std::optional<registers::Register> register_named(const House& house, const std::string& name)
{
    for (const auto& system : fs::directory_iterator(house.packs_path_ / "systems")) {
        const auto source = content_of(system.path() / "registers" / name / "register.json");
        if (!source) continue;
        const auto parsed = json::parse(*source);
        if (!parsed) continue;
        auto loaded = registers::load_register(parsed.value());
        if (loaded) return std::move(loaded).value();
    }
    return std::nullopt;
}

Outcome verify_register(House& house, const Options& options)
{
    const auto& name = options.name;
    const auto reg = register_named(house, name);
    if (!reg)
        return {
            exit_usage,
            house.words_.say("program.no_such_register", options.language, json::object{{"name", name}}) +
                "\n"};
    const auto report = registers::verify(*house.database_, house.keys_, *reg);
    std::vector<Problem> faults;
    for (const auto& fault : report.faults)
        faults.push_back(
            {.code = "registers.proof." + fault.kind,
             .field = fmt::format("series/{}/number/{}", fault.series.value, fault.number)}
        );
    const json::object words{
        {"name", name},
        {"series", report.series},
        {"entries", report.entries},
        {"notes", report.notes},
        {"faults", faults.size()}};
    return told(house, house.words_.say("program.proof.register", options.language, words), faults, options);
}

/// Fills the index of persons of one register anew, or of every register that tells of persons.
Outcome reindex_registers(House& house, const Options& options)
{
    std::vector<std::string> names;
    if (!options.name.empty()) names.push_back(options.name);
    for (const auto& system : fs::directory_iterator(house.packs_path_ / "systems"))
        if (options.name.empty() && fs::is_directory(system.path() / "registers"))
            for (const auto& folder : fs::directory_iterator(system.path() / "registers"))
                names.push_back(folder.path().filename());
    std::sort(names.begin(), names.end());
    const auto spool = house.folder_.path() / "reindex";
    std::string said;
    for (const auto& name : names) {
        const auto reg = register_named(house, name);
        const json::object asked{{"name", name}};
        if (!reg)
            return {exit_usage, house.words_.say("program.no_such_register", options.language, asked) + "\n"};
        if (reg->people.persons.empty()) continue;
        fs::create_directories(spool);
        const auto report =
            registers::reindex_persons(*house.database_, house.keys_, *reg, spool, house.clock_.now());
        const json::object words{
            {"name", name},
            {"entries", report.entries},
            {"persons", report.persons},
            {"keys", report.keys},
            {"seconds", fmt::format("{:.1f}", report.seconds)},
            {"swept", fmt::format("{:.1f}", report.seconds_swept)}};
        said += house.words_.say("program.reindexed", options.language, words) + "\n";
    }
    fs::remove_all(spool);
    return {exit_well, said};
}

/// Figures and folds of casework and its papers, in one run.
Outcome recount_figures(House& house, const Options& options)
{
    const auto states = casework::verify_dossiers(*house.database_);
    const auto figures = casework::recount(*house.database_);
    const auto papers = casework::verify_papers(*house.database_);
    auto faults =
        house.database_->read([](storage::Reader& db) { return justice::check_secured_register(db); });
    for (const auto* report : {&states, &figures, &papers})
        faults.insert(faults.end(), report->faults.begin(), report->faults.end());
    const json::object words{
        {"dossiers", states.dossiers},
        {"events", states.events},
        {"states", states.faults.size()},
        {"figures", figures.faults.size()},
        {"papers", papers.faults.size()}};
    return told(house, house.words_.say("program.proof.recount", options.language, words), faults, options);
}

/// The process of one dossier told again from its history, beside its rows.
Outcome replay_case(House& house, const Options& options)
{
    return house.database_->read([&](storage::Reader& db) -> Outcome {
        const auto dossier = casework::find_dossier(db, options.name);
        if (!dossier) return refused(house, dossier.problem(), options);
        const workflow::InstanceId instance{dossier.value().instance};
        const auto faults = instance ? workflow::replay(db, instance) : std::vector<Problem>{};
        const auto lines = instance ? workflow::history(db, instance, 100'000).size() : 0;
        const json::object words{
            {"code", dossier.value().code}, {"lines", std::int64_t(lines)}, {"faults", faults.size()}};
        return told(
            house, house.words_.say("program.proof.replay", options.language, words), faults, options
        );
    });
}

}  // namespace

bool needs_house(const std::string& command)
{
    for (const std::string_view without :
         {"check",
          "cases",
          "where",
          "routes",
          "settings",
          "restore",
          "keys recover",
          "keys rotate",
          "workflow table",
          "workflow from-table",
          "workflow layout",
          "workflow simulate"})
        if (command == without) return false;
    return true;
}

Outcome run_command(House& house, const Options& options, const std::stop_token& stop)
{
    if (options.command == "accounts") return accounts(house, options);
    if (options.command == "token") return token(house, options);
    if (options.command == "audit verify") return verify_audit(house, options);
    if (options.command == "recount") return recount_figures(house, options);
    if (options.command == "workflow replay") return replay_case(house, options);
    if (options.command == "registers verify") return verify_register(house, options);
    if (options.command == "registers reindex") return reindex_registers(house, options);
    if (options.command == "backup") return backup_house(house, options, stop);
    if (options.command.starts_with("node ")) return run_on_node(house, options);
    if (options.command == "bench-dossiers") return bench_dossiers(house, options);
    if (options.command == "bench-certificates") return bench_certificates(house, options);
    return no_such_command(options);
}

Outcome run_without_house(const Options& options)
{
    if (options.command == "restore") return restore_copy(options);
    if (options.command == "settings")
        return {exit_well, config::markdown(config::keys_of<FolderSettings>())};
    if (options.command.starts_with("keys ")) return run_on_keys(options);
    if (options.command.starts_with("workflow ")) return run_on_processes(options);
    return run_on_packs(options);
}

Outcome no_such_command(const Options& options)
{
    const Speech speech(options.language);
    const json::object words{{"command", options.command}};
    return {exit_usage, speech.say("program.no_such_command", words) + "\n"};
}

Outcome refused_without_house(const Problem& problem, const Options& options)
{
    return {exit_fault, sentence_without_house(problem, options.packs, options.language) + "\n"};
}

}  // namespace thien_an::program

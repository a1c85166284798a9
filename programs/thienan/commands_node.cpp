#include <fmt/format.h>

#include "engine/identity/agencies.h"
#include "engine/identity/audit.h"
#include "engine/offline/sync.h"

#include "programs/thienan/commands.h"
#include "programs/thienan/house.h"
#include "programs/thienan/node_folder.h"

/// node prepare, status, sync, finish at a node; prepare, take-back, conflicts, decide at the centre.
namespace thien_an::program {
namespace {

namespace fs = std::filesystem;

Problem problem(std::string code) { return {.code = std::move(code), .field = "", .law = ""}; }

Result<identity::Agency> agency_in(House& house, const std::string& code)
{
    return house.database_->read([&](storage::Reader& db) -> Result<identity::Agency> {
        const auto day = house.act().today();
        if (auto agency = identity::agency_by_code(db, code, day)) return agency;
        if (auto agency = identity::agency_for_unit(db, code, day)) return agency;
        return identity::agency_by_key(db, code, day);
    });
}

Result<std::string> prepare(House& house, const Options& options)
{
    if (house.journal_) return problem("registers.not_offline");
    const fs::path folder = options.to;
    const Problem taken{.code = "storage.backup_not_empty", .field = "", .law = ""};
    if (fs::exists(folder) && !fs::is_empty(folder)) return taken;
    if (fs::exists(folder.string() + ".keys"))
        return Problem{
            .code = "program.key_file_there",
            .field = "",
            .law = "",
            .words = {{"key_file", folder.string() + ".keys"}}};
    const auto agency = TRY(agency_in(house, options.agency));
    const auto seed = crypto::Secret::random();
    const auto key = crypto::ed25519_public(seed);
    const auto act = house.act();
    const auto lease = TRY(offline::lease_books(
        *house.office_,
        act,
        {.agency = agency.id,
         .node = options.node.empty() ? folder.filename().string() : options.node,
         .node_key = {key.begin(), key.end()},
         .until = act.now + std::chrono::days{options.days}}
    ));
    auto made = [&]() -> Result<NodeFolder> {
        try {
            return make_node_folder(house, lease, seed, folder, options.centre);
        } catch (...) {
            // Nobody has the key of a node that never was: the books go back.
            static_cast<void>(house.database_->write({}, [&](storage::Writer& db) {
                return registers::end_lease(db, act, lease.id, registers::LeaseEnd::returned, "");
            }));
            throw;
        }
    }();
    const auto& node = TRY(made);
    const json::object words{
        {"agency", agency.name_vi},
        {"node", lease.node},
        {"until", shown(lease.until)},
        {"epoch", std::to_string(lease.epoch)},
        {"folder", node.folder.string()},
        {"key_file", node.key_file.string()}};
    return house.words_.say("program.node.prepared", options.language, words) + "\n";
}

std::string state_words(const House& house, const std::string& ended_how, text::Language language)
{
    return house.words_.say(
        "administration.nodes.state_" + (ended_how.empty() ? std::string("open") : ended_how), language
    );
}

Result<std::string> status(House& house, const Options& options)
{
    const auto found = house.database_->read([](storage::Reader& db) { return offline::node_status(db); });
    if (!found) return problem("offline.no_node");
    const json::object words{
        {"state", state_words(house, found->lease.ended_how, options.language)},
        {"until", shown(found->lease.until)},
        {"lines", std::to_string(found->lines)},
        {"waiting", std::to_string(found->waiting)},
        {"conflicts", std::to_string(found->conflicts)},
        {"heard",
         found->heard_at ? shown(*found->heard_at)
                         : house.words_.say("administration.nodes.never", options.language)}};
    return house.words_.say("program.node.status", options.language, words) + "\n";
}

std::string told(const House& house, const offline::Synced& synced, text::Language language)
{
    const auto& verdict = synced.verdict;
    const json::object words{
        {"lines", std::to_string(synced.lines)},
        {"files", std::to_string(synced.files)},
        {"done", std::to_string(verdict.done)},
        {"came", std::to_string(verdict.came)},
        {"conflicts", std::to_string(verdict.conflicts)},
        {"state", state_words(house, verdict.state, language)}};
    return house.words_.say("program.node.synced", language, words) + "\n";
}

Result<offline::Synced> sync_with(House& house, const Options& options)
{
    const auto run = [&](const offline::Wire& wire) {
        return offline::sync(*house.database_, house.files_, *house.journal_, house.act(), wire);
    };
    if (!options.to_data.empty()) {
        auto there = options;
        there.data = options.to_data;
        const auto centre = TRY(House::open(there, false));
        return run(offline::wire_to(*centre->office_));
    }
    auto address = options.centre;
    if (address.empty()) {
        const auto node = house.database_->read([](storage::Reader& db) { return offline::find_node(db); });
        address = node ? node->centre : "";
    }
    if (address.empty()) return problem("offline.no_centre");
    return run(offline::wire_to(address));
}

Result<std::string> sync(House& house, const Options& options)
{
    if (!house.journal_) return problem("offline.no_node");
    std::string out;
    if (options.command == "node finish") {
        TRY(house.journal_->give_back(*house.database_, house.act()));
        out = house.words_.say("program.node.finished", options.language) + "\n";
    }
    return out + told(house, TRY(sync_with(house, options)), options.language);
}

Result<std::string> take_back(House& house, const Options& options)
{
    const auto agency = TRY(agency_in(house, options.agency));
    const auto lease =
        house.database_->read([&](storage::Reader& db) { return registers::open_lease(db, agency.id); });
    if (!lease) return problem("registers.no_such_lease");
    TRY(offline::take_back(*house.office_, house.act(), lease->id, options.decision));
    return house.words_.say("program.node.taken_back", options.language) + "\n";
}

/// Tab separated: id, node, sequence, dossier, kind, number given, code of the problem, sentence.
Result<std::string> conflicts(House& house, const Options& options)
{
    constexpr int leases_max = 1000;
    constexpr int lines_max = 10'000;
    return house.database_->read([&](storage::Reader& db) -> Result<std::string> {
        std::string out;
        for (const auto& lease : registers::leases(db, leases_max))
            for (const auto& kept :
                 offline::lines_in_state(db, lease.id, offline::LineState::conflict, lines_max)) {
                const auto line = TRY(offline::read_line(kept.line.body));
                const auto why = kept.problem.value_or(problem("offline.bad_line"));
                out += fmt::format(
                    "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
                    kept.id.value,
                    lease.node,
                    kept.sequence,
                    kept.dossier,
                    line.kind,
                    json::string_or(json::value(line.made), "entry"),
                    why.code,
                    house.say(why, options.language)
                );
            }
        return out;
    });
}

Result<std::string> decide(House& house, const Options& options)
{
    const auto line = TRY(parse_id(options.name));
    const auto decision = options.decision == "again"    ? offline::Decision::again
                          : options.decision == "accept" ? offline::Decision::accept
                                                         : offline::Decision::refuse;
    TRY(offline::decide(*house.office_, house.act(), {line}, decision, options.reason));
    return std::string();
}

}  // namespace

Outcome run_on_node(House& house, const Options& options)
{
    const auto asked = [&]() -> Result<std::string> {
        if (options.command == "node prepare") return prepare(house, options);
        if (options.command == "node status") return status(house, options);
        if (options.command == "node sync" || options.command == "node finish") return sync(house, options);
        if (options.command == "node take-back") return take_back(house, options);
        if (options.command == "node conflicts") return conflicts(house, options);
        return decide(house, options);
    }();
    if (!asked) return {exit_fault, house.say(asked.problem(), options.language) + "\n"};
    return {exit_well, asked.value()};
}

}  // namespace thien_an::program

#include "engine/offline/centre.h"

#include <thread>

#include "engine/casework/packs.h"
#include "engine/crypto/hash.h"
#include "engine/identity/agencies.h"
#include "engine/identity/audit.h"
#include "engine/offline/replay.h"

namespace thien_an::offline {
namespace {

using casework::Office;
using registers::Lease;

Problem problem(std::string code, std::string name = "", std::string word = "")
{
    Problem out{.code = std::move(code), .field = "", .law = ""};
    if (!name.empty()) out.words = {{std::move(name), std::move(word)}};
    return out;
}

storage::Lock lock_of(LeaseId lease) { return {"offline_lease", lease.value}; }

/// The program itself, for what no person does.
identity::Act own_act(Office& office) { return {{.channel = "timer"}, office.clock.now(), office.ids}; }

// --- taking in ------------------------------------------------------------------------------------------------------

/// A line that is new here, against what is there.
class TakingIn {
public:
    TakingIn(storage::Writer& db, const identity::Act& act, Lease lease)
        : db_(db), act_(act), lease_(std::move(lease))
    {
    }

    Result<Done> take(const SignedLine& sent)
    {
        const auto line = TRY(read_line(sent.body));
        if (line.lease != lease_.id || line.epoch != lease_.epoch || !is_genuine(lease_.node_key, sent))
            return problem("offline.bad_signature", "sequence", std::to_string(line.sequence));
        const auto same = lines_at(db_, lease_.id, line.sequence);
        const auto hash = hash_of(sent);
        for (const auto& kept : same)
            if (hash_of(kept.line) == hash) return Done{};
        const auto before = TRY(state_before(line));
        if (!same.empty() || before == Before::other_branch) return fork(sent, line);
        keep(sent, line, why_not(line));
        return Done{};
    }

private:
    enum class Before { there, other_branch };

    /// The line it follows is here.
    Result<Before> state_before(const Line& line) const
    {
        if (line.sequence == 1) {
            if (line.previous != first_line_hash()) return problem("offline.bad_line", "what", "previous");
            return Before::there;
        }
        const auto earlier = lines_at(db_, lease_.id, line.sequence - 1);
        for (std::size_t i = 0; i < earlier.size(); ++i)
            if (hash_of(earlier[i].line) == line.previous)
                return i == 0 ? Before::there : Before::other_branch;
        return problem("offline.gap", "wanted", std::to_string(count_lines(db_, lease_.id).came + 1));
    }

    /// Two copies of the node have written: both are kept, nothing more is done.
    Result<Done> fork(const SignedLine& sent, const Line& line)
    {
        const auto why = problem("offline.forked", "sequence", std::to_string(line.sequence));
        keep(sent, line, why);
        stop_lines(db_, lease_.id, line.sequence, why, act_.now);
        if (lease_.ended_at) return Done{};
        TRY(registers::end_lease(db_, act_, lease_.id, registers::LeaseEnd::forked, ""));
        lease_ = TRY(registers::find_lease(db_, lease_.id));
        return Done{};
    }

    /// Why the line is a conflict at once; nothing: it is to be done.
    std::optional<Problem> why_not(const Line& line) const
    {
        constexpr std::chrono::minutes slack{5};
        if (lease_.ended_at) return problem("offline.ended_" + lease_.ended_how, "decision", lease_.decision);
        if (line.at >= lease_.until) return problem("offline.after_lease", "until", shown(lease_.until));
        if (line.at > act_.now + slack) return problem("offline.in_future", "at", shown(line.at));
        return std::nullopt;
    }

    void keep(const SignedLine& sent, const Line& line, std::optional<Problem> why)
    {
        keep_line(
            db_,
            {.id = act_.ids.next_as<OfflineLineTag>(),
             .lease = lease_.id,
             .sequence = line.sequence,
             .line = sent,
             .dossier = json::string_or(line.made, "code"),
             .has_entry = line.made.contains("entry"),
             .state = why ? LineState::conflict : LineState::came,
             .problem = why,
             .came_at = act_.now}
        );
    }

    storage::Writer& db_;
    const identity::Act& act_;
    Lease lease_;
};

/// Files that lines not settled name and that have not come.
std::vector<std::string> files_wanted(Office& office, LeaseId lease)
{
    constexpr std::size_t wanted_max = 100;
    constexpr int lines_max = 200;
    return office.database.read([&](storage::Reader& db) {
        std::vector<std::string> out;
        for (const auto state : {LineState::came, LineState::conflict})
            for (const auto& kept : lines_in_state(db, lease, state, lines_max)) {
                const auto line = read_line(kept.line.body);
                const auto content = line ? open_content(office.keys, line.value()) : line.problem();
                if (!content) continue;
                const auto* files = content.value().given.if_contains("files");
                if (files == nullptr || !files->is_array()) continue;
                for (const auto& file : files->get_array()) {
                    auto sha256 = json::string_or(file, "sha256");
                    if (out.size() < wanted_max && !file_of(db, lease, sha256) &&
                        std::find(out.begin(), out.end(), sha256) == out.end())
                        out.push_back(std::move(sha256));
                }
            }
        return out;
    });
}

// --- doing ----------------------------------------------------------------------------------------------------------

enum class Came { settled, conflict, waits };

Came do_one(Office& office, const KeptLine& kept)
{
    const auto done = do_again(office, kept, Manner::under_lease);
    if (done) return Came::settled;
    const auto& why = done.problem();
    if (why.code == "offline.file_missing") return Came::waits;
    const auto settled = office.database.write({}, [&](storage::Writer& db) -> Result<bool> {
        return settle_as_conflict(db, kept.id, LineState::came, why, office.clock.now());
    });
    // Somebody else did it meanwhile: what stood in our way was his work.
    return settled && settled.value() ? Came::conflict : Came::settled;
}

void audit_decision(
    storage::Writer& db,
    const identity::Act& act,
    const KeptLine& kept,
    std::string_view what,
    std::string_view reason,
    identity::AgencyId agency
)
{
    identity::audit(
        db,
        act,
        {.what = "offline." + std::string(what),
         .subject = "offline_line",
         .subject_id = kept.id.value,
         .about = {},
         .agency = agency,
         .reason = std::string(reason),
         .detail = {{"dossier", kept.dossier}, {"sequence", kept.sequence}}}
    );
}

Result<Done> refuse_line(Office& office, const KeptLine& kept, bool open, const Decider& decider)
{
    if (open && kept.has_entry) return enter_by_decision(office, kept, Entered::struck, decider);
    return office.database.write({}, [&](storage::Writer& db) -> Result<Done> {
        if (!decide_line(db, kept.id, LineState::refused, decider.act, decider.reason))
            return problem("offline.settled");
        return Done{};
    });
}

}  // namespace

Result<Lease> lease_books(Office& office, const identity::Act& act, const registers::NewLease& wanted)
{
    const std::chrono::year_month_day date{act.today()};
    // Series of this year exist before the grant, so that their locks stop whoever is entering.
    for (const auto& name : office.packs.register_ids())
        registers::series_of(office.database, office.ids, name, wanted.agency, int(date.year()));
    storage::Locks locks{{"agency_lease", wanted.agency.value}};
    for (const auto series : office.database.read([&](storage::Reader& db) {
             return registers::series_of_agency(db, wanted.agency);
         }))
        locks.push_back(registers::lock_of(series));
    auto lease = TRY(office.database.write(locks, [&](storage::Writer& db) {
        return registers::grant_lease(db, act, wanted);
    }));
    // Commands that looked before the grant have ended by then: none may run longer.
    if (office.database.engine() == storage::Engine::postgres)
        std::this_thread::sleep_for(storage::Settings{}.command_limit + std::chrono::milliseconds{500});
    return lease;
}

json::value to_json(const Verdict& verdict)
{
    json::array files;
    for (const auto& sha256 : verdict.files_wanted) files.push_back(json::value(sha256));
    return json::object{
        {"came", verdict.came},
        {"done", verdict.done},
        {"conflicts", verdict.conflicts},
        {"state", verdict.state},
        {"files_wanted", std::move(files)}};
}

Result<Verdict> read_verdict(const json::value& v)
{
    Verdict out{
        json::integer_or(v, "came", -1),
        json::integer_or(v, "done"),
        json::integer_or(v, "conflicts"),
        json::string_or(v, "state"),
        {}};
    if (out.came < 0 || out.state.empty()) return problem("offline.bad_answer");
    if (const auto* files = json::member(v, "files_wanted"); files != nullptr && files->is_array())
        for (const auto& file : files->get_array())
            if (file.is_string()) out.files_wanted.emplace_back(file.get_string());
    return out;
}

Result<Done> take_lines(Office& office, const Batch& batch)
{
    const auto act = own_act(office);
    return office.database.write({lock_of(batch.lease)}, [&](storage::Writer& db) -> Result<Done> {
        TakingIn taking(db, act, TRY(registers::find_lease(db, batch.lease)));
        for (const auto& line : batch.lines) TRY(taking.take(line));
        return Done{};
    });
}

Result<Done> take_file(Office& office, const SentFile& sent)
{
    const auto& sha256 = sent.blob.sha256;
    const auto now = office.clock.now();
    return office.database.write({lock_of(sent.lease)}, [&](storage::Writer& db) -> Result<Done> {
        const auto lease = TRY(registers::find_lease(db, sent.lease));
        if (!crypto::ed25519_verify(lease.node_key, bytes_of(file_text(sent.lease, sha256)), sent.signature))
            return problem("offline.bad_signature", "sequence", "");
        if (file_of(db, sent.lease, sha256)) return Done{};
        keep_file(db, sent.lease, sha256, storage::file_add(db, office.ids, sent.blob, sent.name, now));
        return Done{};
    });
}

Result<Verdict> verdict_on(Office& office, LeaseId id)
{
    Verdict out;
    TRY(office.database.read([&](storage::Reader& db) -> Result<Done> {
        const auto lease = TRY(registers::find_lease(db, id));
        const auto counts = count_lines(db, id);
        out.came = counts.came;
        out.done = counts.settled;
        out.conflicts = counts.conflicts;
        out.state = lease.ended_at ? lease.ended_how : "open";
        return Done{};
    }));
    out.files_wanted = files_wanted(office, id);
    return out;
}

int do_lines(Office& office, LeaseId lease, int limit)
{
    int settled = 0;
    while (settled < limit) {
        const auto next = office.database.read([&](storage::Reader& db) -> std::optional<KeptLine> {
            auto first = first_line(db, lease, LineState::came);
            if (first && is_held_up(db, lease, first->sequence)) return std::nullopt;
            return first;
        });
        if (!next || do_one(office, *next) == Came::waits) return settled;
        ++settled;
    }
    return settled;
}

int do_all_lines(Office& office, int limit)
{
    constexpr int leases_max = 1000;
    int settled = 0;
    for (const auto& lease :
         office.database.read([&](storage::Reader& db) { return registers::leases(db, leases_max); }))
        if (!lease.here && !lease.ended_at) settled += do_lines(office, lease.id, limit);
    return settled;
}

Result<Done> take_back(Office& office, const identity::Act& act, LeaseId lease, std::string_view decision)
{
    if (decision.empty())
        return Problem{.code = "registers.decision_missing", .field = "/decision", .law = ""};
    constexpr int all = 1'000'000;
    do_lines(office, lease, all);
    return office.database.write({lock_of(lease)}, [&](storage::Writer& db) -> Result<Done> {
        TRY(registers::end_lease(db, act, lease, registers::LeaseEnd::taken_back, decision));
        stop_lines(
            db, lease, 1, problem("offline.ended_taken_back", "decision", std::string(decision)), act.now
        );
        return Done{};
    });
}

Result<Done> decide(
    Office& office, const identity::Act& act, LineId id, Decision decision, std::string_view reason
)
{
    if (reason.empty()) return Problem{.code = "offline.reason_missing", .field = "/reason", .law = ""};
    const auto kept = TRY(office.database.read([&](storage::Reader& db) { return find_line(db, id); }));
    if (kept.state != LineState::conflict) return problem("offline.settled");
    const auto lease =
        TRY(office.database.read([&](storage::Reader& db) { return registers::find_lease(db, kept.lease); }));
    const bool open = !lease.ended_at;
    const Decider decider{act, std::string(reason)};
    switch (decision) {
    case Decision::refuse: TRY(refuse_line(office, kept, open, decider)); break;
    case Decision::accept:
        if (open && kept.has_entry) {
            TRY(enter_by_decision(office, kept, Entered::in_force, decider));
            break;
        }
        [[fallthrough]];
    case Decision::again:
        TRY(do_again(office, kept, open ? Manner::under_lease : Manner::late, &decider));
        break;
    }
    constexpr std::array<std::string_view, 3> names{"again", "accept", "refuse"};
    return office.database.write({}, [&](storage::Writer& db) -> Result<Done> {
        audit_decision(db, act, kept, names.at(std::size_t(decision)), reason, lease.agency);
        return Done{};
    });
}

}  // namespace thien_an::offline

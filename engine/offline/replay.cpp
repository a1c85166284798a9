#include "engine/offline/replay.h"

#include "engine/casework/casework.h"
#include "engine/casework/dossier_store.h"
#include "engine/casework/packs.h"
#include "engine/casework/work.h"
#include "engine/identity/accounts.h"
#include "engine/identity/posts.h"
#include "engine/offline/node.h"
#include "engine/registers/entries.h"

namespace thien_an::offline {
namespace {

using casework::Office;

Problem problem(std::string code, std::string name = "", std::string word = "")
{
    Problem out{.code = std::move(code), .field = "", .law = ""};
    if (!name.empty()) out.words = {{std::move(name), std::move(word)}};
    return out;
}

/// Whether it is the same; of a slip only its token, for slips are numbered in the order of the centre when one before
/// them was refused there. Numbers of books, codes and states are the same or nothing is written.
bool is_same(std::string_view what, const json::value& there, const json::value& here)
{
    if (what.starts_with("paper/")) return json::string_or(there, "token") == json::string_or(here, "token");
    return json::canonical(there) == json::canonical(here);
}

/// The first thing the node made that the centre did not make the same.
std::optional<Problem> difference(const json::object& there, const json::object& here)
{
    for (const auto& member : there) {
        const auto* same = here.if_contains(member.key());
        if (same != nullptr && is_same(member.key(), member.value(), *same)) continue;
        auto out = problem("offline.result_differs", "what", std::string(member.key()));
        out.words.emplace_back("node", json::canonical(member.value()));
        out.words.emplace_back("centre", same == nullptr ? "" : json::canonical(*same));
        return out;
    }
    return std::nullopt;
}

/// Settles the line in the transaction of its command, and refuses the command when something else came of it.
class Replay final : public casework::Journal {
public:
    Replay(const KeptLine& kept, const Line& line, Manner manner, const Decider* decider)
        : kept_(kept), line_(line), manner_(manner), decider_(decider)
    {
    }

    Result<Done> begins(storage::Writer& db, const identity::Act& act) override
    {
        if (manner_ == Manner::late) return Done{};
        return registers::carry_lease(db, line_.lease, act.now);
    }
    Result<Done> ends(storage::Writer& db, const identity::Act& act, const casework::JournalEntry& entry)
        override
    {
        if (manner_ == Manner::under_lease) {
            if (auto other = difference(line_.made, entry.made)) return *std::move(other);
            registers::lay_down_lease(db, line_.lease);
        }
        return settle(db, act.now);
    }
    Result<Done> settle(storage::Writer& db, Instant now) const
    {
        const bool settled =
            decider_ == nullptr
                ? settle_line(db, kept_.id, kept_.state, LineState::done, now)
                : decide_line(db, kept_.id, LineState::accepted, decider_->act, decider_->reason);
        if (!settled) return problem("offline.settled");
        return Done{};
    }
    Codes codes() const override
    {
        auto codes = codes_of(line_.epoch);
        if (manner_ == Manner::late) codes.given = json::string_or(line_.made, "code");
        return codes;
    }
    std::string token(std::string_view paper) const override
    {
        const auto* made = line_.made.if_contains("paper/" + std::string(paper));
        return made == nullptr ? "" : json::string_or(*made, "token");
    }
    bool calls_wait() const override { return false; }

private:
    const KeptLine& kept_;
    const Line& line_;
    Manner manner_;
    const Decider* decider_;
};

/// One line being done again.
struct Doing {
    Office& office;  ///< Whose clock shows the instant of the command.
    const Line& line;
    json::value given;
    Replay& replay;

    const identity::Actor& actor() const { return line.actor; }
    std::string text(std::string_view name) const { return json::string_or(given, name); }
    std::string step() const { return json::string_or(json::value(line.subject), "task"); }
};

/// The person had the account and the post on that day.
Result<Done> check_actor(storage::Reader& db, const Line& line)
{
    const auto& actor = line.actor;
    const auto who = [&] { return identity::shown_as(db, actor.party, actor.post); };
    if (actor.account) {
        const auto account = identity::find_account(db, actor.account);
        if (!account || account.value().closed) return problem("offline.account_ended", "who", who());
    }
    if (!actor.post) return Done{};
    const auto post = identity::find_post(db, actor.post);
    const bool held = post && post.value().agency == actor.agency &&
                      post.value().validity.covers(day_of(line.at)) &&
                      identity::holds(db, actor.party, actor.post, day_of(line.at));
    if (!held) return problem("offline.post_ended", "who", who());
    return Done{};
}

Result<std::vector<casework::FiledFile>> files_of(const Doing& doing)
{
    std::vector<casework::FiledFile> out;
    const auto* files = json::member(doing.given, "files");
    if (files == nullptr || !files->is_array()) return out;
    return doing.office.database.read([&](storage::Reader& db) -> Result<std::vector<casework::FiledFile>> {
        for (const auto& file : files->get_array()) {
            const auto sha256 = json::string_or(file, "sha256");
            const auto id = file_of(db, doing.line.lease, sha256);
            if (!id) return problem("offline.file_missing", "sha256", sha256);
            out.push_back({json::string_or(file, "paper"), *id, json::string_or(file, "name")});
        }
        return out;
    });
}

Result<Done> file_again(const Doing& doing)
{
    const auto* applicant = json::member(doing.given, "applicant");
    const auto* form = json::member(doing.given, "form");
    if (applicant == nullptr || form == nullptr) return problem("offline.bad_line", "what", "file");
    casework::Filing filing;
    filing.procedure = doing.text("procedure");
    filing.agency = doing.text("agency");
    filing.channel = doing.text("channel");
    filing.form = *form;
    filing.files = TRY(files_of(doing));
    // 0: known by the form alone.
    if (const auto party = json::string_or(*applicant, "party"); party != "0")
        filing.applicant.party = {TRY(parse_id(party))};
    filing.applicant.name = json::string_or(*applicant, "name");
    filing.applicant.phone = json::string_or(*applicant, "phone");
    filing.applicant.email = json::string_or(*applicant, "email");
    filing.applicant.address = json::string_or(*applicant, "address");
    static_cast<void>(TRY(casework::submit(doing.office, doing.actor(), filing)));
    return Done{};
}

Result<casework::Dossier> dossier_of(const Doing& doing)
{
    return doing.office.database.read([&](storage::Reader& db) {
        return casework::find_dossier(db, json::string_or(json::value(doing.line.subject), "dossier"));
    });
}

/// The open task the line names.
Result<casework::TaskId> task_of(const Doing& doing, const casework::Dossier& dossier)
{
    const auto wanted = json::integer_or(json::value(doing.line.subject), "place");
    return doing.office.database.read([&](storage::Reader& db) -> Result<casework::TaskId> {
        std::int64_t place = 0;
        for (const auto& task : workflow::open_tasks(db, workflow::InstanceId{dossier.instance}))
            if (task.node == doing.step() && place++ == wanted) return task.id;
        return problem("offline.no_such_step", "step", doing.step());
    });
}

Result<Done> work_again(const Doing& doing, const casework::Dossier& dossier)
{
    auto& office = doing.office;
    const auto& kind = doing.line.kind;
    const auto task = TRY(task_of(doing, dossier));
    if (kind == "claimed") return casework::claim_task(office, doing.actor(), task);
    if (kind == "released") return casework::release_task(office, doing.actor(), task);
    if (kind == "reassigned")
        return casework::reassign_task(
            office, doing.actor(), task, {TRY(parse_id(doing.text("to")))}, doing.text("reason")
        );
    const auto* form = json::member(doing.given, "form");
    static_cast<void>(TRY(casework::complete_task(
        office,
        doing.actor(),
        task,
        {.outcome = doing.text("outcome"),
         .form = form == nullptr ? json::value(json::object{}) : *form,
         .reason = doing.text("reason")}
    )));
    return Done{};
}

Result<Done> act_again(const Doing& doing, const casework::Dossier& dossier)
{
    auto& office = doing.office;
    const auto& kind = doing.line.kind;
    const auto& actor = doing.actor();
    if (kind == "answer_supplement") {
        static_cast<void>(TRY(casework::answer_supplement(
            office, actor, dossier.id, TRY(files_of(doing)), doing.text("message")
        )));
        return Done{};
    }
    if (kind == "withdraw") {
        static_cast<void>(TRY(casework::withdraw(office, actor, dossier.id, doing.text("reason"))));
        return Done{};
    }
    if (kind == "apologise")
        return casework::apologise(
            office, actor, dossier.id, TRY(parse_day(doing.text("new_due"))), doing.text("reason")
        );
    if (kind == "attach") {
        const auto files = TRY(files_of(doing));
        if (files.size() != 1) return problem("offline.bad_line", "what", "attach");
        static_cast<void>(
            TRY(casework::attach_paper(office, actor, dossier.id, files.front(), doing.text("note")))
        );
        return Done{};
    }
    if (kind == "note") return casework::add_note(office, actor, dossier.id, doing.text("text"));
    if (kind == "pay") return casework::take_payment(office, actor, dossier.id, doing.text("receipt"));
    return problem("offline.unknown_kind", "kind", kind);
}

/// The last line: the books are the centre's again.
Result<Done> return_again(const Doing& doing)
{
    auto& office = doing.office;
    const identity::Act act{doing.actor(), office.clock.now(), office.ids};
    return office.database.write({}, [&](storage::Writer& db) -> Result<Done> {
        TRY(registers::end_lease(db, act, doing.line.lease, registers::LeaseEnd::returned, ""));
        return doing.replay.settle(db, act.now);
    });
}

Result<Done> execute(const Doing& doing)
{
    const auto& kind = doing.line.kind;
    if (kind == "return") return return_again(doing);
    if (kind == "file") return file_again(doing);
    const auto dossier = TRY(dossier_of(doing));
    // Timers that ran out before it fired before it.
    casework::tick_process(doing.office, workflow::InstanceId{dossier.instance}, doing.office.clock.now());
    const bool of_a_task = doing.line.subject.contains("task");
    return of_a_task ? work_again(doing, dossier) : act_again(doing, dossier);
}

/// The office at another time, with another journal.
Office office_at(const Office& office, const Clock& clock, casework::Journal* journal)
{
    return {
        .database = office.database,
        .clock = clock,
        .ids = office.ids,
        .files = office.files,
        .keys = office.keys,
        .packs = office.packs,
        .codes = office.codes,
        .settings = office.settings,
        .rules = office.rules,
        .subscribers = office.subscribers,
        .actions = office.actions,
        .notify = office.notify,
        .words = office.words,
        .public_address = office.public_address,
        .journal = journal};
}

}  // namespace

Result<Done> do_again(Office& office, const KeptLine& kept, Manner manner, const Decider* decider)
{
    const auto line = TRY(read_line(kept.line.body));
    const auto content = TRY(open_content(office.keys, line));
    if (line.kind != "return")
        TRY(office.database.read([&](storage::Reader& db) { return check_actor(db, line); }));
    // A person came to the office on that day; what is done about it later is done today.
    const bool that_day = manner == Manner::under_lease || line.kind == "file";
    const auto clock = Clock::stopped(that_day ? line.at : office.clock.now());
    Replay replay(kept, line, manner, decider);
    auto then = office_at(office, clock, &replay);
    return execute({then, line, content.given, replay});
}

Result<Done> enter_by_decision(Office& office, const KeptLine& kept, Entered how, const Decider& decider)
{
    const auto line = TRY(read_line(kept.line.body));
    const json::value entry = TRY(open_content(office.keys, line)).entry;
    const auto reg = office.packs.reg(json::string_or(entry, "register"));
    const auto* fields = json::member(entry, "fields");
    if (!reg || fields == nullptr || !fields->is_object())
        return problem("offline.bad_line", "what", "entry");
    const auto lease =
        TRY(office.database.read([&](storage::Reader& db) { return registers::find_lease(db, line.lease); }));
    const auto series = registers::series_of(
        office.database, office.ids, reg->id, lease.agency, json::integer_or(entry, "year")
    );
    const auto& act = decider.act;
    return office.database.write({registers::lock_of(series)}, [&](storage::Writer& db) -> Result<Done> {
        TRY(registers::carry_lease(db, lease.id, act.now));
        const auto dossier = casework::find_dossier(db, kept.dossier);
        const auto made = TRY(registers::enter(
            db,
            act,
            office.keys,
            *reg,
            {.series = series,
             .registered_on = day_of(line.at),
             .dossier = dossier ? dossier.value().id.value : 0,
             .fields = fields->get_object()}
        ));
        if (auto other =
                difference({{"entry", json::string_or(entry, "printed")}}, {{"entry", made.printed}}))
            return *std::move(other);
        if (how == Entered::struck)
            TRY(registers::add_note(
                db,
                act,
                office.keys,
                *reg,
                {.entry = made.id,
                 .kind = "annulment",
                 .decision = decider.reason,
                 .content = decider.reason,
                 .fields = {}}
            ));
        registers::lay_down_lease(db, lease.id);
        const auto state = how == Entered::struck ? LineState::refused : LineState::accepted;
        if (!decide_line(db, kept.id, state, act, decider.reason)) return problem("offline.settled");
        return Done{};
    });
}

}  // namespace thien_an::offline

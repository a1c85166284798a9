#include "engine/casework/work.h"

#include "engine/casework/actions.h"
#include "engine/casework/casework.h"
#include "engine/casework/packs.h"
#include "engine/documents/blank_forms.h"
#include "engine/identity/agencies.h"
#include "engine/identity/posts.h"
#include "engine/notices/notices.h"
#include "engine/storage/incidents.h"
#include "engine/workflow/calendar.h"

namespace thien_an::casework {
namespace {

/// What the process asks of the dossier it belongs to, within one command.
class DossierHost final : public workflow::Host {
public:
    explicit DossierHost(Work& work) : work_(work) {}

    std::shared_ptr<const workflow::Process> process(std::int64_t definition) override
    {
        if (definition == work_.dossier.pack) return work_.procedure->process();
        const auto procedure = work_.office.packs.version(PackId{definition});
        return procedure ? procedure->process() : nullptr;
    }

    json::object names(storage::Reader& db, const workflow::Instance& instance, Instant now) override
    {
        const auto day = day_of(now);
        const auto procedure = procedure_of(instance);
        return {
            {"form", work_.form.form},
            {"dossier", dossier_facts(db, work_.dossier)},
            {"law",
             law_facts(*procedure, day_of(work_.dossier.received_on.value_or(work_.dossier.filed_on)))},
            {"today", iso(day)},
            {"posts", posts_of(db, work_.dossier.agency, day)}};
    }

    Result<json::object> run(storage::Writer&, const workflow::Call& call) override
    {
        return in_part(call, [&] { return work_.office.actions.run(work_, call); });
    }
    Result<Done> send(storage::Writer&, const workflow::Call& call) override
    {
        return in_part(call, [&] { return work_.office.actions.send(work_, call); });
    }
    /// The version in force now of the procedure it names, about the same dossier.
    Result<workflow::Start> called(storage::Writer&, const workflow::Call& call) override
    {
        const auto pack = work_.office.packs.in_force(call.action);
        const auto procedure = work_.office.packs.version(pack);
        if (!pack || !procedure || !procedure->process())
            return Problem{
                .code = "casework.no_such_part",
                .field = "",
                .law = "",
                .words = {{"procedure", call.action}}};
        return workflow::Start{
            .definition = pack.value,
            .owner = work_.dossier.id.value,
            .key = std::to_string(work_.dossier.id.value),
            .agency = work_.dossier.agency,
            .variables = {},
            .message = {}};
    }
    const workflow::Calendar& calendar(storage::Reader& db, identity::AgencyId agency, std::string_view use)
        override
    {
        return calendar_of(work_.office, db, agency, work_.today(), use);
    }
    Result<Done> rung(storage::Writer&, const workflow::FiredRung& fired) override
    {
        // The statutory clock has run out: everyone who looks at the timeline sees it once.
        if (!fired.task && fired.rung == "100%") work_.event("overdue");
        if (fired.task && fired.rung == "100%") wait_is_over(fired.node);
        return Done{};
    }
    Result<Done> stuck(storage::Writer& db, const workflow::Incident& incident) override
    {
        const auto name = work_.procedure->process()->node_name(incident.node).vi;
        const auto why = work_.office.words == nullptr
                             ? incident.problem.code
                             : work_.office.words->sentence(incident.problem, text::Language::vi);
        storage::incident_open(
            db,
            work_.office.ids,
            incident.at,
            {.kind = std::string(stuck_process),
             .aggregate_kind = "process",
             .aggregate_id = incident.id,
             .reason = work_.dossier.code + " · " + (name.empty() ? incident.node : name) + ": " + why}
        );
        return Done{};
    }
    /// Files it in the timeline; who did the last step looks at it.
    Result<std::vector<workflow::PostId>> late(storage::Writer&, const workflow::LateMessage& message)
        override
    {
        work_.event("message_late", {}, {{"name", message.name}});
        return message.last_posts;
    }
    bool same_person_allowed(storage::Reader&, identity::AgencyId, std::string_view, std::string_view)
        override
    {
        const auto* allowed = work_.office.settings.setting("one_stop.same_person_allowed", work_.today());
        return allowed != nullptr && allowed->is_bool() && allowed->get_bool();
    }

private:
    std::shared_ptr<const Procedure> procedure_of(const workflow::Instance& instance) const
    {
        if (!instance.parent) return work_.procedure;
        auto procedure = work_.office.packs.version(PackId{instance.definition});
        return procedure ? procedure : work_.procedure;
    }
    /// What a called process does, it does by its own procedure.
    template <typename Act>
    std::invoke_result_t<Act> in_part(const workflow::Call& call, Act act)
    {
        auto own = std::exchange(work_.procedure, procedure_of(call.instance));
        auto done = act();
        work_.procedure = std::move(own);
        return done;
    }

    /// Whoever was waited for has not answered in time: it stands in the timeline, and the leaders hear of it.
    void wait_is_over(const std::string& node)
    {
        for (const auto& wait : work_.procedure->waits()) {
            if (wait.step != node) continue;
            work_.event("step_overdue", {}, {{"task", node}});
            const auto posts = posts_of(work_.db, work_.dossier.agency, work_.today());
            for (const auto& kind : wait.tell)
                if (const auto* of_kind = posts.if_contains(kind)) tell_posts(work_, of_kind, "step_overdue");
        }
    }

    Work& work_;
};

/// Figures of the statistics, from one state to the next.
void count_change(Work& work, DossierState after)
{
    const auto add = [&](std::string_view what) {
        count(work.db, work.office.ids, work.dossier, work.today(), what);
    };
    switch (after) {
    case DossierState::result_ready:
        add(work.dossier.due && work.act.now > *work.dossier.due ? "late" : "on_time");
        return;
    case DossierState::handed_over: return add("finished");
    case DossierState::refused: return add("refused");
    case DossierState::withdrawn: return add("withdrawn");
    case DossierState::filed:
    case DossierState::received:  // Counted where it is received: a supplement comes back to it.
    case DossierState::awaiting_supplement:
    case DossierState::in_progress:
    case DossierState::awaiting_signature: return;
    }
    throw std::logic_error("DossierState outside its enumerators");
}

json::value due_column(const std::optional<Instant>& due)
{
    return due ? json::value(column(*due)) : json::value();
}

/// Brings the dossier to what the process says.
void take_over(Work& work, const workflow::Advanced& advanced)
{
    // A second answer to a call does nothing, and says nothing of the instance.
    if (!advanced.instance.id) return;
    // A called process has a clock and variables of its own.
    if (advanced.instance.parent) return;
    json::object set;
    const auto* told = advanced.variables.if_contains("state");
    const auto state = told != nullptr && told->is_string()
                           ? dossier_state_named(std::string_view(told->get_string()))
                           : std::nullopt;
    if (state && *state != work.dossier.state) {
        count_change(work, *state);
        set["state"] = name_of(*state);
        if (is_closed(*state)) set["closed_on"] = column(work.act.now);
    }
    // After a letter of apology the promised day stands, unless the clock of the law itself is later.
    const bool promised =
        work.dossier.apologies > 0 && work.dossier.due && advanced.due && *advanced.due < *work.dossier.due;
    if (!is_closed(state.value_or(work.dossier.state)) && advanced.due != work.dossier.due && !promised)
        set["due"] = due_column(advanced.due);
    if (set.empty()) return;
    const bool ready =
        state == DossierState::result_ready && work.dossier.state != DossierState::result_ready;
    work.event("state", std::move(set));
    if (ready) tell_applicant(work, "result_ready");
}

}  // namespace

void Work::event(std::string_view kind, json::object set, json::object words)
{
    json::object body;
    if (!set.empty()) body["set"] = std::move(set);
    if (!words.empty()) body["words"] = std::move(words);
    append_event(
        db,
        office.ids,
        dossier,
        {.dossier = dossier.id,
         .number = 0,
         .at = act.now,
         .kind = std::string(kind),
         .actor = act.actor,
         .body = std::move(body)}
    );
}

const workflow::Calendar& calendar_of(
    const Office& office, storage::Reader& db, identity::AgencyId agency, Day day, std::string_view use
)
{
    const auto found = identity::agency_on(db, agency, day);
    return office.settings.calendar(use, found ? std::string_view(found.value().key) : "");
}

Result<WorkPlan> plan_work(Office& office, DossierId id, Instant now)
{
    const auto dossier = TRY(office.database.read([&](storage::Reader& db) { return find_dossier(db, id); }));
    WorkPlan plan{
        .dossier = id, .instance = dossier.instance, .series = {}, .locks = {{"dossier", id.value}}};
    if (dossier.instance != 0) plan.locks.push_back({"process", dossier.instance});
    const auto procedure = office.packs.version(PackId{dossier.pack});
    if (procedure && !procedure->register_id().empty()) {
        const std::chrono::year_month_day date{day_of(now)};
        plan.series = registers::series_of(
            office.database, office.ids, procedure->register_id(), dossier.agency, int(date.year())
        );
        plan.locks.push_back(registers::lock_of(plan.series));
        // A note to an older entry goes into the chain of its own year.
        if (dossier.entry != 0) {
            const auto entry = office.database.read([&](storage::Reader& db) {
                return registers::series_of_entry(db, registers::EntryId{dossier.entry});
            });
            if (entry && entry != plan.series) plan.locks.push_back(registers::lock_of(entry));
        }
    }
    // What the process has called goes on with it.
    if (procedure && json::member(procedure->metadata(), "calls") != nullptr && dossier.instance != 0)
        for (const auto& called : office.database.read([&](storage::Reader& db) {
                 return workflow::called_by(db, {dossier.instance});
             }))
            plan.locks.push_back({"process", called.id.value});
    // A note on the entry the answers are about goes into the chain of that one.
    if (procedure && json::member(procedure->metadata(), "notes_on_original") != nullptr) {
        const auto original = office.database.read([&](storage::Reader& db) {
            const auto entry = json::integer_or(form_of(db, office.keys, id).facts, "original_entry");
            return entry == 0 ? registers::SeriesId{}
                              : registers::series_of_entry(db, registers::EntryId{entry});
        });
        const auto held = registers::lock_of(original);
        if (original && std::find(plan.locks.begin(), plan.locks.end(), held) == plan.locks.end())
            plan.locks.push_back(held);
    }
    // Papers are printed only when the decision is made: only then may a form of the stock be used.
    if (dossier.state == DossierState::awaiting_signature)
        plan.locks.push_back(documents::lock_of_blanks(dossier.agency));
    return plan;
}

storage::Locks locks_of(Office& office, DossierId dossier)
{
    auto plan = plan_work(office, dossier, office.clock.now());
    return plan ? std::move(plan.value().locks) : storage::Locks{};
}

Result<Work> open_work(Office& office, storage::Writer& db, const identity::Act& act, const WorkPlan& plan)
{
    auto dossier = TRY(find_dossier(db, plan.dossier));
    auto procedure = office.packs.version(PackId{dossier.pack});
    if (!procedure) throw std::logic_error("the version of a dossier's procedure is gone");
    auto form = form_of(db, office.keys, dossier.id);
    return Work{office, db, act, std::move(dossier), std::move(procedure), std::move(form), plan.series};
}

Result<workflow::Advanced> advance(Work& work, const Advance& step)
{
    DossierHost host(work);
    workflow::Engine engine(host, work.office.ids);
    work.engine = &engine;
    auto advanced = step(engine);
    work.engine = nullptr;
    if (!advanced) return advanced;
    take_over(work, advanced.value());
    return advanced;
}

Result<Done> answer_call(
    Office& office, storage::Writer& db, DossierId id, std::int64_t call, const json::object& out
)
{
    const identity::Act act{{.channel = "timer"}, office.clock.now(), office.ids};
    auto work = TRY(open_work(office, db, act, {.dossier = id}));
    if (is_closed(work.dossier.state)) return Done{};
    static_cast<void>(TRY(advance(work, [&](workflow::Engine& engine) {
        return engine.answer(db, act.actor, act.now, workflow::CallId{call}, out);
    })));
    return Done{};
}

namespace {

/// What a notice calls the procedure: nothing that tells of what a protected dossier is about.
std::string told_title(const Work& work)
{
    if (!work.procedure->is_protected()) return work.dossier.title;
    constexpr std::string_view plain = "casework.protected_procedure";
    return work.office.words == nullptr ? std::string(plain)
                                        : work.office.words->say(plain, text::Language::vi, {});
}

}  // namespace

void tell_applicant(Work& work, std::string_view what, std::vector<std::pair<std::string, std::string>> words)
{
    if (!work.office.notify) return;
    const auto applicant = applicant_of(work.db, work.office.keys, work.dossier);
    if (!work.dossier.applicant && applicant.phone.empty() && applicant.email.empty()) return;
    words.emplace_back("code", work.dossier.code);
    words.emplace_back("procedure", told_title(work));
    notices::Notice notice{
        .what = "dossier." + std::string(what), .to = work.dossier.applicant, .words = std::move(words)};
    notice.subject = "dossier";
    notice.subject_id = work.dossier.id.value;
    notice.path = "/ho-so/" + work.dossier.code;
    if (!work.dossier.applicant) notice.contact = applicant.phone.empty() ? applicant.email : applicant.phone;
    work.office.notify(work.db, work.act, notice);
}

void tell_posts(Work& work, const json::value* posts, std::string_view what)
{
    if (!work.office.notify || posts == nullptr || !posts->is_array()) return;
    for (const auto& post : posts->get_array()) {
        const auto id = parse_id(post.is_string() ? std::string_view(post.get_string()) : std::string_view());
        if (!id) continue;
        for (const auto& holding : identity::holders(work.db, identity::PostId{id.value()}, work.today())) {
            notices::Notice notice{
                .what = "dossier." + std::string(what),
                .to = holding.party,
                .words = {{"code", work.dossier.code}, {"procedure", told_title(work)}}};
            notice.subject = "dossier";
            notice.subject_id = work.dossier.id.value;
            notice.path = "/ban-lam-viec/ho-so/" + work.dossier.code;
            work.office.notify(work.db, work.act, notice);
        }
    }
}

Problem task_ended(storage::Reader& db, const workflow::Task& task)
{
    if (task.state != workflow::TaskState::completed)
        return {.code = "casework.task_withdrawn", .field = "", .law = ""};
    return {
        .code = "casework.task_done",
        .field = "",
        .law = "",
        .words = {
            {"who", identity::shown_as(db, task.done_by, task.done_as)},
            {"at", task.done ? shown(*task.done) : ""}}};
}

bool fee_is_due(storage::Reader& db, const Dossier& dossier)
{
    if (dossier.fee.amount == 0) return false;
    for (const auto& event : events_of(db, dossier.id))
        if (event.kind == "paid") return false;
    return true;
}

json::object law_facts(const Procedure& procedure, Day day)
{
    const auto supplement = procedure.supplement(day);
    const auto level = procedure.service_level(day);
    const auto connected = procedure.in_force("/personal_number/connected", day);
    return {
        {"supplement_verb", supplement && supplement->clock == "restart" ? "restart" : "resume"},
        {"original", procedure.original(day)},
        {"blank", procedure.blank(day)},
        {"personal_number_connected", !connected.empty() && json::bool_or(*connected.front(), "connected")},
        {"level", level ? level->level : ""},
        {"sign_register", level ? level->sign_register : ""}};
}

json::object posts_of(storage::Reader& db, identity::AgencyId agency, Day day)
{
    json::object out;
    for (const auto& kind : identity::post_kind_ids(db, day)) out[kind] = json::array{};
    for (const auto& post : identity::posts_of_agency(db, agency, day)) {
        auto& list = out[post.kind];
        if (!list.is_array()) list = json::array{};
        list.get_array().push_back(json::value(std::to_string(post.id.value)));
    }
    return out;
}

json::object dossier_facts(storage::Reader& db, const Dossier& dossier)
{
    const auto agency = identity::agency_on(db, dossier.agency, day_of(dossier.filed_on));
    return {
        {"id", std::to_string(dossier.id.value)},
        {"code", dossier.code},
        {"procedure", dossier.procedure},
        {"agency", agency ? agency.value().unit : ""},
        {"channel", dossier.channel},
        {"filed_on", iso(day_of(dossier.filed_on))},
        {"received_on",
         dossier.received_on ? json::value(iso(day_of(*dossier.received_on))) : json::value()}};
}

}  // namespace thien_an::casework

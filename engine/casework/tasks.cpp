#include "engine/base/vietnamese.h"
#include "engine/casework/called_parts.h"
#include "engine/casework/casework.h"
#include "engine/casework/filing.h"
#include "engine/casework/journal.h"
#include "engine/casework/packs.h"
#include "engine/crypto/hash.h"
#include "engine/identity/audit.h"
#include "engine/identity/permissions.h"
#include "engine/identity/posts.h"
#include "engine/storage/idempotency.h"
#include "engine/workflow/process.h"

namespace thien_an::casework {
namespace {

Problem problem(std::string code) { return {.code = std::move(code), .field = "", .law = ""}; }

/// The engine's word for what went wrong, as the desk knows it: who has done or taken the task, by name.
Problem in_our_words(storage::Reader& db, Problem fault, const workflow::Task& task)
{
    static const std::map<std::string, std::string, std::less<>> ours{
        {"workflow.task_done", "casework.task_done"},
        {"workflow.task_withdrawn", "casework.task_withdrawn"},
        {"workflow.task_taken", "casework.task_taken"},
        {"workflow.not_candidate", "identity.not_permitted"},
        {"workflow.no_such_outcome", "casework.no_such_outcome"},
        {"workflow.reason_missing", "casework.reason_required"},
        {"workflow.same_person", "identity.same_person"},
        {"workflow.no_such_task", "casework.no_such_task"}};
    const auto found = ours.find(fault.code);
    if (found == ours.end()) return fault;
    fault.code = found->second;
    if (fault.code == "casework.reason_required") fault.field = "/reason";
    if (fault.code == "casework.task_done") return task_ended(db, task);
    if (fault.code == "casework.task_taken")
        fault.words = {{"who", identity::shown_as(db, task.claimed_by, task.assignee)}};
    return fault;
}

/// The task, for someone who may see it: a post that may do it, or a right over its agency.
Result<workflow::Task> visible_task(storage::Reader& db, const Actor& actor, TaskId id, Day today)
{
    const auto task = workflow::find_task(db, id);
    if (!task) return problem("casework.no_such_task");
    const auto& candidates = task.value().candidates;
    const auto is_candidate = [&](identity::PostId post) {
        return post && std::find(candidates.begin(), candidates.end(), post) != candidates.end();
    };
    const bool assigned = actor.post && task.value().assignee == actor.post;
    if (is_candidate(actor.post) || is_candidate(actor.for_post) || assigned) return task;
    if (identity::may(db, actor, "dossiers.read", task.value().agency, today)) return task;
    return problem("casework.no_such_task");
}

/// The task in words: its step, and which of the open ones there it is.
json::object named(storage::Reader& db, const Dossier& dossier, const workflow::Task& task)
{
    std::int64_t place = 0;
    for (const auto& open : workflow::open_tasks(db, task.instance)) {
        if (open.id == task.id) break;
        if (open.node == task.node) ++place;
    }
    return {{"dossier", dossier.code}, {"task", task.node}, {"place", place}};
}

struct PreparedTask {
    workflow::Task task;
    WorkPlan plan;
    std::vector<Problem> problems;
    json::value form;
};

/// Rules of the step, and its form: what can be said before the transaction.
Result<PreparedTask> prepare_task(
    Office& office, const Actor& actor, TaskId id, const Completion& completion, Instant now
)
{
    PreparedTask out;
    const auto day = day_of(now);
    out.task =
        TRY(office.database.read([&](storage::Reader& db) { return visible_task(db, actor, id, day); }));
    TRY(follow_version(office, DossierId{out.task.owner}));
    out.task = TRY(office.database.read([&](storage::Reader& db) { return task_now(db, out.task); }));
    out.plan = TRY(plan_work(office, DossierId{out.task.owner}, now));
    return office.database.read([&](storage::Reader& db) -> Result<PreparedTask> {
        const auto dossier = TRY(find_dossier(db, out.plan.dossier));
        const auto procedure = procedure_of(office, db, dossier, out.task.instance);
        if (!procedure) throw std::logic_error("the version of a dossier's procedure is gone");
        auto context = form_context(office, *procedure, day);
        const auto answers = form_of(db, office.keys, dossier.id);
        const auto agency = TRY(identity::agency_on(db, dossier.agency, day));
        out.form = completion.form.is_object() ? completion.form : json::value(json::object{});
        RuleInput input{
            .db = db,
            .keys = office.keys,
            .packs = office.packs,
            .codes = office.codes,
            .form = answers.form,
            .procedure = procedure->metadata(),
            .agency = agency,
            .today = day,
            .dossier = dossier.id.value,
            .task = out.task.node,
            .outcome = completion.outcome,
            .task_form = out.form};
        auto answer = ask_rules(office, *procedure, out.task.node, input);
        // Refusing or asking for more needs neither the form of going on nor what the rules want for it.
        const auto outcomes = procedure->process()->outcomes(out.task.node);
        const bool main = !outcomes.empty() && outcomes.front().name == completion.outcome;
        if (main) out.problems = std::move(answer.problems);
        if (const auto* form = procedure->task_form(out.task.form)) {
            json::array warnings;
            for (const auto& warning : answer.warnings)
                warnings.push_back(json::object{{"code", warning.code}});
            context.extra.as_object()["warnings"] = std::move(warnings);
            out.form = form->tidied(out.form, context);
            const auto errors = form->check("", out.form, context, office.codes);
            if (main && !errors.empty())
                out.problems.insert(
                    out.problems.begin(),
                    {.code = "form." + errors.front().code,
                     .field = errors.front().pointer,
                     .law = "",
                     .words = {{"error", errors.front().code}}}
                );
        }
        return out;
    });
}

Result<Completed> finish_task(
    Office& office,
    storage::Writer& db,
    const identity::Act& act,
    const PreparedTask& prepared,
    const Completion& completion
)
{
    auto work = TRY(open_work(office, db, act, prepared.plan));
    if (completion.seen && *completion.seen != work.dossier.number_of_events)
        return problem("casework.changed_meanwhile");
    TRY(begin_command(office, db, act, work.dossier.agency));
    const auto& node = prepared.task.node;
    auto subject = named(db, work.dossier, prepared.task);
    work.event(
        "task_completed", {}, {{"task", node}, {"outcome", completion.outcome}, {"reason", completion.reason}}
    );
    auto advanced = advance(work, [&](workflow::Engine& engine) {
        return engine.complete(
            db,
            act.actor,
            act.now,
            prepared.task.id,
            {.outcome = completion.outcome,
             .variables = {},
             .form = prepared.form,
             .reason = completion.reason}
        );
    });
    if (!advanced)
        return in_our_words(db, advanced.problem(), TRY(workflow::find_task(db, prepared.task.id)));
    static_cast<void>(TRY(complete_entry(work, node, prepared.form)));
    identity::audit(
        db,
        act,
        {.what = "dossier." + node,
         .subject = "dossier",
         .subject_id = work.dossier.id.value,
         .about = work.dossier.applicant,
         .agency = work.dossier.agency,
         .reason = completion.reason,
         .detail = {{"outcome", completion.outcome}}}
    );
    Completed completed{work.dossier.id, work.dossier.state, work.dossier.due, {}};
    for (const auto& task : tasks_of(db, work.dossier)) completed.next.push_back(task.id);
    TRY(end_command(
        work,
        {.kind = "complete",
         .subject = std::move(subject),
         .content = {{"outcome", completion.outcome}, {"form", prepared.form}, {"reason", completion.reason}}}
    ));
    return completed;
}

std::string answer_text(const Completed& completed)
{
    json::array next;
    for (const auto task : completed.next) next.push_back(json::value(task.value));
    return json::text_of(json::object{
        {"dossier", completed.dossier.value},
        {"state", name_of(completed.state)},
        {"due", completed.due ? json::value(column(*completed.due)) : json::value()},
        {"next", std::move(next)}});
}

Completed completed_from(std::string_view text)
{
    const auto v = json::parse(text).value();
    Completed out{
        {json::integer_or(v, "dossier")}, *dossier_state_named(json::string_or(v, "state")), {}, {}};
    if (const auto* due = json::member(v, "due"); due != nullptr && due->is_int64())
        out.due = instant_from(due->get_int64());
    for (const auto& task : v.at("next").as_array()) out.next.push_back(TaskId{task.as_int64()});
    return out;
}

Bytes hash_of(const json::value& content)
{
    const auto hash = crypto::sha256(json::canonical(content));
    return {hash.begin(), hash.end()};
}

/// What the same key and content came to the first time; nothing when they are new.
Result<std::optional<Completed>> completed_before(
    Office& office, const Once& once, const json::value& content
)
{
    if (once.key.empty()) return std::optional<Completed>{};
    const auto kept =
        TRY(storage::answered(office.database, {once.client, once.route, once.key, hash_of(content)}));
    return kept ? std::optional(completed_from(kept->answer)) : std::nullopt;
}

/// One transaction under the plan's locks, at most once when a key is given.
Result<Completed> write_once(
    Office& office,
    const storage::Locks& locks,
    const Once& once,
    const json::value& content,
    Instant now,
    const std::function<Result<Completed>(storage::Writer&)>& command
)
{
    if (once.key.empty()) return office.database.write(locks, command);
    const auto kept = TRY(storage::once(
        office.database,
        locks,
        {once.client, once.route, once.key, hash_of(content)},
        now,
        [&](storage::Writer& db) -> Result<storage::KeptAnswer> {
            return storage::KeptAnswer{200, answer_text(TRY(command(db))), ""};
        }
    ));
    return completed_from(kept.answer);
}

}  // namespace

Result<Completed> complete_task(
    Office& office, const Actor& actor, TaskId task, const Completion& completion, const Once& once
)
{
    const identity::Act act{actor, office.clock.now(), office.ids};
    const json::value content = {
        {"task", task.value},
        {"outcome", completion.outcome},
        {"form", completion.form},
        {"reason", completion.reason}};
    if (const auto before = TRY(completed_before(office, once, content))) return *before;
    const auto prepared = TRY(prepare_task(office, actor, task, completion, act.now));
    const bool open = prepared.task.state == workflow::TaskState::open;
    if (open && !prepared.problems.empty()) return prepared.problems.front();
    return write_once(office, prepared.plan.locks, once, content, act.now, [&](storage::Writer& db) {
        return finish_task(office, db, act, prepared, completion);
    });
}

namespace {

using TaskChange =
    std::function<Result<workflow::Task>(workflow::Engine&, storage::Writer&, const identity::Act&)>;

Result<Done> change_task(
    Office& office,
    const Actor& actor,
    TaskId id,
    std::string_view event,
    json::object words,
    const TaskChange& change
)
{
    const identity::Act act{actor, office.clock.now(), office.ids};
    const auto task = TRY(office.database.read([&](storage::Reader& db) {
        return visible_task(db, actor, id, act.today());
    }));
    const auto plan = TRY(plan_work(office, DossierId{task.owner}, act.now));
    return office.database.write(plan.locks, [&](storage::Writer& db) -> Result<Done> {
        auto work = TRY(open_work(office, db, act, plan));
        TRY(begin_command(office, db, act, work.dossier.agency));
        auto subject = named(db, work.dossier, task);
        std::optional<Problem> fault;
        static_cast<void>(advance(work, [&](workflow::Engine& engine) -> Result<workflow::Advanced> {
            const auto changed = change(engine, db, act);
            if (!changed) fault = changed.problem();
            return problem("casework.nothing_advanced");
        }));
        if (fault) return in_our_words(db, *fault, TRY(workflow::find_task(db, id)));
        words["task"] = task.node;
        work.event(event, {}, words);
        identity::audit(
            db,
            act,
            {.what = "task." + std::string(event),
             .subject = "dossier",
             .subject_id = work.dossier.id.value,
             .about = work.dossier.applicant,
             .agency = work.dossier.agency,
             .reason = "",
             .detail = {{"task", task.node}}}
        );
        return end_command(work, {.kind = event, .subject = std::move(subject), .content = words});
    });
}

}  // namespace

Result<Done> claim_task(Office& office, const Actor& actor, TaskId task)
{
    return change_task(
        office,
        actor,
        task,
        "claimed",
        {},
        [&](workflow::Engine& engine, storage::Writer& db, const identity::Act& act) {
            return engine.claim(db, act.actor, act.now, task);
        }
    );
}

Result<Done> release_task(Office& office, const Actor& actor, TaskId task)
{
    return change_task(
        office,
        actor,
        task,
        "released",
        {},
        [&](workflow::Engine& engine, storage::Writer& db, const identity::Act& act) {
            return engine.unclaim(db, act.actor, act.now, task);
        }
    );
}

Result<Done> reassign_task(
    Office& office, const Actor& actor, TaskId task, identity::PostId to, std::string_view reason
)
{
    if (folded(reason).empty())
        return Problem{.code = "casework.reason_required", .field = "/reason", .law = ""};
    const auto day = day_of(office.clock.now());
    static_cast<void>(TRY(office.database.read([&](storage::Reader& db) -> Result<Done> {
        const auto found = TRY(visible_task(db, actor, task, day));
        static_cast<void>(TRY(identity::require(db, actor, "dossiers.reassign", found.agency, day)));
        if (TRY(identity::find_post(db, to)).agency != found.agency)
            return problem("casework.post_of_other_agency");
        return Done{};
    })));
    return change_task(
        office,
        actor,
        task,
        "reassigned",
        {{"to", std::to_string(to.value)}, {"reason", reason}},
        [&](workflow::Engine& engine, storage::Writer& db, const identity::Act& act) {
            return engine.reassign(db, act.actor, act.now, task, to, reason);
        }
    );
}

// --- the citizen's acts ---------------------------------------------------------------------------------------------

namespace {

/// The dossier, for its applicant or for a desk that may act for him.
Result<Dossier> dossier_of_citizen(
    storage::Reader& db, const Actor& actor, DossierId id, std::string_view desk_permission, Day today
)
{
    auto dossier = TRY(find_dossier(db, id));
    if (actor.party && !actor.post && actor.party == dossier.applicant) return dossier;
    if (actor.post && identity::may(db, actor, desk_permission, dossier.agency, today)) return dossier;
    return problem("casework.no_such_dossier");
}

Result<Done> add_papers(
    Work& work, const std::vector<FiledFile>& files, std::string_view origin, std::string_view note
)
{
    for (const auto& file : files) {
        const auto stored = TRY(storage::find_file(work.db, file.file));
        StoredPaper paper;
        paper.id = work.office.ids.next_as<DossierPaperTag>();
        paper.dossier = work.dossier.id;
        paper.paper = file.paper;
        paper.version = next_paper_version(work.db, work.dossier.id, file.paper);
        paper.file = file.file;
        paper.name = file.name.empty() ? stored.name : storage::clean_file_name(file.name);
        paper.media_type = std::string(storage::media_type(stored.blob.kind));
        paper.bytes = stored.blob.size;
        paper.sha256 = stored.blob.sha256;
        paper.origin = std::string(origin);
        paper.note = std::string(note);
        paper.at = work.act.now;
        insert_paper(work.db, paper);
    }
    return Done{};
}

void audit_dossier(Work& work, std::string what, std::string_view reason)
{
    identity::audit(
        work.db,
        work.act,
        {.what = std::move(what),
         .subject = "dossier",
         .subject_id = work.dossier.id.value,
         .about = work.dossier.applicant,
         .agency = work.dossier.agency,
         .reason = std::string(reason)}
    );
}

/// Sends a message to the process of the dossier.
Result<Completed> correlated(Work& work, std::string_view message, std::string_view reason)
{
    const auto told = TRY(advance(work, [&](workflow::Engine& engine) {
        return engine.correlate(
            work.db,
            work.act.actor,
            work.act.now,
            workflow::InstanceId{work.dossier.instance},
            {.name = std::string(message),
             .key = std::to_string(work.dossier.id.value),
             .id = std::to_string(work.office.ids.next()),
             .variables = {},
             .reason = std::string(reason)}
        );
    }));
    // A person asked for it: he hears that nobody waits for it, and nothing is filed.
    if (told.late) return problem("workflow.nobody_waits");
    Completed completed{work.dossier.id, work.dossier.state, work.dossier.due, {}};
    for (const auto& task : tasks_of(work.db, work.dossier)) completed.next.push_back(task.id);
    return completed;
}

}  // namespace

Result<Completed> answer_supplement(
    Office& office,
    const Actor& actor,
    DossierId id,
    const std::vector<FiledFile>& files,
    std::string_view message,
    const Once& once
)
{
    const identity::Act act{actor, office.clock.now(), office.ids};
    const auto plan = TRY(plan_work(office, id, act.now));
    // By content: a form sent twice brings its files twice.
    json::array content_files;
    TRY(office.database.read([&](storage::Reader& db) -> Result<Done> {
        for (const auto& file : files) {
            const auto stored = TRY(storage::find_file(db, file.file));
            content_files.push_back({{"paper", file.paper}, {"sha256", stored.blob.sha256}});
        }
        return Done{};
    }));
    const json::value content = {{"dossier", id.value}, {"files", content_files}, {"message", message}};
    return write_once(
        office,
        plan.locks,
        once,
        content,
        act.now,
        [&](storage::Writer& db) -> Result<Completed> {
            static_cast<void>(TRY(dossier_of_citizen(db, actor, id, "dossiers.receive", act.today())));
            auto work = TRY(open_work(office, db, act, plan));
            TRY(begin_command(office, db, act, work.dossier.agency));
            if (!allowed_acts(work.dossier, act.today()).answer_supplement)
                return problem("casework.no_supplement_asked");
            static_cast<void>(TRY(add_papers(work, files, actor.post ? "desk" : "applicant", message)));
            work.event("supplement_answered", {}, {{"files", std::int64_t(files.size())}});
            audit_dossier(work, "dossier.answer_supplement", "");
            auto completed = TRY(correlated(work, "supplement_received", ""));
            TRY(end_command(
                work,
                {.kind = "answer_supplement",
                 .subject = {{"dossier", work.dossier.code}},
                 .content = {{"files", content_files}, {"message", message}}}
            ));
            return completed;
        }
    );
}

Result<Completed> withdraw(
    Office& office, const Actor& actor, DossierId id, std::string_view reason, const Once& once
)
{
    const identity::Act act{actor, office.clock.now(), office.ids};
    const auto plan = TRY(plan_work(office, id, act.now));
    const json::value content = {{"dossier", id.value}, {"withdraw", reason}};
    return write_once(
        office,
        plan.locks,
        once,
        content,
        act.now,
        [&](storage::Writer& db) -> Result<Completed> {
            static_cast<void>(TRY(dossier_of_citizen(db, actor, id, "dossiers.receive", act.today())));
            auto work = TRY(open_work(office, db, act, plan));
            if (!allowed_acts(work.dossier, act.today()).withdraw) return problem("casework.already_closed");
            TRY(begin_command(office, db, act, work.dossier.agency));
            audit_dossier(work, "dossier.withdraw", reason);
            auto completed = TRY(correlated(work, "withdrawn", reason));
            TRY(end_command(
                work,
                {.kind = "withdraw",
                 .subject = {{"dossier", work.dossier.code}},
                 .content = {{"reason", reason}}}
            ));
            return completed;
        }
    );
}

namespace {

/// A change of the dossier that does not move the process.
template <typename Change>
Result<Done> change_dossier(Office& office, const Actor& actor, DossierId id, Change change)
{
    const identity::Act act{actor, office.clock.now(), office.ids};
    const auto plan = TRY(plan_work(office, id, act.now));
    return office.database.write(plan.locks, [&](storage::Writer& db) -> Result<Done> {
        auto work = TRY(open_work(office, db, act, plan));
        TRY(begin_command(office, db, act, work.dossier.agency));
        return change(work);
    });
}

/// Written down once it is done.
Result<Done> journaled(Work& work, std::string_view kind, json::object content)
{
    return end_command(
        work, {.kind = kind, .subject = {{"dossier", work.dossier.code}}, .content = std::move(content)}
    );
}

/// Problem "casework.no_such_dossier" when the actor has no such right on the dossier's agency.
Result<Done> needs_right(Work& work, std::string_view permission)
{
    if (identity::may(work.db, work.act.actor, permission, work.dossier.agency, work.today())) return Done{};
    if (identity::may(work.db, work.act.actor, "dossiers.read", work.dossier.agency, work.today()))
        return identity::require(work.db, work.act.actor, permission, work.dossier.agency, work.today());
    return problem("casework.no_such_dossier");
}

}  // namespace

Result<Done> rate(Office& office, const Actor& actor, DossierId id, int stars, std::string_view comment)
{
    if (stars < 1 || stars > 5) return Problem{.code = "casework.bad_rating", .field = "/stars", .law = ""};
    TRY(only_at_the_centre(office));
    constexpr std::size_t comment_bytes_max = 4000;
    return change_dossier(office, actor, id, [&](Work& work) -> Result<Done> {
        if (!actor.party || actor.post || actor.party != work.dossier.applicant)
            return problem("casework.no_such_dossier");
        if (work.dossier.state != DossierState::handed_over) return problem("casework.not_finished");
        if (work.dossier.rating != 0) return problem("casework.already_rated");
        const auto* days = office.settings.setting("one_stop.rating_open_days", work.today());
        const auto open_days =
            std::chrono::days{days != nullptr && days->is_int64() ? days->get_int64() : 30};
        if (work.act.now > *work.dossier.closed_on + open_days) return problem("casework.rating_closed");
        const std::string kept(comment.substr(0, comment_bytes_max));
        work.event("rated", {{"rating", stars}}, {{"stars", stars}, {"comment", is_utf8(kept) ? kept : ""}});
        audit_dossier(work, "dossier.rate", "");
        return Done{};
    });
}

Result<Done> apologise(Office& office, const Actor& actor, DossierId id, Day new_due, std::string_view reason)
{
    if (folded(reason).empty())
        return Problem{.code = "casework.reason_required", .field = "/reason", .law = ""};
    return change_dossier(office, actor, id, [&](Work& work) -> Result<Done> {
        static_cast<void>(TRY(needs_right(work, "dossiers.reassign")));
        if (!allowed_acts(work.dossier, work.today()).apologise) return problem("casework.not_late");
        const auto rows = work.procedure->in_force("apology", work.today());
        const auto most = rows.empty() ? 1 : json::integer_or(*rows.front(), "extensions_max", 1);
        if (work.dossier.apologies >= most) return problem("casework.apology_limit");
        const auto& calendar = calendar_of(office, work.db, work.dossier.agency, work.today(), "counted");
        if (new_due <= work.today() || !calendar.works(new_due))
            return Problem{.code = "casework.bad_new_day", .field = "/new_due", .law = ""};
        const auto due = at(new_due, calendar.hours(new_due).back().to);
        const auto was = *work.dossier.due;
        work.event(
            "apologised",
            {{"due", column(due)}, {"apologies", work.dossier.apologies + 1}},
            {{"reason", reason}, {"due", shown(due)}, {"due_at", column(due)}, {"was_at", column(was)}}
        );
        if (work.procedure->paper("apology") != nullptr)
            static_cast<void>(TRY(order_paper(work, "apology", reason, nullptr)));
        tell_applicant(work, "apology", {{"due", shown(due)}, {"reason", std::string(reason)}});
        audit_dossier(work, "dossier.apologise", reason);
        return journaled(work, "apologise", {{"new_due", iso(new_due)}, {"reason", reason}});
    });
}

Result<PaperId> attach_paper(
    Office& office, const Actor& actor, DossierId id, const FiledFile& file, std::string_view note
)
{
    PaperId made;
    static_cast<void>(TRY(change_dossier(office, actor, id, [&](Work& work) -> Result<Done> {
        static_cast<void>(TRY(needs_right(work, "dossiers.receive")));
        static_cast<void>(TRY(add_papers(work, {file}, "desk", note)));
        made = papers_of(work.db, work.dossier.id).back().id;
        work.event("paper_attached", {}, {{"paper", file.paper}});
        audit_dossier(work, "dossier.attach", "");
        const auto stored = TRY(storage::find_file(work.db, file.file));
        return journaled(
            work,
            "attach",
            {{"files",
              json::array{
                  json::object{{"paper", file.paper}, {"sha256", stored.blob.sha256}, {"name", file.name}}}},
             {"note", note}}
        );
    })));
    return made;
}

Result<Done> add_note(Office& office, const Actor& actor, DossierId id, std::string_view text)
{
    constexpr std::size_t bytes_max = 8000;
    if (folded(text).empty() || text.size() > bytes_max || !is_utf8(text))
        return Problem{.code = "casework.bad_note", .field = "/text", .law = ""};
    return change_dossier(office, actor, id, [&](Work& work) -> Result<Done> {
        static_cast<void>(TRY(needs_right(work, "dossiers.read")));
        work.event("noted", {}, {{"text", text}});
        audit_dossier(work, "dossier.note", "");
        return journaled(work, "note", {{"text", text}});
    });
}

Result<Done> confirm_entry(Office& office, const Actor& actor, DossierId id)
{
    TRY(only_at_the_centre(office));
    return change_dossier(office, actor, id, [&](Work& work) -> Result<Done> {
        if (!actor.party || actor.party != work.dossier.applicant) return problem("casework.no_such_dossier");
        if (work.dossier.entry == 0) return problem("casework.no_entry_yet");
        if (!allowed_acts(work.dossier, work.today()).confirm_entry)
            return problem("casework.already_closed");
        const auto level = work.procedure->service_level(work.today());
        if (!level || level->sign_register != "by_code") return problem("casework.signed_at_the_desk");
        for (const auto& event : events_of(work.db, work.dossier.id))
            if (event.kind == "entry_confirmed") return problem("casework.entry_confirmed");
        static_cast<void>(TRY(complete_entry(work, "hand_over", json::object{{"register_signed", "by_code"}}))
        );
        work.event("entry_confirmed");
        audit_dossier(work, "dossier.confirm_entry", "");
        return Done{};
    });
}

Result<Done> take_payment(Office& office, const Actor& actor, DossierId id, std::string_view receipt_number)
{
    return change_dossier(office, actor, id, [&](Work& work) -> Result<Done> {
        static_cast<void>(TRY(needs_right(work, "payments.take")));
        if (!fee_is_due(work.db, work.dossier)) return problem("payments.nothing_due");
        work.event("paid", {}, {{"amount", shown(work.dossier.fee)}, {"receipt", receipt_number}});
        audit_dossier(work, "payments.take", "");
        return journaled(work, "pay", {{"receipt", receipt_number}});
    });
}

}  // namespace thien_an::casework

#include "engine/casework/reading.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include "engine/base/vietnamese.h"
#include "engine/casework/dossier_list_store.h"
#include "engine/casework/packs.h"
#include "engine/casework/reading_parts.h"
#include "engine/casework/work.h"
#include "engine/identity/audit.h"
#include "engine/identity/parties.h"
#include "engine/identity/permissions.h"
#include "engine/identity/posts.h"
#include "engine/text/catalogue.h"
#include "engine/workflow/process.h"

namespace thien_an::casework {
namespace {

Problem problem(std::string code) { return {.code = std::move(code), .field = "", .law = ""}; }

/// What the applicant gets of the papers the office makes: the last version of each, and the result only when it is
/// ready. Between two signatures it is nobody's paper yet. What was held already may be another person's: officers read it.
void only_final(std::vector<PaperRow>& papers, DossierState state)
{
    const bool ready = state == DossierState::result_ready || state == DossierState::handed_over;
    const auto all = papers;
    std::erase_if(papers, [&](const PaperRow& row) {
        if (row.origin == "held") return true;
        if (row.origin != "made") return false;
        if (row.paper == "certificate" && !ready) return true;
        return std::any_of(all.begin(), all.end(), [&](const PaperRow& other) {
            return other.paper == row.paper && other.version > row.version;
        });
    });
}

/// Rows of lists: what a row needs beside its dossier is asked once for all of them.
class RowWriter {
public:
    RowWriter(Office& office, storage::Reader& db, Instant now) : office_(office), db_(db), now_(now) {}

    DossierRow row_of(const Dossier& d, const workflow::OpenStep* step)
    {
        DossierRow row;
        row.id = d.id;
        row.code = d.code;
        row.title = d.title;
        row.subject = d.subject;
        row.applicant = d.applicant_name;
        row.state = d.state;
        row.filed_on = d.filed_on;
        row.due = next_deadline(d);
        if (const auto& until = row.due) {
            row.late = now_ > *until;
            row.minutes_left = minutes_left(*until);
        }
        if (step == nullptr) return row;
        row.task = step->task;
        row.step_due = step->due;
        if (step->assignee) row.holder = holder(step->claimed_by, step->assignee);
        if (const auto* process = process_of(d.pack)) row.step = words_of(process->node_name(step->node));
        return row;
    }

private:
    std::int64_t minutes_left(Instant until)
    {
        const auto [known, fresh] = minutes_.try_emplace(until);
        if (fresh) known->second = minutes_until(office_, now_, until);
        return known->second;
    }
    const std::string& holder(identity::PartyId party, identity::PostId post)
    {
        const auto [known, fresh] = holders_.try_emplace({party, post});
        if (fresh) known->second = identity::shown_as(db_, party, post);
        return known->second;
    }
    const workflow::Process* process_of(std::int64_t pack)
    {
        const auto [known, fresh] = procedures_.try_emplace(pack);
        if (fresh) known->second = office_.packs.version(PackId{pack});
        return known->second ? known->second->process().get() : nullptr;
    }

    Office& office_;
    storage::Reader& db_;
    Instant now_;
    std::map<Instant, std::int64_t> minutes_;
    std::map<std::pair<identity::PartyId, identity::PostId>, std::string> holders_;
    std::map<std::int64_t, std::shared_ptr<const Procedure>> procedures_;  ///< Shared with other requests.
};

std::vector<DossierRow> rows_of(
    Office& office, storage::Reader& db, const std::vector<Dossier>& dossiers, Instant now
)
{
    std::vector<workflow::InstanceId> instances;
    for (const auto& d : dossiers)
        if (d.instance != 0 && !is_closed(d.state)) instances.push_back({d.instance});
    std::map<std::int64_t, workflow::OpenStep> steps;
    for (auto& step : workflow::open_steps(db, instances))
        steps.emplace(step.instance.value, std::move(step));
    RowWriter writer(office, db, now);
    std::vector<DossierRow> rows;
    for (const auto& d : dossiers) {
        const auto step = steps.find(d.instance);
        rows.push_back(writer.row_of(d, step == steps.end() ? nullptr : &step->second));
    }
    return rows;
}

std::vector<identity::PostId> posts_of_actor(const Actor& actor)
{
    std::vector<identity::PostId> posts;
    if (actor.post) posts.push_back(actor.post);
    if (actor.for_post) posts.push_back(actor.for_post);
    return posts;
}

/// The lane of an open dossier.
std::string_view lane_of(const Dossier& d, Instant now)
{
    if (d.state == DossierState::awaiting_supplement) return "waiting";
    const auto due = next_deadline(d);
    if (!due) return "later";
    if (*due < now) return "late";
    return day_of(*due) <= day_of(now) ? "today" : "later";
}

bool fits(const Dossier& d, const workflow::Task& task, const QueueFilter& filter, Instant now)
{
    if (!filter.procedure.empty() && d.procedure != filter.procedure) return false;
    if (!filter.state.empty() && name_of(d.state) != filter.state) return false;
    if (!filter.step.empty() && task.node != filter.step) return false;
    if (filter.late && !(d.due && now > *d.due)) return false;
    return filter.lane.empty() || lane_of(d, now) == filter.lane;
}

bool has_words(const Dossier& d, std::string_view words)
{
    const auto all = folded(d.code + " " + d.applicant_name + " " + d.subject);
    auto plain = folded(words);
    for (std::string_view rest = plain; !rest.empty();) {
        const auto word = rest.substr(0, rest.find(' '));
        if (all.find(word) == std::string::npos) return false;
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    }
    return true;
}

std::optional<std::pair<std::int64_t, TaskId>> task_cursor(std::string_view text)
{
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto key = parse_id(text.substr(0, dot));
    const auto id = parse_id(text.substr(dot + 1));
    if (!key || !id) return std::nullopt;
    return std::pair{key.value(), TaskId{id.value()}};
}

std::string cursor_of(const workflow::Task& task)
{
    return std::to_string(workflow::sort_key(task)) + "." + std::to_string(task.id.value);
}

workflow::OpenStep step_of(const workflow::Task& task)
{
    return {
        .task = task.id,
        .instance = task.instance,
        .node = task.node,
        .assignee = task.assignee,
        .claimed_by = task.claimed_by,
        .due = task.due};
}

/// The dossiers of the tasks, by id.
std::map<std::int64_t, Dossier> owners_of(storage::Reader& db, const std::vector<workflow::Task>& tasks)
{
    std::vector<DossierId> ids;
    for (const auto& task : tasks) ids.push_back({task.owner});
    std::map<std::int64_t, Dossier> owners;
    for (auto& dossier : find_dossiers(db, ids)) owners.emplace(dossier.id.value, std::move(dossier));
    return owners;
}

/// Tasks the actor's posts may do, the soonest deadline first; looked through until the page is full.
void fill_mine(
    Office& office,
    storage::Reader& db,
    const Actor& actor,
    const QueueFilter& filter,
    Instant now,
    Queue& queue
)
{
    const auto posts = posts_of_actor(actor);
    if (posts.empty()) return;
    workflow::TaskQuery query{.posts = posts, .limit = filter.limit + 1, .after = task_cursor(filter.cursor)};
    constexpr int rounds_max = 20;
    RowWriter writer(office, db, now);
    for (int round = 0; round < rounds_max; ++round) {
        const auto tasks = workflow::tasks(db, query);
        const auto dossiers = owners_of(db, tasks);
        for (const auto& task : tasks) {
            if (int(queue.rows.size()) == filter.limit) return;
            query.after = {workflow::sort_key(task), task.id};
            const auto dossier = dossiers.find(task.owner);
            if (dossier == dossiers.end() || !fits(dossier->second, task, filter, now) ||
                !has_words(dossier->second, filter.words))
                continue;
            const auto step = step_of(task);
            queue.rows.push_back(writer.row_of(dossier->second, &step));
            queue.next = cursor_of(task);
        }
        if (int(tasks.size()) < query.limit) {
            queue.next.clear();
            return;
        }
    }
}

ListQuery list_query(const QueueFilter& filter, Instant now)
{
    ListQuery query;
    query.open_only = filter.state.empty();
    query.procedure = filter.procedure;
    query.state = dossier_state_named(filter.state);
    query.words = filter.words;
    query.lane = filter.late ? "late" : filter.lane;
    query.now = now;
    query.cursor = filter.cursor;
    query.limit = filter.limit;
    return query;
}

void count_lanes(storage::Reader& db, const Actor& actor, const QueueFilter& filter, Instant now, Queue& out)
{
    const auto posts = posts_of_actor(actor);
    const auto open = count_open_lanes(db, actor, now);
    out.agency = open.all;
    out.mine = workflow::count_tasks(db, posts, counted_max);
    if (filter.which != "mine") {
        out.late = open.late;
        out.due_today = open.due_today;
        out.later = open.later;
        out.waiting = open.waiting;
        return;
    }
    const auto own = count_lanes_of(db, workflow::owners_of_tasks(db, posts, counted_max), now);
    out.late = own.late;
    out.due_today = own.due_today;
    out.later = own.later;
    out.waiting = own.waiting;
}

}  // namespace

Queue queue(Office& office, const Actor& actor, const QueueFilter& asked)
{
    auto filter = asked;
    constexpr int limit_max = 200;
    filter.limit = std::clamp(filter.limit, 1, limit_max);
    const auto now = office.clock.now();
    const auto today = day_of(now);
    return office.database.read([&](storage::Reader& db) {
        Queue out;
        if (filter.which == "mine") {
            fill_mine(office, db, actor, filter, now, out);
        } else {
            auto list = list_dossiers(db, actor, today, list_query(filter, now));
            out.rows = rows_of(office, db, list.dossiers, now);
            out.next = list.next;
        }
        count_lanes(db, actor, filter, now, out);
        return out;
    });
}

QueueCounts queue_counts(Office& office, const Actor& actor)
{
    return office.database.read([&](storage::Reader& db) {
        return QueueCounts{
            .mine = workflow::count_tasks(db, posts_of_actor(actor), counted_max),
            .agency = count_open(db, actor, day_of(office.clock.now()))};
    });
}

TaskList tasks_for(Office& office, const Actor& actor, std::string_view cursor, int limit)
{
    return office.database.read([&](storage::Reader& db) {
        TaskList out;
        const auto posts = posts_of_actor(actor);
        if (posts.empty()) return out;
        const auto most = std::size_t(std::clamp(limit, 1, 200));
        auto tasks =
            workflow::tasks(db, {.posts = posts, .limit = int(most) + 1, .after = task_cursor(cursor)});
        if (tasks.size() > most) {
            tasks.resize(most);
            out.next = cursor_of(tasks.back());
        }
        const auto dossiers = owners_of(db, tasks);
        for (const auto& task : tasks)
            if (const auto dossier = dossiers.find(task.owner); dossier != dossiers.end())
                out.tasks.push_back(open_task(office, db, actor, task, dossier->second));
        return out;
    });
}

Result<OpenTask> find_task(Office& office, const Actor& actor, TaskId id)
{
    const auto today = day_of(office.clock.now());
    return office.database.read([&](storage::Reader& db) -> Result<OpenTask> {
        const auto found = workflow::find_task(db, id);
        if (!found) return problem("casework.no_such_task");
        const auto task = task_now(db, found.value());
        const auto dossier = TRY(find_dossier(db, DossierId{task.value().owner}));
        auto out = open_task(office, db, actor, task.value(), dossier);
        if (!out.may_act && !identity::may(db, actor, "dossiers.read", dossier.agency, today))
            return problem("casework.no_such_task");
        if (task.value().state != workflow::TaskState::open) return task_ended(db, task.value());
        return out;
    });
}

namespace {

DossierPage page_of(
    Office& office,
    storage::Reader& db,
    const Actor& actor,
    const Dossier& dossier,
    std::string_view language,
    Onlooker onlooker
)
{
    const auto now = office.clock.now();
    const auto today = day_of(now);
    const auto procedure = office.packs.version(PackId{dossier.pack});
    if (!procedure) throw std::logic_error("the version of a dossier's procedure is gone");
    const auto form = form_of(db, office.keys, dossier.id);
    const auto applicant = applicant_of(db, office.keys, dossier);
    DossierPage page;
    page.dossier = dossier;
    if (auto agency = identity::agency_on(db, dossier.agency, today)) page.agency = std::move(agency).value();
    page.procedure_name = procedure->name();
    // The applicant of a protected dossier reads his own name; lists and desks do not.
    if (onlooker == Onlooker::applicant) page.dossier.applicant_name = applicant.name;
    page.phone_masked = identity::masked(applicant.phone);
    page.email_masked = identity::masked(applicant.email);
    page.address = onlooker == Onlooker::applicant ? applicant.address : identity::masked(applicant.address);
    page.answers =
        answers_of(office, *procedure, form.form, today, language, onlooker != Onlooker::applicant);
    page.papers = paper_rows_of(*procedure, papers_of(db, dossier.id));
    if (onlooker == Onlooker::applicant) only_final(page.papers, dossier.state);
    page.hidden = onlooker == Onlooker::officer && !handles(office, db, actor, dossier);
    page.timeline = timeline_of(office, db, dossier, page.hidden ? Onlooker::stranger : onlooker);
    page.step_clock = step_clock(office, db, dossier, now);
    page.parts = part_rows(office, db, dossier, now);
    if (page.hidden) {
        page.phone_masked = page.email_masked = page.address = "";
        page.answers.clear();
        page.papers.clear();
    }
    page.suspended = dossier.state == DossierState::awaiting_supplement;
    page.fee_due = fee_is_due(db, dossier);
    const auto allowed = allowed_acts(dossier, today);
    if (onlooker == Onlooker::officer) {
        for (const auto& task : tasks_of(db, dossier))
            page.tasks.push_back(open_task(office, db, actor, task, dossier));
        if (!page.hidden) page.warnings = warnings_of(office, db, dossier, form.form);
        page.can_reassign = identity::may(db, actor, "dossiers.reassign", dossier.agency, today);
        page.can_apologise = page.can_reassign && allowed.apologise && dossier.apologies == 0;
    } else {
        const auto level = procedure->service_level(today);
        if (dossier.state == DossierState::filed && dossier.instance != 0)
            for (const auto& task : workflow::open_tasks(db, workflow::InstanceId{dossier.instance}))
                page.receive_by = task.due;
        page.can_withdraw = allowed.withdraw;
        page.can_answer_supplement = allowed.answer_supplement;
        page.can_rate = allowed.rate;
        const bool confirmed =
            std::any_of(page.timeline.begin(), page.timeline.end(), [](const TimelineRow& row) {
                return row.kind == "entry_confirmed";
            });
        page.can_confirm_entry =
            allowed.confirm_entry && level && level->sign_register == "by_code" && !confirmed;
    }
    if (const auto until = next_deadline(dossier)) page.minutes_left = minutes_until(office, now, *until);
    return page;
}

void audit_read(
    storage::Writer& db,
    const identity::Act& act,
    const Dossier& dossier,
    std::string what,
    std::string reason = ""
)
{
    identity::audit(
        db,
        act,
        {.what = std::move(what),
         .subject = "dossier",
         .subject_id = dossier.id.value,
         .about = dossier.applicant,
         .agency = dossier.agency,
         .reason = std::move(reason)}
    );
}

/// The dossier of an officer who may see it; no other answer tells whether it exists.
Result<Dossier> visible_dossier(storage::Reader& db, const Actor& actor, std::string_view code, Day today)
{
    auto dossier = TRY(find_dossier(db, code));
    if (!identity::may(db, actor, "dossiers.read", dossier.agency, today) &&
        !identity::may(db, actor, "dossiers.read", dossier.received_at, today))
        return problem("casework.no_such_dossier");
    return dossier;
}

}  // namespace

Result<DossierPage> open_dossier(
    Office& office, const Actor& actor, std::string_view code, std::string_view language
)
{
    const identity::Act act{actor, office.clock.now(), office.ids};
    // Whoever receives it decides by the version in force, so that is what he is shown.
    TRY(follow_version(office, TRY(office.database.read([&](storage::Reader& db) -> Result<DossierId> {
                           return TRY(visible_dossier(db, actor, code, act.today())).id;
                       }))));
    auto page = TRY(office.database.read([&](storage::Reader& db) -> Result<DossierPage> {
        const auto dossier = TRY(visible_dossier(db, actor, code, act.today()));
        return page_of(office, db, actor, dossier, language, Onlooker::officer);
    }));
    static_cast<void>(TRY(office.database.write({}, [&](storage::Writer& db) -> Result<Done> {
        audit_read(db, act, page.dossier, "dossier.read");
        return Done{};
    })));
    return page;
}

Result<DossierPage> open_own_dossier(
    Office& office, const Actor& actor, std::string_view code, std::string_view language
)
{
    return office.database.read([&](storage::Reader& db) -> Result<DossierPage> {
        const auto dossier = TRY(find_dossier(db, code));
        if (!actor.party || actor.party != dossier.applicant) return problem("casework.no_such_dossier");
        return page_of(office, db, actor, dossier, language, Onlooker::applicant);
    });
}

Result<std::vector<AnswerRow>> reveal_answers(
    Office& office, const Actor& actor, DossierId id, std::string_view reason, std::string_view language
)
{
    if (folded(reason).empty())
        return Problem{.code = "casework.reason_required", .field = "/reason", .law = ""};
    const identity::Act act{actor, office.clock.now(), office.ids};
    return office.database.write({}, [&](storage::Writer& db) -> Result<std::vector<AnswerRow>> {
        const auto found = TRY(find_dossier(db, id));
        const auto dossier = TRY(visible_dossier(db, actor, found.code, act.today()));
        if (!handles(office, db, actor, dossier)) return problem("casework.protected");
        const auto procedure = office.packs.version(PackId{dossier.pack});
        if (!procedure) throw std::logic_error("the version of a dossier's procedure is gone");
        const auto form = form_of(db, office.keys, id);
        audit_read(db, act, dossier, "dossier.reveal", std::string(reason));
        return answers_of(office, *procedure, form.form, act.today(), language, false);
    });
}

namespace {

/// What a protected procedure is called to strangers.
Words protected_name(const Office& office)
{
    constexpr std::string_view key = "casework.protected_procedure";
    if (office.words == nullptr) return {std::string(key), std::string(key)};
    return {office.words->say(key, text::Language::vi, {}), office.words->say(key, text::Language::en, {})};
}

/// Whether a line of the history tells a stranger what is found, asked or entered.
bool tells(std::string_view kind)
{
    constexpr std::array outward{
        "filed",
        "received",
        "supplement_requested",
        "supplement_answered",
        "paid",
        "handed_over",
        "withdrawn"};
    return std::find(outward.begin(), outward.end(), kind) == outward.end();
}

}  // namespace

Result<Tracked> track(Office& office, std::string_view code)
{
    const auto now = office.clock.now();
    return office.database.read([&](storage::Reader& db) -> Result<Tracked> {
        const auto dossier = TRY(find_dossier(db, code));
        const auto procedure = office.packs.version(PackId{dossier.pack});
        const auto agency = identity::agency_on(db, dossier.agency, day_of(now));
        Tracked out;
        out.code = dossier.code;
        if (procedure) out.procedure = procedure->name();
        out.agency = agency ? agency.value().name_vi : "";
        out.state = dossier.state;
        const bool guarded = procedure && procedure->is_protected();
        if (guarded) out.procedure = protected_name(office);
        if (!guarded) {
            out.step = where_it_is(office, db, dossier);
            out.step_clock = step_clock(office, db, dossier, now);
        }
        out.filed_on = dossier.filed_on;
        out.received_on = dossier.received_on;
        out.due = dossier.due;
        out.timeline = timeline_of(office, db, dossier, Onlooker::stranger);
        if (guarded)
            std::erase_if(out.timeline, [](const TimelineRow& row) {
                return row.to_come || tells(row.kind);
            });
        out.late = dossier.due && !is_closed(dossier.state) && now > *dossier.due;
        if (dossier.due && !is_closed(dossier.state))
            out.minutes_left = minutes_until(office, now, *dossier.due);
        out.can_be_rated = dossier.state == DossierState::handed_over && dossier.rating == 0;
        return out;
    });
}

OwnDossiers my_dossiers(Office& office, identity::PartyId party, std::string_view cursor, int limit)
{
    if (!party) return {};
    const auto now = office.clock.now();
    constexpr int rows_max = 200;
    return office.database.read([&](storage::Reader& db) {
        ListQuery query;
        query.applicant = party;
        query.cursor = std::string(cursor);
        query.limit = std::clamp(limit, 1, rows_max);
        const auto list = list_dossiers(db, {}, day_of(now), query);
        OwnDossiers own{.dossiers = {}, .next = list.next};
        for (const auto& dossier : list.dossiers) {
            OwnDossier& it = own.dossiers.emplace_back();
            it.row = rows_of(office, db, {dossier}, now).front();
            // The moment an officer answers by is the desk's own matter.
            if (dossier.state == DossierState::filed) it.row.due = std::nullopt;
            if (const auto procedure = office.packs.version(PackId{dossier.pack}))
                it.procedure = procedure->name();
            if (const auto agency = identity::agency_on(db, dossier.agency, day_of(now)))
                it.agency = {agency.value().name_vi, agency.value().name_en};
        }
        return own;
    });
}

Result<PaperBytes> open_paper(Office& office, const Actor& actor, PaperId id)
{
    const identity::Act act{actor, office.clock.now(), office.ids};
    return office.database.write({}, [&](storage::Writer& db) -> Result<PaperBytes> {
        const auto paper = TRY(find_paper(db, id));
        const auto dossier = TRY(find_dossier(db, paper.dossier));
        const bool own = actor.party && actor.party == dossier.applicant && !actor.post;
        if (!own) static_cast<void>(TRY(visible_dossier(db, actor, dossier.code, act.today())));
        if (!own && !handles(office, db, actor, dossier)) return problem("casework.protected");
        if (own && paper.origin == "held") return problem("casework.no_such_paper");
        const auto procedure = office.packs.version(PackId{dossier.pack});
        if (!procedure) throw std::logic_error("the version of a dossier's procedure is gone");
        if (!own) audit_read(db, act, dossier, "dossier.read_paper");
        return PaperBytes{paper_rows_of(*procedure, {paper}).front(), paper.file};
    });
}

Queue search_dossiers(
    Office& office, const Actor& actor, std::string_view words, std::string_view cursor, int limit
)
{
    const identity::Act act{actor, office.clock.now(), office.ids};
    auto out = office.database.read([&](storage::Reader& db) {
        ListQuery query;
        query.cursor = std::string(cursor);
        query.limit = std::clamp(limit, 1, 200);
        Queue found;
        const auto list = words.empty()
                              ? list_dossiers(db, actor, act.today(), query)
                              : find_by_words(db, actor, act.today(), words, query.cursor, query.limit);
        found.rows = rows_of(office, db, list.dossiers, act.now);
        found.next = list.next;
        return found;
    });
    const auto audited = office.database.write({}, [&](storage::Writer& db) -> Result<Done> {
        identity::audit(
            db,
            act,
            {.what = "dossier.search",
             .subject = "dossier",
             .about = {},
             .agency = actor.agency,
             .reason = "",
             .detail = {{"found", std::int64_t(out.rows.size())}}}
        );
        return Done{};
    });
    if (!audited) throw std::logic_error("an audit row was refused");
    return out;
}

Counters counters(Office& office, identity::AgencyId agency, Day from, Day to)
{
    return office.database.read([&](storage::Reader& db) { return read_counters(db, agency, from, to); });
}

}  // namespace thien_an::casework

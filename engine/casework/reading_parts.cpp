#include "engine/casework/reading_parts.h"

#include "engine/casework/packs.h"
#include "engine/identity/parties.h"
#include "engine/identity/posts.h"
#include "engine/text/catalogue.h"
#include "engine/workflow/calendar.h"
#include "engine/workflow/process.h"

namespace thien_an::casework {
namespace {

/// Events only officers see.
bool is_inner(std::string_view kind)
{
    constexpr std::array inner{
        "message_late",
        "noted",
        "claimed",
        "released",
        "reassigned",
        "escalated",
        "step_overdue",
        "process_started",
        "version_followed",
        "form_used",
        "form_spoiled",
        "paper_made"};
    return std::find(inner.begin(), inner.end(), kind) != inner.end();
}

/// Events that say nothing of their own: another one beside them does.
bool is_silent(std::string_view kind) { return kind == "state" || kind == "process_started"; }

std::string who_did(
    storage::Reader& db,
    const DossierEvent& event,
    const Dossier& dossier,
    Onlooker onlooker,
    const std::string& agency
)
{
    if (event.actor.post)
        return onlooker == Onlooker::officer ? identity::shown_as(db, event.actor.party, event.actor.post)
                                             : agency;
    if (event.actor.party && event.actor.party == dossier.applicant)
        return onlooker == Onlooker::stranger ? "" : dossier.applicant_name;
    return "";
}

}  // namespace

std::vector<TimelineRow> timeline_of(
    Office& office, storage::Reader& db, const Dossier& dossier, Onlooker onlooker
)
{
    const auto procedure = office.packs.version(PackId{dossier.pack});
    const auto process = procedure ? procedure->process() : nullptr;
    const auto agency = identity::agency_on(db, dossier.agency, day_of(dossier.filed_on));
    std::vector<TimelineRow> rows;
    for (const auto& event : events_of(db, dossier.id)) {
        if (is_silent(event.kind) || (onlooker != Onlooker::officer && is_inner(event.kind))) continue;
        TimelineRow row;
        row.at = event.at;
        row.kind = event.kind;
        row.who = who_did(db, event, dossier, onlooker, agency ? agency.value().name_vi : "");
        if (event.actor.for_post && onlooker == Onlooker::officer)
            if (const auto post = identity::find_post(db, event.actor.for_post))
                row.on_behalf = post.value().title_vi;
        json::object words;
        if (const auto* told = event.body.if_contains("words"); told != nullptr && told->is_object())
            words = told->get_object();
        if (process && words.contains("task")) {
            const std::string node(words.at("task").as_string());
            row.label = words_of(process->label(node));
            row.step = words_of(process->node_name(node));
            for (const auto& outcome : process->outcomes(node))
                if (words.contains("outcome") && words.at("outcome") == json::value(outcome.name))
                    row.outcome = {outcome.vi, outcome.en};
        }
        // Reasons and notes are quoted to those whom they concern.
        for (const auto* name : {"reason", "text", "comment"})
            if (words.contains(name) && words.at(name).is_string() && !words.at(name).get_string().empty() &&
                onlooker != Onlooker::stranger)
                words["quote"] = words.at(name);
        if (onlooker == Onlooker::stranger)
            for (const auto* name : {"reason", "text", "comment"}) words.erase(name);
        // Every place a sentence of the catalogue may have.
        for (const auto* name : {"entry", "due", "amount", "stars", "receiver"})
            if (!words.contains(name)) words[name] = "";
        row.words = std::move(words);
        rows.push_back(std::move(row));
    }
    return rows;
}

namespace {

std::string yes_or_no(const Office& office, bool yes, std::string_view language)
{
    const auto key = yes ? "casework.yes" : "casework.no";
    if (office.words == nullptr) return key;
    return office.words->say(key, language == "en" ? text::Language::en : text::Language::vi);
}

std::string shown_value(
    const Office& office, const Field& field, const json::value& v, Day day, std::string_view language
)
{
    const auto& codes = office.codes;
    if (v.is_bool()) {
        for (const auto& choice : field.choices)
            if (choice.value == (v.get_bool() ? "true" : "false")) return choice.label.in(language);
        return yes_or_no(office, v.get_bool(), language);
    }
    if (!v.is_string()) return json::text_of(v);
    const std::string text(v.get_string());
    if (field.widget == Widget::date)
        if (const auto date = parse_day(text)) return shown(date.value());
    if (field.widget == Widget::unit) {
        const auto path = codes.unit_path(text, day);
        return path.empty() ? text : path;
    }
    for (const auto& choice : field.choices)
        if (choice.value == text) return choice.label.in(language);
    return text;
}

}  // namespace

namespace {

/// The part of the form a pointer lies in: the title of its first member, where that holds more answers than one.
Words section_of(const Procedure& procedure, std::string_view pointer, const Words& step)
{
    const auto first = pointer.substr(0, pointer.find('/', 1));
    if (first.size() == pointer.size()) return step;
    const auto* part = json::find(procedure.form()->schema(), "/properties" + std::string(first));
    if (part == nullptr) return step;
    const Words title{
        json::string_or(*part, "title"),
        json::string_or(json::member(*part, "x-en") ? *json::member(*part, "x-en") : json::value(), "title")};
    return title.vi.empty() ? step : Words{title.vi, title.en.empty() ? title.vi : title.en};
}

}  // namespace

std::vector<AnswerRow> answers_of(
    Office& office,
    const Procedure& procedure,
    const json::value& form,
    Day day,
    std::string_view language,
    bool masked
)
{
    std::vector<AnswerRow> rows;
    if (procedure.form() == nullptr) return rows;
    auto context = form_context(office, procedure, day);
    context.only_chosen = true;
    for (const auto& id : procedure.form()->step_ids()) {
        const auto step = procedure.form()->step(id, form, context, office.codes);
        if (!step || step.value().kind == "review") continue;
        for (const auto& field : step.value().fields) {
            const auto* v = json::find(form, field.pointer);
            if (!field.shown || v == nullptr || (v->is_object() && v->get_object().empty())) continue;
            AnswerRow row{field.pointer, field.title, "", false, field.depth, id, {}};
            row.section = section_of(procedure, field.pointer, step.value().title);
            if (field.widget != Widget::group) {
                row.value = shown_value(office, field, *v, day, language);
                // Names are what the work is about; numbers, contacts and addresses are not needed to see it.
                if (field.secret) {
                    row.value = std::string(secret_shown);
                } else if (masked && field.sensitive && field.widget != Widget::name) {
                    row.value = identity::masked(row.value);
                    row.masked = true;
                }
            }
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

std::vector<PaperRow> paper_rows_of(const Procedure& procedure, const std::vector<StoredPaper>& papers)
{
    std::vector<PaperRow> rows;
    for (const auto& p : papers) {
        PaperRow row;
        row.id = p.id;
        row.paper = p.paper;
        row.name = procedure.paper_name(p.paper);
        if (row.name.vi.empty()) row.name = {p.name, p.name};
        row.file_name = p.name;
        row.file = p.file;
        row.media_type = p.media_type;
        row.bytes = p.bytes;
        row.sha256 = p.sha256;
        row.at = p.at;
        row.version = p.version;
        row.signatures = p.signatures;
        row.origin = p.origin;
        rows.push_back(std::move(row));
    }
    return rows;
}

namespace {

/// Whether the form asks for a form of the stock: x-prefill "stock.KIND" of a field.
bool asks_for_blank(const Form* form, const Office& office, Day day)
{
    if (form == nullptr) return false;
    for (const auto& id : form->step_ids()) {
        const auto step = form->step(id, json::object{}, {.today = day, .only_chosen = true}, office.codes);
        if (!step) continue;
        for (const auto& field : step.value().fields)
            if (field.prefill.starts_with("stock.")) return true;
    }
    return false;
}

/// A message that came too late, for a person to look at.
OpenTask late_message(const Office& office, OpenTask out)
{
    const auto name = out.node.substr(workflow::late_node.size());
    out.name = {name, name};
    Words seen{"seen", "seen"};
    if (office.words != nullptr) {
        const auto say = [&](const char* key, const json::object& values) {
            return Words{
                office.words->say(key, text::Language::vi, values),
                office.words->say(key, text::Language::en, values)};
        };
        out.name = say("casework.late_message", {{"name", name}});
        seen = say("casework.late_message_seen", {});
    }
    out.outcomes.push_back({"seen", std::move(seen), "main", false});
    return out;
}

}  // namespace

OpenTask open_task(
    Office& office,
    storage::Reader& db,
    const Actor& actor,
    const workflow::Task& task,
    const Dossier& dossier
)
{
    OpenTask out;
    out.id = task.id;
    out.dossier = dossier.id;
    out.code = dossier.code;
    out.node = task.node;
    out.due = task.due;
    out.form = task.form;
    if (task.assignee) out.holder = identity::shown_as(db, task.claimed_by, task.assignee);
    const auto can = [&](identity::PostId post) {
        if (!post) return false;
        if (task.assignee) return task.assignee == post;
        return std::find(task.candidates.begin(), task.candidates.end(), post) != task.candidates.end();
    };
    out.may_act = can(actor.post) || can(actor.for_post);
    if (task.node.starts_with(workflow::late_node)) return late_message(office, std::move(out));
    const auto instance = workflow::find_instance(db, task.instance);
    out.pack = instance && instance.value().parent ? instance.value().definition : dossier.pack;
    const auto procedure = office.packs.version(PackId{out.pack});
    if (!procedure || !procedure->process()) return out;
    const auto& process = *procedure->process();
    out.uses_blank = asks_for_blank(procedure->task_form(task.form), office, day_of(office.clock.now()));
    out.name = words_of(process.node_name(task.node));
    bool first = true;
    for (const auto& outcome : process.outcomes(task.node)) {
        const bool refuses = outcome.name.starts_with("refuse");
        out.outcomes.push_back(
            {outcome.name,
             {outcome.vi, outcome.en},
             std::exchange(first, false) ? "main"
             : refuses                   ? "refuse"
                                         : "plain",
             outcome.needs_reason}
        );
    }
    return out;
}

Words where_it_is(Office& office, storage::Reader& db, const Dossier& dossier)
{
    const auto procedure = office.packs.version(PackId{dossier.pack});
    if (!procedure || !procedure->process() || dossier.instance == 0) return {};
    Words last;
    for (const auto& node : workflow::whereabouts(db, workflow::InstanceId{dossier.instance}).here) {
        const auto label = procedure->process()->label(node);
        if (!label.vi.empty()) last = {label.vi, label.en};
    }
    return last;
}

namespace {

/// Answers filed under an older version that the one in force does not take: the officer sees them before receiving.
std::vector<Warning> answers_not_fitting(
    Office& office,
    const Procedure& procedure,
    const json::value& form,
    Day filed_on,
    std::string_view channel
)
{
    std::vector<Warning> out;
    if (procedure.form() == nullptr) return out;
    const auto context = form_context(office, procedure, filed_on, channel);
    for (const auto& error : procedure.form()->check("", form, context, office.codes))
        out.push_back(
            {.code = "casework.answer_not_fitting",
             .field = error.pointer,
             .law = "",
             .words = {{"sentence", error.sentence.vi}}}
        );
    return out;
}

}  // namespace

std::vector<Warning> warnings_of(
    Office& office, storage::Reader& db, const Dossier& dossier, const json::value& form
)
{
    std::vector<Warning> out;
    const auto day = day_of(office.clock.now());
    const auto procedure = office.packs.version(PackId{dossier.pack});
    const auto agency = identity::agency_on(db, dossier.agency, day);
    if (!procedure || !agency || is_closed(dossier.state)) return out;
    const RuleInput input{
        .db = db,
        .keys = office.keys,
        .packs = office.packs,
        .codes = office.codes,
        .form = form,
        .procedure = procedure->metadata(),
        .agency = agency.value(),
        .today = day_of(dossier.filed_on),
        .dossier = dossier.id.value};
    const auto add = [&](std::string_view when) {
        for (auto& warning : ask_rules(office, *procedure, when, input).warnings)
            out.push_back(std::move(warning));
    };
    add("file");
    if (dossier.state == DossierState::filed)
        for (auto& warning : answers_not_fitting(office, *procedure, form, input.today, dossier.channel))
            out.push_back(std::move(warning));
    if (dossier.instance == 0) return out;
    // A step that comes later is warned of as soon as the dossier has been received.
    std::vector<std::string> asked;
    if (const auto* rules = json::member(procedure->metadata(), "rules");
        rules != nullptr && rules->is_array())
        for (const auto& rule : rules->get_array()) {
            const auto when = json::string_or(rule, "when");
            if (when == "file" || std::find(asked.begin(), asked.end(), when) != asked.end()) continue;
            asked.push_back(when);
            const auto open = workflow::open_tasks(db, workflow::InstanceId{dossier.instance});
            if (std::any_of(open.begin(), open.end(), [&](const workflow::Task& t) {
                    return t.node == when;
                }))
                add(when);
        }
    return out;
}

bool handles(Office& office, storage::Reader& db, const Actor& actor, const Dossier& dossier)
{
    const auto procedure = office.packs.version(PackId{dossier.pack});
    if (!procedure || !procedure->is_protected()) return true;
    if (dossier.instance == 0) return false;
    const auto mine = [&](identity::PostId post) {
        return post && (post == actor.post || post == actor.for_post);
    };
    for (const auto& task : workflow::open_tasks(db, workflow::InstanceId{dossier.instance}))
        if (mine(task.assignee) || std::ranges::any_of(task.candidates, mine)) return true;
    for (const auto& row : workflow::history(db, workflow::InstanceId{dossier.instance}))
        if (row.what == "task_completed" && actor.party && row.party == actor.party) return true;
    return false;
}

std::optional<StepClock> step_clock(Office& office, storage::Reader& db, const Dossier& dossier, Instant now)
{
    const auto procedure = office.packs.version(PackId{dossier.pack});
    if (!procedure || dossier.instance == 0 || is_closed(dossier.state)) return std::nullopt;
    const auto waits = procedure->waits();
    if (waits.empty()) return std::nullopt;
    for (const auto& task : workflow::open_tasks(db, workflow::InstanceId{dossier.instance}))
        if (task.due && std::ranges::find(waits, task.node, &Wait::step) != waits.end())
            return StepClock{
                words_of(procedure->process()->label(task.node)),
                *task.due,
                minutes_until(office, now, *task.due)};
    return std::nullopt;
}

std::int64_t minutes_until(const Office& office, Instant now, Instant due)
{
    const auto& calendar = office.settings.calendar("counted");
    if (due >= now) return workflow::working_between(calendar, now, due).count();
    return -workflow::working_between(calendar, due, now).count();
}

}  // namespace thien_an::casework

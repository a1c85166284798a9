#include "systems/one_stop/counter_pages.h"

#include <algorithm>

#include "engine/casework/reading.h"
#include "engine/web/desk.h"
#include "engine/web/received.h"

#include "systems/one_stop/counter_draft.h"

namespace thien_an::one_stop {
namespace {

using casework::Speech;

constexpr std::size_t results_max = 20;

json::object result_values(
    const casework::Procedure& procedure, const web::Context& context, const Speech& say
)
{
    const auto today = context.today();
    const auto limit = procedure.time_limit(today);
    const auto level = procedure.service_level(today);
    return {
        {"action", "/ban-lam-viec/nhan-tai-quay/" + procedure.page()},
        {"name", say.in(procedure.name())},
        {"limit", limit ? say.in(limit->text) : std::string()},
        {"fee", say.in(procedure.fee_text())},
        {"level", level ? say.in(level->label) : std::string()},
        {"agency", say.in(procedure.decided_by(today))}};
}

/// By words, else those asked for most and then the others.
std::vector<casework::ProcedureHit> hits_of(const std::string& words, const casework::Packs& packs)
{
    if (!words.empty()) return packs.search(words, results_max);
    auto hits = packs.common(results_max);
    const auto common = hits.size();
    for (auto& hit : packs.all())
        if (std::none_of(
                hits.begin(),
                hits.begin() + static_cast<std::ptrdiff_t>(common),
                [&](const auto& one) { return one.id == hit.id; }
            ))
            hits.push_back(std::move(hit));
    return hits;
}

/// Procedures that can be filed, at most `results_max`.
json::array results_of(const std::string& words, web::Context& context, const Speech& say)
{
    auto& packs = office(context).packs;
    json::array results;
    for (const auto& hit : hits_of(words, packs)) {
        if (hit.information_only || results.size() == results_max) continue;
        const auto procedure = packs.procedure(hit.id);
        if (procedure && procedure->filing_open(context.today()))
            results.push_back(result_values(*procedure, context, say));
    }
    return results;
}

json::array drafts_of(web::Context& context, const Speech& say)
{
    json::array drafts;
    for (const auto& draft : casework::drafts_of(office(context), counter_owner(context))) {
        const auto procedure = office(context).packs.procedure(draft.procedure);
        if (!procedure) continue;
        drafts.push_back(json::object{
            {"href", counter_step_address(draft, 1)},
            {"name", say.in(procedure->name())},
            {"note", say.say("one_stop.counter_step.saved", json::object{{"time", shown(draft.changed)}})}});
    }
    return drafts;
}

casework::FieldError paper_error(
    const std::string& paper, const Problem& problem, const web::Context& context
)
{
    const auto& words = context.use<text::Catalogue>();
    return {
        .pointer = "/" + paper,
        .input = paper,
        .code = problem.code,
        .sentence =
            {words.sentence(problem, text::Language::vi), words.sentence(problem, text::Language::en)},
        .step = ""};
}

Result<casework::Draft> keep_scan(
    const CounterDraft& it, const web::Upload& upload, const std::string& paper, web::Context& context
)
{
    const auto kept = TRY(web::keep_received(context, upload));
    return casework::attach_to_draft(
        office(context),
        counter_owner(context),
        it.draft.id,
        {.paper = paper,
         .file = casework::FileId{kept.id.value},
         .name = upload.file_name,
         .media_type = kept.media_type,
         .bytes = kept.bytes}
    );
}

std::vector<casework::FieldError> keep_scans(
    CounterDraft& it, const web::Request& request, web::Context& context
)
{
    std::vector<casework::FieldError> errors;
    for (const auto& upload : request.files) {
        if (upload.stored == nullptr || upload.size == 0) continue;
        auto attached = keep_scan(it, upload, upload.field, context);
        if (attached)
            it.draft = std::move(attached).value();
        else
            errors.push_back(paper_error(upload.field, attached.problem(), context));
    }
    return errors;
}

/// Papers that must be scanned before one goes on; those only shown need none.
void require_papers(
    const CounterDraft& it, const web::Context& context, std::vector<casework::FieldError>& errors
)
{
    for (const auto& paper : counter_papers(it, context)) {
        const bool there = std::any_of(it.draft.files.begin(), it.draft.files.end(), [&](const auto& file) {
            return file.paper == paper.id;
        });
        if (there || !paper.required || paper.shown) continue;
        errors.push_back(paper_error(
            paper.id,
            {.code = "casework.missing_paper",
             .field = "",
             .law = "",
             .words = {{"paper", speech(context).in(paper.name)}}},
            context
        ));
    }
}

web::Response go_on(const CounterDraft& it)
{
    return web::see_other(counter_step_address(it.draft, it.at + 2));
}

Result<web::Response> take_papers(CounterDraft it, const web::Request& request, web::Context& context)
{
    if (const auto remove = request.form.get("remove"); !remove.empty()) {
        const auto file = TRY(parse_id(remove));
        TRY(casework::detach_from_draft(office(context), counter_owner(context), it.draft.id, {file}));
        return web::see_other(counter_step_address(it.draft, it.at + 1));
    }
    auto errors = keep_scans(it, request, context);
    if (request.form.has("later") && errors.empty()) return web::see_other("/ban-lam-viec/nhan-tai-quay");
    require_papers(it, context, errors);
    if (!errors.empty()) return draw_counter_step(it, {.errors = std::move(errors)}, context);
    TRY(casework::save_step(office(context), counter_owner(context), it.draft.id, it.steps[it.at], {}));
    return go_on(it);
}

/// What is handed in at the counter is received there and then. When it cannot be (somebody else's task, a rule of this
/// step), the dossier's page says what is to be done.
void receive_now(const casework::Filed& filed, const identity::Actor& actor, const web::Context& context)
{
    const auto page =
        casework::open_dossier(office(context), actor, filed.code, text::code_of(context.language()));
    if (!page || page.value().dossier.state != casework::DossierState::filed) return;
    for (const auto& task : page.value().tasks)
        if (task.may_act && !task.outcomes.empty())
            static_cast<void>(casework::complete_task(
                office(context), actor, task.id, {.outcome = task.outcomes.front().id}
            ));
}

/// Files and receives; every fault of earlier steps is told here.
Result<web::Response> file_and_receive(
    const CounterDraft& it, casework::Typed typed_here, const web::Request& request, web::Context& context
)
{
    casework::FilingFaults faults;
    const auto actor = acting(request, context);
    const auto filed = casework::submit(
        office(context), actor, counter_filing(it, context), once(request, context), &faults
    );
    if (filed) {
        receive_now(filed.value(), actor, context);
        return done_and_back(dossier_address(filed.value().code), "flash.filed_at_counter");
    }
    if (faults.fields.empty() && faults.problems.empty()) faults.problems.push_back(filed.problem());
    return draw_counter_step(
        it,
        {.typed = std::move(typed_here),
         .errors = std::move(faults.fields),
         .problems = std::move(faults.problems)},
        context
    );
}

}  // namespace

Result<web::Response> show_counter(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    const auto words = request.query.get("q");
    auto results = results_of(words, context, say);
    auto drafts = drafts_of(context, say);
    const bool none = results.empty();
    const bool more = results.size() == results_max;
    const bool has_drafts = !drafts.empty();
    return web::render_desk(
        context,
        "one_stop/counter",
        {{"q", words},
         {"results", std::move(results)},
         {"none", none},
         {"more", more},
         {"has_drafts", has_drafts},
         {"drafts", std::move(drafts)}}
    );
}

Result<web::Response> begin_at_counter(const web::Request& request, web::Context& context)
{
    const auto procedure = office(context).packs.procedure_by_page(request.value("page"));
    if (!procedure) return Problem{.code = "casework.no_such_procedure", .field = "", .law = ""};
    const auto draft =
        TRY(casework::begin_draft(office(context), context.actor(), counter_owner(context), procedure->id()));
    return web::see_other(counter_step_address(draft, 1));
}

Result<web::Response> show_counter_step(const web::Request& request, web::Context& context)
{
    return draw_counter_step(TRY(counter_draft(request, context)), {}, context);
}

Result<web::Response> take_counter_step(const web::Request& request, web::Context& context)
{
    auto it = TRY(counter_draft(request, context));
    const auto step = TRY(it.procedure->form()->step(
        it.steps[it.at], it.draft.form, counter_words(it, context), office(context).codes
    ));
    if (step.kind == "papers") return take_papers(std::move(it), request, context);
    auto answers = typed(request);
    auto saved = TRY(
        casework::save_step(office(context), counter_owner(context), it.draft.id, it.steps[it.at], answers)
    );
    it.draft = std::move(saved.draft);
    if (request.form.has("later")) return web::see_other("/ban-lam-viec/nhan-tai-quay");
    if (!saved.errors.empty() || !saved.doubts.empty() || !saved.problems.empty())
        return draw_counter_step(
            it,
            {.typed = casework::without_converted(std::move(answers), saved.errors),
             .errors = std::move(saved.errors),
             .problems = std::move(saved.problems),
             .doubts = std::move(saved.doubts)},
            context
        );
    if (it.last()) return file_and_receive(it, std::move(answers), request, context);
    return go_on(it);
}

Result<web::Response> take_scan(const web::Request& request, web::Context& context)
{
    const auto id = TRY(parse_id(request.value("draft")));
    CounterDraft it{TRY(casework::find_draft(office(context), counter_owner(context), {id})), nullptr, {}, 0};
    if (request.files.size() != 1) return Problem{.code = "web.one_file", .field = "", .law = ""};
    const auto& paper = request.value("paper");
    const auto draft = TRY(keep_scan(it, request.files[0], paper, context));
    const auto& file = draft.files.back();
    json::object answer{{"id", text_of(file.file)}};
    const auto row = context.database().read([&](storage::Reader& db) {
        return storage::find_file(db, storage::FileId{file.file.value});
    });
    if (row) answer["sha256"] = row.value().blob.sha256;
    return web::json_answer(answer, 201);
}

Result<web::Response> discard_at_counter(const web::Request& request, web::Context& context)
{
    const auto id = TRY(parse_id(request.value("draft")));
    TRY(casework::discard_draft(office(context), counter_owner(context), {id}));
    return done_and_back("/ban-lam-viec/nhan-tai-quay", "flash.counter_discarded");
}

}  // namespace thien_an::one_stop

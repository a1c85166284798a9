#include "systems/portal/filing_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/casework/filing.h"
#include "engine/casework/packs.h"
#include "engine/storage/files.h"
#include "engine/web/received.h"

#include "systems/portal/filing_office.h"
#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

using casework::Draft;
using casework::Procedure;
using casework::Speech;
using ProcedurePointer = std::shared_ptr<const Procedure>;

std::string step_address(const Draft& draft, std::size_t number)
{
    return draft_address(draft, "buoc/" + std::to_string(number));
}

Result<Draft> draft_of(const web::Request& request, web::Context& context)
{
    const auto id = TRY(parse_id(request.value("draft")));
    return casework::find_draft(office(context), draft_owner(context), {id});
}

Result<ProcedurePointer> procedure_of(const Draft& draft, web::Context& context)
{
    auto procedure = office(context).packs.procedure(draft.procedure);
    if (!procedure) return Problem{.code = "casework.no_such_procedure", .field = "", .law = ""};
    return procedure;
}

/// The position of the step in the address, 0-based; the review is the last one.
Result<std::size_t> step_number(const web::Request& request, const Procedure& procedure)
{
    const std::string& text = request.value("step");
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || number < 1 || number > procedure.form()->step_ids().size())
        return Problem{.code = "form.no_such_step", .field = "", .law = ""};
    return number - 1;
}

casework::FormContext form_context(const Procedure& procedure, const web::Context& context)
{
    return casework::form_context(office(context), procedure, context.today());
}

std::vector<casework::PaperWanted> papers_wanted(
    const Procedure& procedure, const Draft& draft, const web::Context& context
)
{
    return context.database().read([&](storage::Reader& db) {
        return casework::papers_to_bring(
            office(context), db, procedure, draft.form, "online", context.today()
        );
    });
}

json::array names_of_papers(const std::vector<casework::PaperWanted>& papers, const Speech& say)
{
    json::array names;
    for (const auto& paper : papers)
        if (paper.required || paper.when.empty()) names.emplace_back(say.in(paper.name));
    return names;
}

/// Members of the partial "step_aside" and of the bar on phones.
void add_steps(
    json::object& values,
    const Procedure& procedure,
    const Draft& draft,
    std::size_t here,
    web::Context& context,
    const Speech& say
)
{
    const auto ids = procedure.form()->step_ids();
    json::array steps;
    json::array bars;
    const auto reached =
        std::size_t(std::find(ids.begin(), ids.end(), draft.step) - ids.begin());  // ids.size(): none.
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto step = procedure.form()->step(
            ids[i], draft.form, form_context(procedure, context), office(context).codes
        );
        if (!step) throw std::logic_error("a form without one of its own steps");
        const bool done = reached < ids.size() && i < reached && i != here;
        json::value href = nullptr;
        if (done) href = step_address(draft, i + 1);
        steps.push_back(json::object{
            {"title", say.in(step.value().title)},
            {"href", std::move(href)},
            {"done", done},
            {"here", i == here},
            {"number", i + 1}});
        bars.push_back(json::object{{"state", i == here ? "here" : (done ? "done" : "")}});
    }
    values["steps"] = std::move(steps);
    values["bars"] = std::move(bars);
    values["step"] = here + 1;
    values["step_count"] = ids.size();
    values["needs"] = names_of_papers(papers_wanted(procedure, draft, context), say);
    values["temporary_code"] = nullptr;
}

json::value saved_line(const Draft& draft, const Speech& say)
{
    return json::value(say.say("portal.form_step.saved", json::object{{"time", shown_time(draft.changed)}}));
}

/// A step as its page shows it: with what was typed and what is wrong, or from the draft.
struct StepView {
    const Draft& draft;
    std::size_t number;
    const casework::Typed& typed;
    std::vector<casework::FieldError> errors;
    std::vector<Problem> problems;
    std::vector<casework::EncodingDoubt> doubts;
};

casework::PaperFields paper_fields(const Procedure& procedure, const StepView& view, web::Context& context)
{
    casework::PaperFields papers{
        .upload_to = draft_address(view.draft, "tep"),
        .wanted = papers_wanted(procedure, view.draft, context),
        .held = {},
        .errors = view.errors};
    context.database().read([&](storage::Reader& db) {
        for (const auto& file : view.draft.files) {
            const auto stored = storage::find_file(db, file.file);
            papers.held.push_back(
                {file.paper,
                 text_of(file.file),
                 file.name,
                 file.media_type,
                 file.bytes,
                 stored ? stored.value().blob.sha256 : ""}
            );
        }
    });
    return papers;
}

/// Said before filing: the office chosen is not the one that decides. It is chosen again right there.
void add_wrong_office(
    json::array& groups, const Procedure& procedure, const StepView& view, const web::Context& context
)
{
    for (const auto& problem : view.problems)
        if (problem.field == "/agency")
            groups.insert(
                groups.begin(),
                json::object{
                    {"heading", nullptr},
                    {"asked", nullptr},
                    {"note", nullptr},
                    {"fields",
                     json::array{
                         office_field(procedure, view.draft.agency, context.sentence(problem), context)}}}
            );
}

Result<web::Response> draw_step(const Procedure& procedure, const StepView& view, web::Context& context)
{
    const auto say = speech(context);
    const auto id = procedure.form()->step_ids()[view.number];
    auto step = TRY(procedure.form()->step(
        id, view.draft.form, form_context(procedure, context), office(context).codes, view.typed, view.errors
    ));
    casework::add_problems(step.fields, view.problems, context.use<text::Catalogue>());
    json::array groups = step.kind == "papers"
                             ? casework::paper_group_values(paper_fields(procedure, view, context), say)
                             : casework::group_values(step.fields, say);
    casework::add_doubts(groups, view.doubts);
    add_wrong_office(groups, procedure, view, context);
    json::object values{
        {"name", say.in(procedure.name())},
        {"step_title", say.in(step.title)},
        {"action", step_address(view.draft, view.number + 1)},
        {"save_to", draft_address(view.draft, "luu/" + std::to_string(view.number + 1))},
        {"back_href",
         view.number == 0 ? "/thu-tuc/" + procedure.page() : step_address(view.draft, view.number)},
        {"error_summary", casework::error_summary(view.errors, view.problems, say)},
        {"saved", saved_line(view.draft, say)},
        {"office", office_values(view.draft, context)},
        {"groups", std::move(groups)}};
    add_steps(values, procedure, view.draft, view.number, context, say);
    const bool wrong = !view.errors.empty() || !view.problems.empty() || !view.doubts.empty();
    return context.render("portal/form_step", std::move(values), wrong ? 422 : 200);
}

/// Keeps the files of a posted step in the draft; what is refused stands beside its field.
std::vector<casework::FieldError> keep_files(const web::Request& request, web::Context& context, Draft& draft)
{
    std::vector<casework::FieldError> errors;
    for (const auto& upload : request.files) {
        if (upload.stored == nullptr || upload.size == 0) continue;
        const auto kept = web::keep_received(context, upload);
        auto attached = kept ? casework::attach_to_draft(
                                   office(context),
                                   draft_owner(context),
                                   draft.id,
                                   {.paper = upload.field,
                                    .file = casework::FileId{kept.value().id.value},
                                    .name = upload.file_name,
                                    .media_type = kept.value().media_type,
                                    .bytes = kept.value().bytes}
                               )
                             : Result<Draft>(kept.problem());
        if (attached) {
            draft = std::move(attached).value();
            continue;
        }
        const auto& words = context.use<text::Catalogue>();
        const auto& problem = attached.problem();
        errors.push_back(
            {.pointer = "/" + upload.field,
             .input = upload.field,
             .code = problem.code,
             .sentence =
                 {words.sentence(problem, text::Language::vi), words.sentence(problem, text::Language::en)},
             .step = ""}
        );
    }
    return errors;
}

/// Papers that must come before one goes on.
void require_papers(
    const Procedure& procedure,
    const Draft& draft,
    web::Context& context,
    std::vector<casework::FieldError>& errors
)
{
    const auto& words = context.use<text::Catalogue>();
    for (const auto& paper : papers_wanted(procedure, draft, context)) {
        const bool there = std::any_of(draft.files.begin(), draft.files.end(), [&](const auto& file) {
            return file.paper == paper.id;
        });
        const bool refused = std::any_of(errors.begin(), errors.end(), [&](const auto& error) {
            return error.input == paper.id;
        });
        if (there || refused || !paper.required) continue;
        const auto sentence = [&](text::Language language, const std::string& name) {
            return words.say("portal.paper.missing", language, json::object{{"paper", name}});
        };
        errors.push_back(
            {.pointer = "/" + paper.id,
             .input = paper.id,
             .code = "casework.missing_paper",
             .sentence =
                 {sentence(text::Language::vi, paper.name.vi), sentence(text::Language::en, paper.name.en)},
             .step = ""}
        );
    }
}

web::Response go_on(const Procedure& procedure, const Draft& draft, std::size_t number)
{
    const auto count = procedure.form()->step_ids().size();
    if (number + 2 >= count) return web::see_other(draft_address(draft, "xem-lai"));
    return web::see_other(step_address(draft, number + 2));
}

web::Response stop_for_now(bool signed_in)
{
    auto response = web::see_other(signed_in ? "/ho-so-cua-toi" : "/");
    say_next(response, "flash.draft_kept");
    return response;
}

Result<web::Response> take_papers(
    const Procedure& procedure,
    Draft draft,
    std::size_t number,
    const web::Request& request,
    web::Context& context
)
{
    if (const auto remove = request.form.get("remove"); !remove.empty()) {
        const auto file = TRY(parse_id(remove));
        draft = TRY(casework::detach_from_draft(office(context), draft_owner(context), draft.id, {file}));
        return web::see_other(step_address(draft, number + 1));
    }
    auto errors = keep_files(request, context, draft);
    if (request.form.has("later") && errors.empty()) return stop_for_now(context.session() != nullptr);
    require_papers(procedure, draft, context, errors);
    if (!errors.empty()) return draw_step(procedure, {draft, number, {}, std::move(errors), {}, {}}, context);
    auto saved = TRY(casework::save_step(
        office(context), draft_owner(context), draft.id, procedure.form()->step_ids()[number], {}
    ));
    return go_on(procedure, saved.draft, number);
}

}  // namespace

Result<web::Response> show_step(const web::Request& request, web::Context& context)
{
    const auto draft = TRY(draft_of(request, context));
    const auto procedure = TRY(procedure_of(draft, context));
    const auto number = TRY(step_number(request, *procedure));
    if (number + 1 == procedure->form()->step_ids().size())
        return web::see_other(draft_address(draft, "xem-lai"));
    return draw_step(*procedure, {draft, number, {}, {}, {}, {}}, context);
}

Result<web::Response> take_step(const web::Request& request, web::Context& context)
{
    const auto draft = TRY(draft_of(request, context));
    const auto procedure = TRY(procedure_of(draft, context));
    const auto number = TRY(step_number(request, *procedure));
    const auto id = procedure->form()->step_ids()[number];
    const auto step =
        TRY(procedure->form()->step(id, draft.form, form_context(*procedure, context), office(context).codes)
        );
    if (step.kind == "papers") return take_papers(*procedure, draft, number, request, context);
    const auto answers = typed(request);
    auto saved = TRY(casework::save_step(office(context), draft_owner(context), draft.id, id, answers));
    if (request.form.has("later")) return stop_for_now(context.session() != nullptr);
    if (!saved.errors.empty() || !saved.doubts.empty() || !saved.problems.empty())
        return draw_step(
            *procedure,
            {saved.draft,
             number,
             casework::without_converted(answers, saved.errors),
             std::move(saved.errors),
             std::move(saved.problems),
             std::move(saved.doubts)},
            context
        );
    return go_on(*procedure, saved.draft, number);
}

Result<web::Response> discard(const web::Request& request, web::Context& context)
{
    const auto draft = TRY(draft_of(request, context));
    TRY(casework::discard_draft(office(context), draft_owner(context), draft.id));
    auto response = web::see_other(context.session() != nullptr ? "/ho-so-cua-toi" : "/");
    say_next(response, "flash.draft_discarded");
    return response;
}

Result<web::Response> save_quietly(const web::Request& request, web::Context& context)
{
    const auto draft = TRY(draft_of(request, context));
    const auto procedure = TRY(procedure_of(draft, context));
    const auto number = TRY(step_number(request, *procedure));
    const auto saved = TRY(casework::save_step(
        office(context), draft_owner(context), draft.id, procedure->form()->step_ids()[number], typed(request)
    ));
    return web::json_answer(json::object{{"saved_at", shown_time(saved.draft.changed)}});
}

Result<web::Response> take_file(const web::Request& request, web::Context& context)
{
    auto draft = TRY(draft_of(request, context));
    if (request.files.size() != 1) return Problem{.code = "web.one_file", .field = "", .law = ""};
    const auto kept = TRY(web::keep_received(context, request.files[0]));
    draft = TRY(casework::attach_to_draft(
        office(context),
        draft_owner(context),
        draft.id,
        {.paper = request.value("paper"),
         .file = casework::FileId{kept.id.value},
         .name = request.files[0].file_name,
         .media_type = kept.media_type,
         .bytes = kept.bytes}
    ));
    return web::json_answer(json::object{{"id", text_of(kept.id)}, {"sha256", kept.sha256}}, 201);
}

}  // namespace thien_an::portal

#include "systems/one_stop/counter_draft.h"

#include <fmt/format.h>

#include <charconv>

#include "engine/casework/filing.h"
#include "engine/identity/agencies.h"
#include "engine/web/desk.h"

#include "systems/one_stop/act_form.h"

namespace thien_an::one_stop {
namespace {

using casework::Speech;

constexpr std::string_view counter = "counter";  ///< The channel of all that is filled in here.

/// Members of the partial "step_aside".
void add_aside(json::object& values, const CounterDraft& it, const web::Context& context, const Speech& say)
{
    json::array steps;
    for (std::size_t i = 0; i < it.steps.size(); ++i) {
        const auto step = it.procedure->form()->step(
            it.steps[i], it.draft.form, counter_words(it, context), office(context).codes
        );
        if (!step) throw std::logic_error("a form without one of its own steps");
        json::value href = nullptr;
        if (i < it.at) href = counter_step_address(it.draft, i + 1);
        steps.push_back(json::object{
            {"title", say.in(step.value().title)},
            {"href", std::move(href)},
            {"done", i < it.at},
            {"here", i == it.at},
            {"number", i + 1}});
    }
    json::array needs;
    for (const auto& paper : counter_papers(it, context))
        if (paper.required || paper.shown) needs.emplace_back(say.in(paper.name));
    values["steps"] = std::move(steps);
    values["step"] = it.at + 1;
    values["step_count"] = it.steps.size();
    values["needs"] = std::move(needs);
    values["temporary_code"] = nullptr;
}

json::array paper_groups(
    const CounterDraft& it, const CounterStep& view, const web::Context& context, const Speech& say
)
{
    casework::PaperFields papers{
        .upload_to = counter_address(it.draft, "tep"),
        .wanted = counter_papers(it, context),
        .held = {},
        .errors = view.errors};
    for (const auto& file : it.draft.files)
        papers.held.push_back({file.paper, text_of(file.file), file.name, file.media_type, file.bytes});
    return casework::paper_group_values(papers, say);
}

/// What was answered before, to be read aloud to the person at the counter.
json::array summary_of(const CounterDraft& it, const web::Context& context, const Speech& say)
{
    json::array sections;
    for (std::size_t i = 0; i + 1 < it.steps.size(); ++i) {
        const auto step = it.procedure->form()->step(
            it.steps[i], it.draft.form, counter_words(it, context), office(context).codes
        );
        if (!step || step.value().kind != "fields") continue;
        const auto address = counter_step_address(it.draft, i + 1);
        for (auto& section :
             casework::answer_sections(*it.procedure->form(), step.value(), json::value(address), say))
            sections.push_back(std::move(section));
    }
    return sections;
}

json::array notes_of(const CounterDraft& it, const web::Context& context, const Speech& say)
{
    json::array notes;
    if (!it.last()) return notes;
    const auto review = casework::review(office(context), counter_filing(it, context));
    if (!review) return notes;
    for (const auto& warning : review.value().warnings)
        notes.push_back(note(
            "warn",
            "alert",
            context.sentence({.code = warning.code, .field = "", .law = warning.law, .words = warning.words})
        ));
    if (review.value().fee.amount > 0)
        notes.push_back(note(
            "info",
            "info",
            say.say("one_stop.counter_step.fee", json::object{{"fee", shown(review.value().fee)}})
        ));
    return notes;
}

}  // namespace

casework::DraftOwner counter_owner(const web::Context& context)
{
    return {
        .party = {},
        .visitor = "counter " + text_of(context.actor().account),
        .channel = std::string(counter)};
}

std::string counter_address(const casework::Draft& draft, std::string_view rest)
{
    std::string address = "/ban-lam-viec/nhan-tai-quay/" + text_of(draft.id);
    if (!rest.empty()) address += "/" + std::string(rest);
    return address;
}

std::string counter_step_address(const casework::Draft& draft, std::size_t number)
{
    return counter_address(draft, "buoc/" + std::to_string(number));
}

casework::FormContext counter_words(const CounterDraft& it, const web::Context& context)
{
    return casework::form_context(office(context), *it.procedure, context.today(), counter);
}

std::vector<casework::PaperWanted> counter_papers(const CounterDraft& it, const web::Context& context)
{
    return context.database().read([&](storage::Reader& db) {
        return casework::papers_to_bring(
            office(context), db, *it.procedure, it.draft.form, counter, context.today()
        );
    });
}

casework::Filing counter_filing(const CounterDraft& it, const web::Context& context)
{
    casework::Filing filing{
        .procedure = it.draft.procedure,
        .agency = "",
        .applicant = {},
        .form = it.draft.form,
        .files = {},
        .channel = std::string(counter),
        .draft = it.draft.id};
    context.database().read([&](storage::Reader& db) {
        if (const auto agency = identity::agency_on(db, context.actor().agency, context.today()))
            filing.agency = agency.value().code;
    });
    if (const auto* requester = json::find(it.draft.form, "/requester")) {
        filing.applicant.name = json::string_or(*requester, "full_name");
        filing.applicant.phone = json::string_or(*requester, "phone");
        filing.applicant.email = json::string_or(*requester, "email");
    }
    for (const auto& file : it.draft.files) filing.files.push_back({file.paper, file.file, file.name});
    return filing;
}

Result<CounterDraft> counter_draft(const web::Request& request, web::Context& context)
{
    const auto id = TRY(parse_id(request.value("draft")));
    CounterDraft it{TRY(casework::find_draft(office(context), counter_owner(context), {id})), nullptr, {}, 0};
    it.procedure = office(context).packs.procedure(it.draft.procedure);
    if (!it.procedure || it.procedure->form() == nullptr)
        return Problem{.code = "casework.no_such_procedure", .field = "", .law = ""};
    it.steps = it.procedure->form()->step_ids();
    const std::string& text = request.value("step");
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 1 || number > it.steps.size())
        return Problem{.code = "form.no_such_step", .field = "", .law = ""};
    it.at = number - 1;
    return it;
}

Result<web::Response> draw_counter_step(
    const CounterDraft& it, const CounterStep& view, const web::Context& context
)
{
    const auto say = speech(context);
    auto step = TRY(it.procedure->form()->step(
        it.steps[it.at],
        it.draft.form,
        counter_words(it, context),
        office(context).codes,
        view.typed,
        view.errors
    ));
    casework::add_problems(step.fields, view.problems, context.use<text::Catalogue>());
    auto groups = step.kind == "papers" ? paper_groups(it, view, context, say)
                                        : casework::group_values(step.fields, say);
    casework::add_doubts(groups, view.doubts);
    json::object values{
        {"name", say.in(it.procedure->name())},
        {"step_title", say.in(step.title)},
        {"action", counter_step_address(it.draft, it.at + 1)},
        {"discard", counter_address(it.draft, "bo")},
        {"back_href", it.at == 0 ? "/ban-lam-viec/nhan-tai-quay" : counter_step_address(it.draft, it.at)},
        {"error_summary", casework::error_summary(view.errors, view.problems, say)},
        {"saved",
         say.say("one_stop.counter_step.saved", json::object{{"time", shown_time(it.draft.changed)}})},
        {"notes", notes_of(it, context, say)},
        {"sections", it.last() ? summary_of(it, context, say) : json::array{}},
        {"last", it.last()},
        {"groups", std::move(groups)}};
    add_aside(values, it, context, say);
    const bool wrong = !view.errors.empty() || !view.problems.empty() || !view.doubts.empty();
    return web::render_desk(context, "one_stop/counter_step", std::move(values), wrong ? 422 : 200);
}

}  // namespace thien_an::one_stop

#include "systems/one_stop/task_pages.h"

#include <algorithm>

#include "engine/casework/filing.h"
#include "engine/casework/packs.h"

#include "systems/one_stop/act_form.h"
#include "systems/one_stop/dossier_pages.h"
#include "systems/one_stop/give_form.h"
#include "systems/one_stop/visit.h"

namespace thien_an::one_stop {
namespace {

using casework::DossierPage;
using casework::FieldError;
using casework::OpenTask;
using casework::Outcome;
using casework::Speech;

/// An outcome of an open task of the dossier, and the task's form.
struct Act {
    DossierPage page;
    OpenTask task;
    Outcome outcome;
    std::shared_ptr<const casework::Procedure> procedure;  ///< Shared with other threads; holds the form.
    const casework::Form* form = nullptr;
};

bool refuses(const Outcome& outcome) { return outcome.style == "refuse"; }

Result<Act> act_of(const web::Request& request, web::Context& context)
{
    auto page = TRY(open(request, context));
    const auto id = TRY(parse_id(request.value("task")));
    auto task = TRY(casework::find_task(office(context), context.actor(), {id}));
    if (task.dossier != page.dossier.id)
        return Problem{.code = "casework.no_such_task", .field = "", .law = ""};
    const auto found = std::find_if(task.outcomes.begin(), task.outcomes.end(), [&](const Outcome& one) {
        return one.id == request.value("outcome");
    });
    if (found == task.outcomes.end())
        return Problem{.code = "casework.no_such_outcome", .field = "", .law = ""};
    Act act{std::move(page), task, *found, nullptr, nullptr};
    act.procedure = office(context).packs.version({task.pack});
    // Refusing or asking back needs no answers of the task's own form, only the reason.
    if (act.procedure && !task.form.empty() && !found->reason_needed)
        act.form = act.procedure->task_form(task.form);
    return act;
}

json::array warning_values(const DossierPage& page)
{
    json::array warnings;
    for (const auto& warning : page.warnings)
        warnings.push_back(json::object{{"code", warning.code}, {"field", warning.field}});
    return warnings;
}

casework::FormContext form_context(const Act& act, const web::Context& context)
{
    auto asked = casework::form_context(office(context), *act.procedure, context.today());
    asked.extra.as_object()["warnings"] = warning_values(act.page);
    asked.extra.as_object()["dossier"] = json::object{{"channel", act.page.dossier.channel}};
    asked.words = &context.use<text::Catalogue>();
    return asked;
}

/// What was sent, or an empty form.
struct Sent {
    casework::Typed typed = {};
    json::value document = json::object{};
    std::string reason = {};
    bool sure = false;
    std::vector<FieldError> errors = {};
    std::vector<Problem> problems = {};
    std::string way = {};
};

void add_form_fields(json::array& fields, const Act& act, const Sent& sent, const web::Context& context)
{
    if (act.form == nullptr) return;
    const auto say = speech(context);
    for (const auto& id : act.form->step_ids()) {
        const auto step = act.form->step(
            id, sent.document, form_context(act, context), office(context).codes, sent.typed, sent.errors
        );
        if (!step) throw std::logic_error("a form without one of its own steps");
        for (auto& group : casework::group_values(step.value().fields, say))
            for (auto& field : group.as_object()["fields"].as_array()) fields.push_back(std::move(field));
    }
}

json::array fields_of(const Act& act, const Sent& sent, const web::Context& context)
{
    const auto say = speech(context);
    json::array fields;
    add_form_fields(fields, act, sent, context);
    if (act.outcome.reason_needed)
        fields.push_back(casework::area_field(
            {.name = "reason",
             .label = say.say("one_stop.outcome.reason"),
             .hint = say.say(
                 refuses(act.outcome) ? "one_stop.outcome.refusal_hint" : "one_stop.outcome.reason_hint"
             ),
             .error = error_at(sent.problems, "/reason", context),
             .value = sent.reason,
             .length_max = 2000}
        ));
    if (refuses(act.outcome))
        fields.push_back(casework::tick_field(
            {.name = "sure",
             .label = say.say("one_stop.outcome.sure"),
             .error = error_at(sent.problems, "/sure", context)},
            sent.sure
        ));
    return fields;
}

json::array notes_of(const Act& act, const web::Context& context)
{
    json::array notes;
    for (const auto& warning : act.page.warnings)
        notes.push_back(note(
            "warn",
            "alert",
            context.sentence({.code = warning.code, .field = "", .law = warning.law, .words = warning.words})
        ));
    if (refuses(act.outcome)) {
        notes.push_back(note("warn", "alert", context.say("one_stop.outcome.refusal_note")));
        return notes;
    }
    const auto due = casework::due_if_received(office(context), act.page.dossier);
    if (due && !act.outcome.reason_needed) {
        const auto until = casework::due_at(*due, context.now(), speech(context));
        notes.push_back(
            note("info", "clock", context.say("one_stop.outcome.receipt_note", json::object{{"at", until}}))
        );
    }
    return notes;
}

web::Response draw(const Act& act, Sent sent, const web::Context& context)
{
    const auto say = speech(context);
    sent.problems = placed(std::move(sent.problems), act.outcome.reason_needed ? "/reason" : "");
    return draw_act(
        {.title = say.in(act.outcome.name),
         .subtitle = say.in(act.task.name) + ". " + short_name(act.page, context),
         .back = dossier_address(act.page.dossier.code),
         .back_text = act.page.dossier.code,
         .action =
             dossier_address(act.page.dossier.code, "viec/" + text_of(act.task.id) + "/" + act.outcome.id),
         .submit = say.in(act.outcome.name),
         .bad = refuses(act.outcome),
         .fields = fields_of(act, sent, context),
         .notes = notes_of(act, context),
         .errors = sent.errors,
         .problems = sent.problems,
         .ways = ways_for_task(act.task, context),
         .chosen_way = sent.way},
        context
    );
}

/// Reads the task's form; what is wrong with it is in `errors`.
Sent sent_form(const Act& act, const web::Request& request, const web::Context& context)
{
    Sent sent{
        .typed = typed(request),
        .reason = request.form.get("reason"),
        .sure = request.form.has("sure"),
        .way = request.form.get("post")};
    if (act.form != nullptr) {
        const auto form_words = form_context(act, context);
        for (const auto& step : act.form->step_ids()) {
            auto decoded = act.form->decode(step, sent.typed, sent.document, form_words);
            sent.document = std::move(decoded.document);
            for (auto& error : decoded.errors) sent.errors.push_back(std::move(error));
        }
        if (sent.errors.empty())
            sent.errors = act.form->check("", sent.document, form_words, office(context).codes);
    }
    if (act.outcome.reason_needed && sent.reason.empty())
        sent.problems.push_back({.code = "casework.reason_required", .field = "/reason", .law = ""});
    if (refuses(act.outcome) && !sent.sure)
        sent.problems.push_back({.code = "one_stop.not_sure", .field = "/sure", .law = ""});
    return sent;
}

/// A task by its address, of the dossier of {code}.
Result<casework::TaskId> task_of(const web::Request& request)
{
    return casework::TaskId{TRY(parse_id(request.value("task")))};
}

}  // namespace

Result<web::Response> show_outcome(const web::Request& request, web::Context& context)
{
    const auto act = act_of(request, context);
    if (!act && is_conflict(act.problem()))
        return draw_conflict(request.value("code"), act.problem(), "", context);
    if (!act) return act.problem();
    Sent fresh;
    if (act.value().form != nullptr)
        fresh.document =
            TRY(casework::fresh_task_form(office(context), context.actor(), act.value().task.id));
    return draw(act.value(), std::move(fresh), context);
}

Result<web::Response> take_outcome(const web::Request& request, web::Context& context)
{
    const auto found = act_of(request, context);
    if (!found && is_conflict(found.problem()))
        return draw_conflict(request.value("code"), found.problem(), request.form.get("reason"), context);
    if (!found) return found.problem();
    const auto& act = found.value();
    auto sent = sent_form(act, request, context);
    if (!sent.errors.empty() || !sent.problems.empty()) return draw(act, std::move(sent), context);
    const auto done = casework::complete_task(
        office(context),
        acting(request, context),
        act.task.id,
        {.outcome = act.outcome.id, .form = sent.document, .reason = sent.reason},
        once(request, context)
    );
    if (done) return done_and_back(dossier_address(act.page.dossier.code), "flash.task_completed");
    if (is_conflict(done.problem()))
        return draw_conflict(act.page.dossier.code, done.problem(), sent.reason, context);
    sent.problems.push_back(done.problem());
    return draw(act, std::move(sent), context);
}

Result<web::Response> claim(const web::Request& request, web::Context& context)
{
    const auto& code = request.value("code");
    const auto done = casework::claim_task(office(context), context.actor(), TRY(task_of(request)));
    if (!done && is_conflict(done.problem())) return draw_conflict(code, done.problem(), "", context);
    if (!done) return done.problem();
    return done_and_back(dossier_address(code), "flash.task_claimed");
}

Result<web::Response> release(const web::Request& request, web::Context& context)
{
    TRY(casework::release_task(office(context), context.actor(), TRY(task_of(request))));
    return done_and_back(dossier_address(request.value("code")), "flash.task_released");
}

Result<web::Response> show_give(const web::Request& request, web::Context& context)
{
    const auto& code = request.value("code");
    const auto task = TRY(task_of(request));
    return draw_give_form(
        {.tasks = {task},
         .back = dossier_address(code),
         .back_text = code,
         .action = dossier_address(code, "chuyen/" + text_of(task))},
        context
    );
}

Result<web::Response> give(const web::Request& request, web::Context& context)
{
    const auto& code = request.value("code");
    const auto task = TRY(task_of(request));
    return take_give_form(
        {.tasks = {task},
         .back = dossier_address(code),
         .back_text = code,
         .action = dossier_address(code, "chuyen/" + text_of(task))},
        request,
        context
    );
}

}  // namespace thien_an::one_stop

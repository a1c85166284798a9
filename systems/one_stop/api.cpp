#include "systems/one_stop/api.h"

#include <charconv>

#include "engine/casework/dossier_store.h"
#include "engine/casework/packs.h"
#include "engine/casework/reading.h"

#include "systems/one_stop/visit.h"

namespace thien_an::one_stop {
namespace {

Result<casework::TaskId> task_id(const web::Request& request)
{
    return casework::TaskId{TRY(parse_id(request.value("id")))};
}

Result<casework::Dossier> dossier_of(const casework::OpenTask& task, const web::Context& context)
{
    return context.database().read([&](storage::Reader& db) {
        return casework::find_dossier(db, task.dossier);
    });
}

/// The dossier as the caller may see it; opening it is audited.
Result<casework::Dossier> dossier_opened(const web::Request& request, const web::Context& context)
{
    return TRY(casework::open_dossier(
                   office(context), context.actor(), request.value("code"), text::code_of(context.language())
               ))
        .dossier;
}

std::string entity_tag(const casework::Dossier& dossier)
{
    return "\"" + std::to_string(dossier.number_of_events) + "\"";
}

/// The number of events in If-Match; nothing when it was not sent. "*" asks for no version.
/// Problem "casework.changed_meanwhile" for a tag that was never ours.
Result<std::optional<std::int64_t>> seen_in(const web::Request& request)
{
    const auto tag = request.header("if-match");
    if (tag.empty() || tag == "*") return std::optional<std::int64_t>{};
    std::int64_t seen = 0;
    const auto [end, error] = std::from_chars(tag.data() + 1, tag.data() + tag.size(), seen);
    const bool ours = tag.size() > 2 && tag.front() == '"' && error == std::errc{} &&
                      end == tag.data() + tag.size() - 1 && tag.back() == '"';
    if (!ours) return Problem{.code = "casework.changed_meanwhile", .field = "", .law = ""};
    return std::optional(seen);
}

/// The schema of a task's form, of the version the dossier runs under.
json::value form_of(const casework::OpenTask& task, const web::Context& context)
{
    const auto procedure = office(context).packs.version({task.pack});
    if (!procedure || task.form.empty()) return nullptr;
    const auto* name = json::find(procedure->metadata(), "/files/task_forms/" + task.form);
    if (name == nullptr || !name->is_string()) return nullptr;
    const auto found = procedure->files().find(std::string_view(name->get_string()));
    return found == procedure->files().end() ? json::value(nullptr) : json::parse(found->second).value();
}

Result<web::Response> draw_task(casework::TaskId id, const web::Context& context)
{
    const auto say = speech(context);
    const auto task = TRY(casework::find_task(office(context), context.actor(), id));
    const auto dossier = TRY(dossier_of(task, context));
    TaskOpened shown{
        .id = text_of(task.id),
        .dossier = task.code,
        .step = task.node,
        .name = say.in(task.name),
        .due_at = task.due,
        .outcomes = {},
        .form = form_of(task, context),
        .holder = {},
        .may_act = task.may_act};
    if (!task.holder.empty()) shown.holder = task.holder;
    for (const auto& one : task.outcomes)
        shown.outcomes.push_back({one.id, say.in(one.name), one.reason_needed});
    auto response = web::json_answer(web::encode(shown));
    response.header("ETag", entity_tag(dossier));
    return response;
}

web::Response act_done(const casework::Dossier& dossier)
{
    return web::json_answer(web::encode(ActDone{dossier.code}));
}

}  // namespace

Result<web::Response> list_tasks(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    const auto listing = TRY(web::listing_of(request));
    const auto found = casework::tasks_for(office(context), context.actor(), listing.cursor, listing.limit);
    TaskPage page;
    for (const auto& task : found.tasks) {
        TaskShown shown_task{text_of(task.id), task.code, say.in(task.name), task.due, {}};
        for (const auto& outcome : task.outcomes) shown_task.outcomes.push_back(outcome.id);
        page.items.push_back(std::move(shown_task));
    }
    if (!found.next.empty()) page.next = found.next;
    return web::json_answer(web::encode(page));
}

Result<web::Response> send_task(const web::Request& request, web::Context& context)
{
    return draw_task(TRY(task_id(request)), context);
}

Result<web::Response> complete_task(const web::Request& request, web::Context& context)
{
    auto sent = TRY(web::decode<TaskDone>(request.json));
    const auto id = TRY(task_id(request));
    const auto seen = TRY(seen_in(request));
    if (!sent.form || sent.form->is_null()) sent.form = json::object{};
    const auto done = TRY(casework::complete_task(
        office(context),
        context.actor(),
        id,
        {.outcome = sent.outcome,
         .form = *std::move(sent.form),
         .reason = sent.reason.value_or(""),
         .seen = seen},
        once(request, context)
    ));
    const auto dossier = TRY(context.database().read([&](storage::Reader& db) {
        return casework::find_dossier(db, done.dossier);
    }));
    TaskCompleted answer{dossier.code, std::string(casework::name_of(done.state)), done.due, {}};
    for (const auto next : done.next) answer.next.push_back(text_of(next));
    return web::json_answer(web::encode(answer));
}

Result<web::Response> claim_task(const web::Request& request, web::Context& context)
{
    const auto id = TRY(task_id(request));
    TRY(casework::claim_task(office(context), context.actor(), id));
    return draw_task(id, context);
}

Result<web::Response> release_task(const web::Request& request, web::Context& context)
{
    const auto id = TRY(task_id(request));
    TRY(casework::release_task(office(context), context.actor(), id));
    return draw_task(id, context);
}

Result<web::Response> reassign_task(const web::Request& request, web::Context& context)
{
    const auto sent = TRY(web::decode<TaskGiven>(request.json));
    const auto id = TRY(task_id(request));
    TRY(casework::reassign_task(office(context), context.actor(), id, sent.to, sent.reason));
    return draw_task(id, context);
}

Result<web::Response> note_dossier(const web::Request& request, web::Context& context)
{
    const auto sent = TRY(web::decode<NoteSent>(request.json));
    const auto dossier = TRY(dossier_opened(request, context));
    TRY(casework::add_note(office(context), context.actor(), dossier.id, sent.text));
    return act_done(dossier);
}

Result<web::Response> apologise_for_dossier(const web::Request& request, web::Context& context)
{
    const auto sent = TRY(web::decode<ApologySent>(request.json));
    const auto dossier = TRY(dossier_opened(request, context));
    TRY(casework::apologise(office(context), context.actor(), dossier.id, sent.new_due, sent.reason));
    return act_done(dossier);
}

Result<web::Response> take_dossier_payment(const web::Request& request, web::Context& context)
{
    const auto sent = TRY(web::decode<PaymentSent>(request.json));
    const auto dossier = TRY(dossier_opened(request, context));
    TRY(casework::take_payment(office(context), context.actor(), dossier.id, sent.receipt));
    return act_done(dossier);
}

}  // namespace thien_an::one_stop

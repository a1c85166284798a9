#include "systems/one_stop/api.h"

#include <charconv>

#include "engine/casework/reading.h"

#include "systems/one_stop/visit.h"

namespace thien_an::one_stop {
namespace {

constexpr int tasks_max = 100;
constexpr int tasks_usual = 50;

int limit_of(const web::Request& request)
{
    const auto text = request.query.get("limit");
    int limit = tasks_usual;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc{} || limit < 1) return tasks_usual;
    return limit > tasks_max ? tasks_max : limit;
}

}  // namespace

Result<web::Response> list_tasks(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    const auto found =
        casework::tasks_for(office(context), context.actor(), request.query.get("cursor"), limit_of(request));
    TaskPage page;
    for (const auto& task : found.tasks) {
        TaskShown shown_task{text_of(task.id), task.code, say.in(task.name), task.due, {}};
        for (const auto& outcome : task.outcomes) shown_task.outcomes.push_back(outcome.id);
        page.items.push_back(std::move(shown_task));
    }
    if (!found.next.empty()) page.next = found.next;
    auto answer = web::encode(page);
    return web::json_answer(answer);
}

Result<web::Response> complete_task(const web::Request& request, web::Context& context)
{
    auto sent = TRY(web::decode<TaskDone>(request.json));
    const casework::TaskId id{TRY(parse_id(request.value("id")))};
    const auto task = TRY(casework::find_task(office(context), context.actor(), id));
    if (sent.form.is_null()) sent.form = json::object{};
    const auto done = TRY(casework::complete_task(
        office(context),
        context.actor(),
        id,
        {.outcome = sent.outcome, .form = std::move(sent.form), .reason = sent.reason.value_or("")},
        once(request, context)
    ));
    TaskCompleted answer{task.code, std::string(casework::name_of(done.state)), done.due, {}};
    for (const auto next : done.next) answer.next.push_back(text_of(next));
    return web::json_answer(web::encode(answer));
}

}  // namespace thien_an::one_stop

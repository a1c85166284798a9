#include "systems/one_stop/give_form.h"

#include "engine/identity/posts.h"

#include "systems/one_stop/act_form.h"

namespace thien_an::one_stop {
namespace {

/// Colleagues by post: "Trần Thị Mỹ Lệ, Công chức Tư pháp - hộ tịch".
std::vector<casework::Choice> colleagues(const web::Context& context)
{
    std::vector<casework::Choice> choices;
    context.database().read([&](storage::Reader& db) {
        for (const auto& post : identity::posts_of_agency(db, context.actor().agency, context.today())) {
            std::string names;
            for (const auto& holding : identity::holders(db, post.id, context.today()))
                names += (names.empty() ? "" : ", ") + holding.name;
            if (names.empty()) continue;
            choices.push_back({text_of(post.id), {names + ": " + post.title_vi, names + ": " + post.title_en}}
            );
        }
    });
    return choices;
}

std::string action_of(const GiveForm& form)
{
    std::string action = form.action;
    for (const auto task : form.tasks)
        action += (action.find('?') == std::string::npos ? "?pick=" : "&pick=") + text_of(task);
    return action;
}

web::Response draw(
    const GiveForm& form,
    const std::string& to,
    const std::string& reason,
    std::vector<Problem> problems,
    const web::Context& context
)
{
    const auto say = speech(context);
    problems = placed(std::move(problems), "/to");
    return draw_act(
        {.title = say.say("one_stop.give.title"),
         .subtitle = say.say("one_stop.give.count", json::object{{"count", form.tasks.size()}}),
         .back = form.back,
         .back_text = form.back_text.empty() ? say.say("one_stop.queue.mine") : form.back_text,
         .action = action_of(form),
         .submit = say.say("one_stop.give.submit"),
         .fields =
             {casework::select_field(
                  {.name = "to",
                   .label = say.say("one_stop.give.to"),
                   .error = error_at(problems, "/to", context),
                   .value = to},
                  colleagues(context),
                  say
              ),
              casework::area_field(
                  {.name = "reason",
                   .label = say.say("one_stop.give.reason"),
                   .error = error_at(problems, "/reason", context),
                   .value = reason,
                   .length_max = 1000}
              )},
         .problems = problems},
        context
    );
}

}  // namespace

web::Response draw_give_form(const GiveForm& form, const web::Context& context)
{
    return draw(form, "", "", {}, context);
}

web::Response take_give_form(const GiveForm& form, const web::Request& request, const web::Context& context)
{
    const auto to = request.form.get("to");
    const auto reason = request.form.get("reason");
    std::vector<Problem> problems;
    const auto post = parse_id(to);
    if (!post) problems.push_back({.code = "one_stop.nobody_chosen", .field = "/to", .law = ""});
    if (reason.empty())
        problems.push_back({.code = "casework.reason_missing", .field = "/reason", .law = ""});
    if (!problems.empty()) return draw(form, to, reason, std::move(problems), context);
    for (const auto task : form.tasks) {
        const auto given =
            casework::reassign_task(office(context), context.actor(), task, {post.value()}, reason);
        if (!given) return draw(form, to, reason, {given.problem()}, context);
    }
    return done_and_back(form.back, "flash.task_given");
}

}  // namespace thien_an::one_stop

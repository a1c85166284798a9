#include "systems/one_stop/act_form.h"

#include "engine/web/desk.h"

namespace thien_an::one_stop {
namespace {

json::value posts_values(const ActForm& form, const web::Context& context)
{
    if (form.posts.size() < 2) return nullptr;
    const std::string chosen = form.chosen_post.empty() ? text_of(context.actor().post) : form.chosen_post;
    json::array items;
    for (const auto& post : form.posts) {
        const auto id = text_of(post.post);
        items.push_back(json::object{
            {"id", id}, {"label", post.title + ", " + post.agency_name}, {"selected", id == chosen}});
    }
    return json::object{{"items", std::move(items)}};
}

json::value acting_values(const ActForm& form, const web::Context& context)
{
    if (form.posts.size() > 1) return nullptr;
    if (form.posts.size() == 1)
        return json::object{{"id", text_of(form.posts.front().post)}, {"label", form.posts.front().title}};
    return json::object{
        {"id", text_of(context.actor().post)}, {"label", post_title(context, context.actor().post)}};
}

}  // namespace

json::object note(std::string_view kind, std::string_view icon, std::string text)
{
    return {{"kind", kind}, {"icon", icon}, {"text", std::move(text)}};
}

web::Response draw_act(ActForm form, const web::Context& context)
{
    const auto say = speech(context);
    const bool wrong = !form.errors.empty() || !form.problems.empty();
    const bool has_pairs = !form.pairs.empty();
    json::object values{
        {"title", form.title},
        {"subtitle", text_or_null(form.subtitle)},
        {"back", json::object{{"href", form.back}, {"text", form.back_text}}},
        {"action", form.action},
        {"submit", form.submit},
        {"submit_bad", form.bad},
        {"with_files", form.with_files},
        {"error_summary", casework::error_summary(form.errors, form.problems, say)},
        {"notes", std::move(form.notes)},
        {"quote", text_or_null(form.quote)},
        {"has_pairs", has_pairs},
        {"pairs", std::move(form.pairs)},
        {"acting_as", acting_values(form, context)},
        {"posts", posts_values(form, context)},
        {"fields", std::move(form.fields)}};
    return web::render_desk(context, "one_stop/form", std::move(values), wrong ? 422 : 200);
}

std::string error_at(
    const std::vector<Problem>& problems, std::string_view pointer, const web::Context& context
)
{
    for (const auto& problem : problems)
        if (problem.field == pointer) return context.sentence(problem);
    return "";
}

std::vector<Problem> placed(std::vector<Problem> problems, std::string_view pointer)
{
    for (auto& problem : problems)
        if (problem.field.empty()) problem.field = pointer;
    return problems;
}

web::Response draw_conflict(
    std::string_view code, const Problem& problem, std::string_view kept, const web::Context& context
)
{
    const auto say = speech(context);
    return web::render_desk(
        context,
        "one_stop/conflict",
        {{"code", code},
         {"title", say.say("one_stop.conflict.title")},
         {"text", context.sentence(problem)},
         {"kept", text_or_null(kept)}},
        409
    );
}

bool is_conflict(const Problem& problem)
{
    return problem.code == "casework.task_done" || problem.code == "casework.task_taken" ||
           problem.code == "casework.no_such_task";
}

}  // namespace thien_an::one_stop

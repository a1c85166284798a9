#include "systems/one_stop/act_form.h"

#include "engine/web/desk.h"

namespace thien_an::one_stop {
namespace {

json::value ways_values(const ActForm& form, const web::Context& context)
{
    if (form.ways.size() < 2) return nullptr;
    const auto say = speech(context);
    const auto chosen = form.chosen_way.empty() ? form.ways.front().id() : form.chosen_way;
    json::array items;
    for (const auto& way : form.ways)
        items.push_back(json::object{
            {"id", way.id()},
            {"label", way.label(say) + ", " + way.post.agency_name},
            {"selected", way.id() == chosen}});
    return json::object{{"items", std::move(items)}};
}

json::value acting_values(const ActForm& form, const web::Context& context)
{
    if (form.ways.size() > 1) return nullptr;
    const auto own = ways_to_act(context);
    const auto* way = !form.ways.empty() ? &form.ways.front() : !own.empty() ? &own.front() : nullptr;
    if (way == nullptr) return nullptr;
    return json::object{{"id", way->id()}, {"label", way->label(speech(context))}};
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
        {"picture", nullptr},
        {"quote", text_or_null(form.quote)},
        {"has_pairs", has_pairs},
        {"pairs", std::move(form.pairs)},
        {"acting_as", acting_values(form, context)},
        {"posts", ways_values(form, context)},
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
           problem.code == "casework.task_withdrawn" || problem.code == "casework.no_such_task";
}

}  // namespace thien_an::one_stop

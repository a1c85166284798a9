#include "systems/administration/visit.h"

#include <algorithm>

#include "engine/web/url.h"
#include "engine/workflow/picture.h"

namespace thien_an::administration {

const identity::Means& means(const web::Context& context) { return context.use<identity::Means>(); }

casework::Speech speech(const web::Context& context)
{
    return {context.use<text::Catalogue>(), context.language()};
}

identity::Act act(const web::Context& context)
{
    return {.actor = context.actor(), .now = context.now(), .ids = context.ids()};
}

web::Response done_and_back(std::string_view path, std::string_view key)
{
    auto response = web::see_other(path);
    response.flash(std::string(key));
    return response;
}

web::Response draw_form(FormPage form, const web::Context& context)
{
    const int status = form.problems.empty() ? 200 : 422;
    const bool has_pairs = !form.pairs.empty();
    return web::render_desk(
        context,
        "administration/form",
        {{"title", form.title},
         {"subtitle", text_or_null(form.subtitle)},
         {"back", json::object{{"href", form.back}, {"text", form.back_text}}},
         {"action", form.action},
         {"submit", form.submit},
         {"submit_bad", form.submit_bad},
         {"with_files", form.with_files},
         {"error_summary", casework::error_summary({}, form.problems, speech(context))},
         {"notes", std::move(form.notes)},
         {"picture", std::move(form.picture)},
         {"quote", nullptr},
         {"has_pairs", has_pairs},
         {"pairs", std::move(form.pairs)},
         {"acting_as", nullptr},
         {"posts", nullptr},
         {"fields", std::move(form.fields)}},
        status
    );
}

std::string error_at(
    const std::vector<Problem>& problems, std::string_view field, const web::Context& context
)
{
    for (const auto& problem : problems)
        if (problem.field == field) return context.sentence(problem);
    return "";
}

std::vector<Problem> placed(
    const Problem& problem, const std::vector<std::string_view>& fields, std::string_view otherwise
)
{
    auto copy = problem;
    if (std::ranges::find(fields, std::string_view(copy.field)) == fields.end()) copy.field = otherwise;
    return {copy};
}

json::object asked(
    std::string_view name,
    std::string_view key,
    const web::Request& request,
    const std::vector<Problem>& problems,
    const web::Context& context
)
{
    const auto say = speech(context);
    const std::string hint = std::string(key) + "_hint";
    return casework::text_field(
        {.name = std::string(name),
         .label = say.say(key),
         .hint = say.words.contains(hint) ? say.say(hint) : "",
         .error = error_at(problems, "/" + std::string(name), context),
         .value = request.form.get(name)}
    );
}

Picture picture_values(const std::string& svg)
{
    constexpr double fitted_max = 1400;
    if (svg.empty()) return {};
    return {
        text::trusted(text::Markup(svg)), workflow::here_percent(svg), workflow::width_of(svg) > fitted_max};
}

json::object reason_field(
    std::string value, const std::vector<Problem>& problems, const web::Context& context
)
{
    return casework::area_field(
        {.name = "reason",
         .label = context.say("administration.reason"),
         .error = error_at(problems, "/reason", context),
         .value = std::move(value),
         .length_max = 500}
    );
}

json::object chip(std::string_view kind, std::string_view icon, std::string text)
{
    return {{"kind", kind}, {"icon", icon}, {"text", std::move(text)}};
}

json::value text_or_null(std::string_view text)
{
    return text.empty() ? json::value(nullptr) : json::value(text);
}

std::string in(const web::Context& context, const std::string& vi, const std::string& en)
{
    return context.language() == text::Language::en && !en.empty() ? en : vi;
}

Result<Day> typed_day(std::string_view text, std::string_view field)
{
    const auto slash = text.find('/');
    const auto second = slash == std::string_view::npos ? slash : text.find('/', slash + 1);
    std::string written(text);
    if (second != std::string_view::npos) {
        const auto two = [](std::string_view part) {
            return (part.size() == 1 ? "0" : "") + std::string(part);
        };
        written = std::string(text.substr(second + 1)) + "-" +
                  two(text.substr(slash + 1, second - slash - 1)) + "-" + two(text.substr(0, slash));
    }
    auto day = parse_day(written);
    if (day) return day;
    auto problem = day.problem();
    problem.field = field;
    return problem;
}

json::value pager(const web::Request& request, std::string_view last, bool more)
{
    const bool later_page = request.query.has("truoc");
    if (!more && !later_page) return nullptr;
    std::string kept;
    for (const auto& [name, value] : request.query)
        if (name != "truoc") kept += "&" + web::percent_encoded(name) + "=" + web::percent_encoded(value);
    json::value next = nullptr;
    if (more) next = request.path + "?truoc=" + std::string(last) + kept;
    json::value first = nullptr;
    if (later_page) first = request.path + (kept.empty() ? "" : "?" + kept.substr(1));
    return json::object{{"range", ""}, {"previous", first}, {"next", next}};
}

}  // namespace thien_an::administration

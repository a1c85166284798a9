#include "systems/portal/display_pages.h"

#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

/// One choice of the page: words "portal.display.NAME", and "portal.display.NAME_VALUE" for each value.
json::object choice(
    std::string_view name,
    const std::string& chosen,
    std::initializer_list<std::string_view> values,
    const casework::Speech& say
)
{
    const std::string key = "portal.display." + std::string(name);
    std::vector<casework::Choice> choices;
    for (const auto value : values) {
        const std::string word = key + "_" + std::string(value.empty() ? "usual" : value);
        const std::string both = say.say(word);
        choices.push_back({std::string(value), {both, both}});
    }
    auto field = casework::choice_field(
        {.name = std::string(name), .label = say.say(key), .value = chosen}, choices, say
    );
    field["as_choice"].as_object()["in_row"] = true;
    return field;
}

}  // namespace

std::string came_from(std::string_view referer, std::string_view host)
{
    const auto scheme = referer.find("://");
    if (scheme == std::string_view::npos) return "/";
    const auto rest = referer.substr(scheme + 3);
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos || rest.substr(0, slash) != host) return "/";
    const auto path = rest.substr(slash);
    return path.starts_with("/hien-thi") ? "/" : local_path(path, "/");
}

Result<web::Response> show_display(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    const auto back = came_from(request.header("referer"), request.host);
    return context.render(
        "portal/display",
        {{"back", back},
         {"fields",
          json::array{
              choice("text", request.cookies.get("text"), {"", "large"}, say),
              choice("theme", request.cookies.get("theme"), {"", "light", "dark"}, say),
              choice("contrast", request.cookies.get("contrast"), {"", "more"}, say),
              choice("lang", say.code(), {"vi", "en"}, say)}}}
    );
}

}  // namespace thien_an::portal

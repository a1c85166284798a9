#include <array>

#include "engine/web/site.h"
#include "engine/web/url.h"

namespace thien_an::web {
namespace {

bool from_here(const Request& request)
{
    return request.remote.starts_with("127.") || request.remote == "::1" ||
           request.remote == "::ffff:127.0.0.1";
}

Result<Response> health(const Request&, Context&) { return text_answer("ok\n"); }

Result<Response> ready(const Request&, Context& context)
{
    const bool yes = context.use<Readiness>().ready();
    return text_answer(yes ? "ready\n" : "not ready\n", yes ? 200 : 503);
}

/// Only for this machine: counts tell a stranger when to come.
Result<Response> metrics(const Request& request, Context& context)
{
    if (!from_here(request)) return Problem{.code = "web.no_such_page", .field = "", .law = ""};
    auto response = text_answer(context.use<Metrics>().text());
    response.type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
}

/// Where the form came from, when that is a path of ours.
std::string way_back(const Request& request)
{
    const auto back = request.form.get("back", "/");
    return is_own_path(back) ? back : "/";
}

/// Language, theme, contrast and size of text, kept in cookies for a year. Sent by the buttons of every page's frame.
Result<Response> set_look(const Request& request, Context&)
{
    auto response = see_other(way_back(request));
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> choices{{
        {"lang", " vi en "},
        {"theme", "  light dark "},
        {"text", "  large "},
        {"contrast", "  more "},
    }};
    for (const auto& [name, allowed] : choices) {
        const auto* chosen = request.form.find(name);
        if (chosen == nullptr || allowed.find(" " + *chosen + " ") == std::string_view::npos) continue;
        response.cookie({.name = std::string(name), .value = *chosen, .max_age = std::chrono::days{365}});
    }
    return response;
}

constexpr std::array routes{
    Route{Method::get, "/health", open, health},
    Route{Method::get, "/ready", open, ready},
    Route{Method::get, "/metrics", open, metrics},
    Route{Method::post, "/hien-thi", open, set_look, {.body_max = 4096, .csrf = false}},
};

}  // namespace

std::span<const Route> own_routes() { return routes; }

}  // namespace thien_an::web

#include "engine/web/door_for_test.h"

#include <array>

namespace thien_an::web::test {
namespace {

text::Catalogue own_words()
{
    const std::array folders{std::filesystem::path(THIENAN_SOURCE_DIR) / "engine/web"};
    return text::Catalogue::load(folders);
}

text::Templates own_templates(const text::Catalogue& words)
{
    text::Templates templates;
    templates.add("test/page", "page.html", "<p>{{frame.lang}} {{name}} {{frame.csrf}}</p>");
    templates.add("portal/error", "error.html", "<h1>{{title}}</h1><p>{{text}} {{incident}}</p>");
    templates.link(words);
    return templates;
}

RouteTable table_of(std::span<const Route> routes)
{
    const std::array<std::span<const Route>, 2> tables{routes, own_routes()};
    return RouteTable(tables);
}

}  // namespace

Door::Door(std::span<const Route> routes, SiteSettings site_settings)
    : words(own_words()),
      templates(own_templates(words)),
      table(table_of(routes)),
      site(
          {.routes = table,
           .services = services,
           .pages = pages,
           .assets = assets,
           .tokens = tokens,
           .sessions = sessions,
           .limits = limits,
           .metrics = metrics,
           .ids = ids,
           .business = clock,
           .wall = clock,
           .log = log},
          std::move(site_settings)
      )
{
    services.add(metrics);
    services.add(readiness);
    services.add(ids);
}

std::unique_ptr<Server> Door::server(ServerSettings settings)
{
    settings.port = 0;
    auto made = std::make_unique<Server>(
        site, [](std::int64_t most) { return std::make_unique<CountedUpload>(most); }, events, settings
    );
    made->start();
    return made;
}

Response Door::ask(const std::string& head, const std::string& body)
{
    auto sized = head;
    if (!body.empty()) sized += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    auto plan = site.plan(std::get<Head>(read_head(sized + "\r\n")), "10.9.9.9");
    Response response;
    plan.request.body = body;
    if (plan.answer)
        response = std::move(*plan.answer);
    else
        response = site.answer(plan.request, *plan.route);
    site.finish(plan.request, response);
    return response;
}

}  // namespace thien_an::web::test

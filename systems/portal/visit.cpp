#include "systems/portal/visit.h"

#include <array>
#include <charconv>

#include "engine/casework/packs.h"
#include "engine/web/site.h"
#include "engine/web/url.h"

namespace thien_an::portal {

casework::Office& office(const web::Context& context) { return context.use<casework::Office>(); }

const identity::Means& means(const web::Context& context) { return context.use<identity::Means>(); }

casework::Speech speech(const web::Context& context)
{
    return {context.use<text::Catalogue>(), context.language()};
}

casework::DraftOwner draft_owner(const web::Context& context)
{
    if (context.session() != nullptr && context.actor().party)
        return {.party = context.actor().party, .visitor = {}};
    return {.party = {}, .visitor = context.visitor()};
}

casework::Once once(const web::Request& request, const web::Context& context)
{
    const auto& actor = context.actor();
    return {
        .client = actor.account
                      ? "account " + text_of(actor.account)
                      : (actor.party ? "party " + text_of(actor.party) : "visitor " + context.visitor()),
        .route = std::string(web::name_of(request.method)) + " " + request.path,
        .key = request.idempotency_key()};
}

casework::Typed typed(const web::Request& request)
{
    casework::Typed fields;
    for (const auto& [name, value] : request.form)
        if (name != "csrf" && name != "key") fields.emplace(name, value);
    return fields;
}

std::string session_token(const web::Request& request)
{
    const std::string name(web::session_cookie);
    return request.cookies.get("__Host-" + name, request.cookies.get(name));
}

void keep_session(web::Response& response, const identity::SignedIn& signed_in)
{
    response.cookie(
        {.name = std::string(web::session_cookie), .value = signed_in.token, .max_age = std::nullopt}
    );
}

std::string browser_name(std::string_view agent)
{
    using Name = std::pair<std::string_view, std::string_view>;
    // Who calls himself like another comes before that other.
    constexpr std::array browsers{
        Name{"coc_coc_browser", "Coc Coc"},
        Name{"Edg", "Edge"},
        Name{"OPR/", "Opera"},
        Name{"SamsungBrowser", "Samsung Internet"},
        Name{"Firefox/", "Firefox"},
        Name{"FxiOS", "Firefox"},
        Name{"Chrome/", "Chrome"},
        Name{"CriOS", "Chrome"},
        Name{"Safari/", "Safari"}};
    constexpr std::array systems{
        Name{"Android", "Android"},
        Name{"iPhone", "iPhone"},
        Name{"iPad", "iPad"},
        Name{"Windows", "Windows"},
        Name{"Mac OS X", "macOS"},
        Name{"CrOS", "ChromeOS"},
        Name{"Linux", "Linux"}};
    const auto first = [&](const auto& names) {
        for (const auto& [sign, name] : names)
            if (agent.find(sign) != std::string_view::npos) return std::string(name);
        return std::string();
    };
    const auto browser = first(browsers);
    const auto system = first(systems);
    if (browser.empty()) return std::string(agent);
    return system.empty() ? browser : browser + ", " + system;
}

identity::SignIn origin_of(const web::Request& request)
{
    return {
        .login = "",
        .password = "",
        .address = request.remote,
        .agent = browser_name(request.header("user-agent"))};
}

void say_next(web::Response& response, std::string_view key)
{
    response.cookie({.name = "flash", .value = std::string(key), .max_age = std::chrono::seconds{60}});
}

std::string local_path(std::string_view path, std::string_view otherwise)
{
    return std::string(web::is_own_path(path) ? path : otherwise);
}

json::array answer_sections(const casework::DossierPage& page, web::Context& context)
{
    const auto say = speech(context);
    const auto procedure = office(context).packs.version({page.dossier.pack});
    json::array sections;
    std::string title;
    for (const auto& answer : page.answers) {
        if (answer.value.empty()) continue;
        // An answer of no part (a question between two people) goes on under the part before it.
        if (auto next = procedure ? casework::part_title(*procedure->form(), answer.pointer, say) : "";
            sections.empty() || (!next.empty() && next != title)) {
            title = std::move(next);
            sections.push_back(json::object{{"title", title}, {"pairs", json::array{}}});
        }
        sections.back().as_object()["pairs"].as_array().push_back(
            casework::pair_values(say.in(answer.title), answer.value)
        );
    }
    return sections;
}

web::Response problem_page(const web::Context& context, const Problem& problem)
{
    return context.render(
        "portal/error",
        {{"title", context.say("portal.error.cannot")},
         {"text", context.sentence(problem)},
         {"incident", nullptr},
         {"links", json::array{json::object{{"href", "/"}, {"text", context.say("portal.error.home")}}}}},
        web::status_of(problem)
    );
}

std::size_t page_number(const web::Request& request)
{
    const std::string text = request.query.get("trang");
    std::size_t page = 1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), page);
    constexpr std::size_t page_max = 10'000;
    return error == std::errc{} && end == text.data() + text.size() && page >= 1 && page <= page_max ? page
                                                                                                     : 1;
}

}  // namespace thien_an::portal

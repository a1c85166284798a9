#include "systems/one_stop/account_pages.h"

#include "engine/identity/sessions.h"
#include "engine/web/desk.h"
#include "engine/web/site.h"

#include "systems/one_stop/visit.h"

namespace thien_an::one_stop {
namespace {

using casework::Speech;

std::string session_token(const web::Request& request)
{
    const std::string name(web::session_cookie);
    return request.cookies.get("__Host-" + name, request.cookies.get(name));
}

Result<identity::Session> session_of(const web::Request& request, web::Context& context)
{
    return context.database().read([&](storage::Reader& db) {
        return identity::find_session(db, session_token(request), context.wall(), context.today());
    });
}

json::array ways_of(const web::Context& context, const Speech& say)
{
    json::array ways;
    const auto& actor = context.actor();
    for (const auto& way : all_ways(context)) {
        json::value until = nullptr;
        if (way.until) until = say.say("one_stop.account.until", json::object{{"day", shown(*way.until)}});
        ways.push_back(json::object{
            {"id", way.id()},
            {"label", way.label(say)},
            {"agency", way.post.agency_name},
            {"until", std::move(until)},
            {"current", actor.post == way.post.post && actor.for_post == way.for_post}});
    }
    return ways;
}

json::array sessions_of(
    storage::Reader& db, const identity::Session& session, const web::Context& context, const Speech& say
)
{
    json::array rows;
    for (const auto& row : identity::list_sessions(db, session, context.wall()))
        rows.push_back(json::object{
            {"id", text_of(row.id)},
            {"device", row.agent},
            {"where", row.address},
            {"seen", row.current ? say.say("one_stop.account.in_use") : shown(row.seen)},
            {"current", row.current}});
    return rows;
}

}  // namespace

Result<web::Response> show_account(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    const auto session = TRY(session_of(request, context));
    auto ways = ways_of(context, say);
    json::array sessions;
    context.database().read([&](storage::Reader& db) { sessions = sessions_of(db, session, context, say); });
    const bool no_posts = ways.empty();
    return web::render_desk(
        context,
        "one_stop/account",
        {{"pairs",
          json::array{
              casework::pair_values(say.say("one_stop.account.name"), context.session()->name, true)}},
         {"posts", std::move(ways)},
         {"no_posts", no_posts},
         {"keys_on", context.request().cookies.get("phim") != "off"},
         {"sessions", std::move(sessions)},
         {"factor",
          json::object{
              {"text",
               say.say(
                   session.second_factor_proved ? "one_stop.account.factor_proved"
                                                : "one_stop.account.factor_not"
               )},
              {"href", "/tai-khoan"},
              {"link", say.say("one_stop.account.factor_link")}}}}
    );
}

Result<web::Response> choose_post(const web::Request& request, web::Context& context)
{
    const auto session = TRY(session_of(request, context));
    const auto wanted = request.form.get("post");
    const auto dot = wanted.find('.');
    const identity::PostId post{TRY(parse_id(wanted.substr(0, dot)))};
    identity::PostId for_post;
    if (dot != std::string::npos) for_post.value = TRY(parse_id(wanted.substr(dot + 1)));
    const identity::Act act{context.actor(), context.now(), context.ids()};
    const auto chosen = context.database().write({}, [&](storage::Writer& db) {
        return identity::act_as(db, act, session, post, for_post);
    });
    if (!chosen && chosen.problem().code == "identity.second_factor_needed")
        return web::see_other("/dang-nhap/ma");
    if (!chosen) return chosen.problem();
    return done_and_back("/ban-lam-viec", "flash.post_chosen");
}

Result<web::Response> switch_keys(const web::Request& request, web::Context&)
{
    constexpr std::chrono::days kept{365};
    auto response = web::see_other("/ban-lam-viec/tai-khoan");
    response.cookie(
        {.name = "phim", .value = request.form.get("keys") == "off" ? "off" : "on", .max_age = kept}
    );
    return response;
}

}  // namespace thien_an::one_stop

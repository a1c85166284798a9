#include "systems/one_stop/visit.h"

#include <algorithm>

#include "engine/identity/delegations.h"
#include "engine/identity/posts.h"

namespace thien_an::one_stop {

casework::Office& office(const web::Context& context) { return context.use<casework::Office>(); }

casework::Speech speech(const web::Context& context)
{
    return {context.use<text::Catalogue>(), context.language()};
}

std::string Way::id() const
{
    return for_post ? text_of(post.post) + "." + text_of(for_post) : text_of(post.post);
}

std::string Way::label(const casework::Speech& say) const
{
    if (!for_post) return post.title;
    return say.say("one_stop.account.acts_for", json::object{{"post", post.title}, {"for", for_title}});
}

std::vector<Way> all_ways(const web::Context& context)
{
    std::vector<Way> ways;
    if (context.session() == nullptr) return ways;
    context.database().read([&](storage::Reader& db) {
        const auto delegations = identity::delegations_to(db, context.actor().party, context.today());
        for (const auto& post : context.session()->posts) {
            ways.push_back({post, {}, ""});
            for (const auto& delegation : delegations) {
                const auto from = identity::find_post(db, delegation.from);
                if (delegation.to != post.post || !from) continue;
                Way way{post, delegation.from, from.value().title_vi};
                if (delegation.validity.to) way.until = *delegation.validity.to - std::chrono::days{1};
                ways.push_back(std::move(way));
            }
        }
    });
    return ways;
}

namespace {

bool is_own(const web::Context& context, const Way& way)
{
    return way.post.post == context.actor().post && way.for_post == context.actor().for_post;
}

}  // namespace

std::vector<Way> ways_to_act(const web::Context& context)
{
    auto ways = all_ways(context);
    context.database().read([&](storage::Reader& db) {
        std::erase_if(ways, [&](const Way& way) {
            const bool proved = way.post.post == context.actor().post;
            return !proved && identity::needs_second_factor(db, way.post.post);
        });
    });
    std::stable_partition(ways.begin(), ways.end(), [&](const Way& way) { return is_own(context, way); });
    return ways;
}

identity::Actor acting_in(const web::Context& context, const Way& way)
{
    auto actor = context.actor();
    if (is_own(context, way)) return actor;
    actor.post = way.post.post;
    actor.agency = way.post.agency;
    actor.for_post = way.for_post;
    actor.channel = "desk";
    return actor;
}

identity::Actor acting(const web::Request& request, const web::Context& context)
{
    const auto wanted = request.form.get("post");
    for (const auto& way : ways_to_act(context))
        if (way.id() == wanted) return acting_in(context, way);
    return context.actor();
}

std::string post_title(const web::Context& context, identity::PostId post)
{
    if (context.session() == nullptr) return "";
    const auto& posts = context.session()->posts;
    const auto found =
        std::find_if(posts.begin(), posts.end(), [&](const auto& one) { return one.post == post; });
    return found == posts.end() ? "" : found->title;
}

casework::Once once(const web::Request& request, const web::Context& context)
{
    return {
        .client = "account " + text_of(context.actor().account),
        .route = std::string(web::name_of(request.method)) + " " + request.path,
        .key = request.idempotency_key()};
}

casework::Typed typed(const web::Request& request)
{
    casework::Typed fields;
    for (const auto& [name, value] : request.form)
        if (name != "csrf" && name != "key" && name != "post") fields.emplace(name, value);
    return fields;
}

void say_next(web::Response& response, std::string_view key)
{
    response.cookie({.name = "flash", .value = std::string(key), .max_age = std::chrono::seconds{60}});
}

web::Response done_and_back(const std::string& path, std::string_view key)
{
    auto response = web::see_other(path);
    say_next(response, key);
    return response;
}

std::string dossier_address(std::string_view code, std::string_view rest)
{
    std::string address = "/ban-lam-viec/ho-so/" + std::string(code);
    if (!rest.empty()) address += "/" + std::string(rest);
    return address;
}

json::value text_or_null(std::string_view text)
{
    return text.empty() ? json::value(nullptr) : json::value(text);
}

}  // namespace thien_an::one_stop

#include "systems/one_stop/visit.h"

#include <algorithm>

#include "engine/identity/posts.h"

namespace thien_an::one_stop {

casework::Office& office(const web::Context& context) { return context.use<casework::Office>(); }

casework::Speech speech(const web::Context& context)
{
    return {context.use<text::Catalogue>(), context.language()};
}

identity::Actor acting_as(const web::Context& context, const web::PostChoice& post)
{
    auto actor = context.actor();
    if (actor.post == post.post) return actor;
    actor.post = post.post;
    actor.agency = post.agency;
    actor.for_post = {};
    actor.channel = "desk";
    return actor;
}

std::vector<web::PostChoice> posts_to_act_as(const web::Context& context)
{
    std::vector<web::PostChoice> posts;
    if (context.session() == nullptr) return posts;
    context.database().read([&](storage::Reader& db) {
        for (const auto& post : context.session()->posts)
            if (post.post == context.actor().post || !identity::needs_second_factor(db, post.post))
                posts.push_back(post);
    });
    return posts;
}

identity::Actor acting(const web::Request& request, const web::Context& context)
{
    const auto wanted = request.form.get("post");
    if (wanted.empty() || wanted == text_of(context.actor().post)) return context.actor();
    for (const auto& post : posts_to_act_as(context))
        if (text_of(post.post) == wanted) return acting_as(context, post);
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

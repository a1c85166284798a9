#include "engine/web/identity_sessions.h"

#include "engine/identity/parties.h"
#include "engine/identity/permissions.h"
#include "engine/identity/sessions.h"
#include "engine/identity/tokens.h"
#include "engine/web/site.h"

namespace thien_an::web {
namespace {

constexpr std::chrono::seconds profile_lasts{3};
constexpr std::size_t profiles_max = 20'000;

}  // namespace

IdentitySessions::Profile IdentitySessions::profile(
    storage::Reader& db, const identity::Actor& actor, Instant now
)
{
    const Key key{actor.party.value, actor.post.value, actor.for_post.value};
    {
        const std::lock_guard lock(mutex_);
        const auto found = profiles_.find(key);
        if (found != profiles_.end() && now - found->second.read_at < profile_lasts) return found->second;
    }
    const auto today = day_of(means_.clock.now());
    Profile read;
    read.read_at = now;
    if (auto party = identity::find_party(db, actor.party)) read.name = party.value().name;
    for (const auto& post : identity::posts_held(db, actor.party, today)) {
        const auto agency = identity::agency_on(db, post.agency, today);
        if (agency) read.posts.push_back({post.id, post.agency, post.title_vi, agency.value().name_vi});
    }
    read.permissions = identity::permissions_of(db, actor, today);
    const std::lock_guard lock(mutex_);
    if (profiles_.size() > profiles_max) profiles_.clear();
    return profiles_[key] = std::move(read);
}

std::shared_ptr<const Session> IdentitySessions::by_cookie(std::string_view token, Instant now)
{
    bool touch = false;
    identity::SessionId id;
    auto made = means_.database.read([&](storage::Reader& db) -> std::shared_ptr<const Session> {
        const auto found = identity::find_session(db, token, now, day_of(means_.clock.now()));
        if (!found) return nullptr;
        const auto& held = found.value();
        touch = identity::needs_touch(held, now);
        id = held.id;
        auto session = std::make_shared<Session>();
        session->actor = held.actor(held.post ? "desk" : "portal");
        session->id = held.csrf;
        session->second_factor_due = held.second_factor_due;
        auto known = profile(db, session->actor, now);
        session->name = std::move(known.name);
        session->posts = std::move(known.posts);
        session->permissions = std::move(known.permissions);
        return session;
    });
    // A session that ended meanwhile needs no touch: the next request finds that out.
    if (touch)
        (void)means_.database.write({{"session", id.value}}, [&](storage::Writer& db) {
            return identity::touch_session(db, id, now);
        });
    return made;
}

std::shared_ptr<const Session> IdentitySessions::by_bearer(std::string_view token, Instant now)
{
    return means_.database.read([&](storage::Reader& db) -> std::shared_ptr<const Session> {
        const auto found = identity::find_bearer(db, token, now, day_of(means_.clock.now()));
        if (!found) return nullptr;
        auto session = std::make_shared<Session>();
        session->actor = found.value().actor;
        session->id = "token " + text_of(found.value().id);
        session->bearer = true;
        session->scopes = found.value().scopes;
        auto known = profile(db, session->actor, now);
        session->name = std::move(known.name);
        session->posts = std::move(known.posts);
        session->permissions = std::move(known.permissions);
        return session;
    });
}

Result<identity::Session> open_session(const Request& request, const Context& context)
{
    const std::string name(session_cookie);
    const auto token = request.cookies.get("__Host-" + name, request.cookies.get(name));
    return context.database().read([&](storage::Reader& db) {
        return identity::find_session(db, token, context.wall(), context.today());
    });
}

}  // namespace thien_an::web

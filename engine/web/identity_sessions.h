#pragma once

#include <map>
#include <mutex>
#include <tuple>

#include "engine/identity/means.h"
#include "engine/identity/sessions.h"
#include "engine/web/context.h"
#include "engine/web/session.h"

/// Sessions and tokens as the identity room keeps them.
namespace thien_an::web {

/// The row of a session is read for every request, so that ending it works at once. Name, posts and rights of a person
/// are kept for a few seconds: commands ask identity again inside their transaction.
class IdentitySessions : public SessionSource {
public:
    explicit IdentitySessions(const identity::Means& means) : means_(means) {}

    std::shared_ptr<const Session> by_cookie(std::string_view token, Instant now) override;
    std::shared_ptr<const Session> by_bearer(std::string_view token, Instant now) override;

private:
    struct Profile {
        std::string name;
        std::vector<PostChoice> posts;
        std::vector<std::string> permissions;
        Instant read_at;
    };
    using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t>;  ///< Party, post, post acted for.

    Profile profile(storage::Reader& db, const identity::Actor& actor, Instant now);

    const identity::Means& means_;
    std::mutex mutex_;
    std::map<Key, Profile> profiles_;
};

/// The open session of the request's cookie, as identity keeps it. Problem "identity.no_session".
Result<identity::Session> open_session(const Request& request, const Context& context);

}  // namespace thien_an::web

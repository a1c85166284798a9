#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/identity/actor.h"

/// Who is asking. The identity room answers; this room only asks.
namespace thien_an::web {

/// A post the signed-in person may act as ("với tư cách").
struct PostChoice {
    identity::PostId post;
    identity::AgencyId agency;
    std::string title;        ///< "Công chức tư pháp - hộ tịch"
    std::string agency_name;  ///< "UBND xã Tịnh Khê"
};

/// A signed-in person or a machine, as of one request.
struct Session {
    identity::Actor actor;           ///< With the post chosen for this session, if any.
    std::string id;                  ///< Stable while it lasts, not the token: CSRF tokens are bound to it.
    std::string name;                ///< Shown in the frame of pages.
    bool second_factor_due = false;  ///< Must prove it before anything but signed_in pages.
    std::vector<PostChoice> posts;
    std::vector<std::string> permissions;  ///< Of the post acted as, sorted.
    bool bearer = false;                   ///< An API token, not a cookie.
    std::vector<std::string> scopes;       ///< Of an API token.

    bool may(std::string_view permission) const;
    bool has_scope(std::string_view scope) const;
};

/// Finds sessions. Called on workers for every request that carries a cookie or a token; must be fast and thread-safe.
class SessionSource {
public:
    virtual ~SessionSource() = default;
    /// Null when the token names no live session.
    virtual std::shared_ptr<const Session> by_cookie(std::string_view token, Instant now) = 0;
    virtual std::shared_ptr<const Session> by_bearer(std::string_view token, Instant now) = 0;
};

}  // namespace thien_an::web

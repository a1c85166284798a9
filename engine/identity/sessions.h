#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/identity/means.h"
#include "engine/identity/posts.h"

/// Sessions of people: a random token in a cookie, only its hash in the database; idle and absolute end by
/// the real clock. A session knows as which post the person acts.
namespace thien_an::identity {

using SessionId = Id<struct SessionTag>;

enum class SessionKind : std::int64_t {
    account = 1,
    guest = 2,  ///< Files without an account, by a code to a phone.
};

struct Session {
    SessionId id;
    SessionKind kind = SessionKind::account;
    AccountId account;  ///< 0 for a guest.
    PartyId party;
    PostId post;                     ///< 0: acts as a citizen.
    AgencyId agency;                 ///< Of the post.
    PostId for_post;                 ///< By delegation.
    bool second_factor_due = false;  ///< Must prove it before anything else.
    bool second_factor_proved = false;
    std::string csrf;  ///< Key of this session's form tokens.
    std::string language;
    Instant started;
    Instant seen;
    Instant ends;  ///< Absolute.

    /// Nobody while the second factor is due.
    Actor actor(std::string_view channel) const;
};

/// The open session of the cookie's token. A post the person no longer holds on `today`, or a delegation that
/// ended, is not in it. Problem "identity.no_session" (also when it ended, idled or is not one).
Result<Session> find_session(storage::Reader& db, std::string_view token, Instant wall, Day today);
/// True when `seen` is old enough to be worth a write (a minute).
bool needs_touch(const Session& session, Instant wall);
/// Moves the idle end. Call when needs_touch, in a transaction of its own.
Result<Done> touch_session(storage::Writer& db, SessionId id, Instant wall);

/// Chooses the post (0: citizen) and whom it acts for (0: itself). Problems "identity.does_not_hold",
/// "identity.no_such_delegation", "identity.second_factor_needed" when the post asks for one and the session
/// has not proved it. Audited.
Result<Session> act_as(
    storage::Writer& db, const Act& act, const Session& session, PostId post, PostId for_post
);
Result<Done> set_language(storage::Writer& db, const Session& session, std::string_view language);

/// One row of the person's own list.
struct SessionRow {
    SessionId id;
    std::string agent;    ///< "Firefox, Android"
    std::string address;  ///< Shortened: "113.161.x.x"
    Instant started;
    Instant seen;
    bool current = false;
};
/// Open sessions of the account of `session`, the latest first.
std::vector<SessionRow> list_sessions(storage::Reader& db, const Session& session, Instant wall);
/// Ends one of the caller's own. Problem "identity.no_session" when it is not his; ending twice is fine.
Result<Done> end_session(
    storage::Writer& db, const Act& act, const Session& session, SessionId which, Instant wall
);
/// Ends all of the caller's but this one; says how many.
Result<int> end_other_sessions(storage::Writer& db, const Act& act, const Session& session, Instant wall);
/// Ends every session of an account.
void end_all_sessions(storage::Writer& db, AccountId account, Instant wall);

/// A cookie for a visitor without session: random number, signed, so that form tokens and idempotency keys
/// have an owner before anyone is known. No row is written.
std::string new_visitor(const crypto::KeyRing& keys);
/// The visitor's number when the signature is right.
std::optional<std::string> check_visitor(const crypto::KeyRing& keys, std::string_view cookie);

}  // namespace thien_an::identity

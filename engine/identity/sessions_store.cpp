#include "engine/identity/sessions_store.h"

#include <algorithm>

#include "engine/crypto/hash.h"
#include "engine/crypto/key_ring.h"
#include "engine/crypto/random.h"
#include "engine/identity/audit.h"
#include "engine/identity/delegations.h"

namespace thien_an::identity {
namespace {

constexpr std::chrono::minutes touch_after{1};
constexpr std::size_t agent_bytes_max = 120;
constexpr std::string_view visitor_purpose = "identity.visitor";

/// Reads id, kind, account, party, post, for_post, second_factor_due, second_factor_proved, csrf, language,
/// started_at, seen_at, ends_at, in that order.
Session session_from(const storage::Rows& row)
{
    return {
        .id = row.id<SessionId>(0),
        .kind = SessionKind(row.integer(1)),
        .account = row.id<AccountId>(2),
        .party = row.id<PartyId>(3),
        .post = row.id<PostId>(4),
        .agency = {},
        .for_post = row.id<PostId>(5),
        .second_factor_due = row.integer(6) == 1,
        .second_factor_proved = row.integer(7) == 1,
        .csrf = row.text(8),
        .language = row.text(9),
        .started = row.instant(10),
        .seen = row.instant(11),
        .ends = row.instant(12)};
}

Problem no_session() { return Problem{.code = "identity.no_session", .field = "", .law = ""}; }

/// Takes out of the session what the person may no longer act as, and fills in the agency.
void settle_post(storage::Reader& db, Session& session, Day today)
{
    if (!session.post) return;
    if (!holds(db, session.party, session.post, today)) {
        session.post = {};
        session.for_post = {};
        return;
    }
    if (session.for_post && !acts_for(db, session.post, session.for_post, today)) session.for_post = {};
    session.agency = find_post(db, session.post).value().agency;
}

/// "113.161.x.x", "2001:ee0:x": enough to recognise, too little to follow somebody.
std::string shortened(std::string_view address)
{
    const char mark = address.find(':') == std::string_view::npos ? '.' : ':';
    const auto first = address.find(mark);
    const auto second = first == std::string_view::npos ? first : address.find(mark, first + 1);
    if (second == std::string_view::npos) return std::string(address.substr(0, first));
    return std::string(address.substr(0, second)) + (mark == '.' ? ".x.x" : ":x");
}

/// At most `bytes_max` bytes, cut between characters.
std::string cut(std::string_view text, std::size_t bytes_max)
{
    auto end = std::min(text.size(), bytes_max);
    while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return std::string(text.substr(0, end));
}

void end_oldest(storage::Writer& db, const NewSession& wanted, int sessions_max, Instant wall)
{
    if (!wanted.account) return;
    db.execute(
        R"sql(
        UPDATE person_session SET ended_at = ?3
         WHERE account = ?1 AND ended_at IS NULL AND id NOT IN (
               SELECT id FROM person_session WHERE account = ?1 AND ended_at IS NULL
                ORDER BY started_at DESC, id DESC LIMIT ?2))sql",
        wanted.account,
        sessions_max - 1,
        wall
    );
}

AuditNote note(std::string_view what, const Session& session)
{
    return {
        .what = std::string(what),
        .subject = "session",
        .subject_id = session.id.value,
        .about = {},
        .agency = {},
        .reason = ""};
}

crypto::Sha256 visitor_mark(const crypto::KeyRing& keys, std::string_view number)
{
    return crypto::hmac_sha256(keys.purpose_key(visitor_purpose).bytes(), bytes_of(number));
}

}  // namespace

Actor Session::actor(std::string_view channel) const
{
    // Half signed in is nobody yet.
    if (second_factor_due) return {.channel = std::string(channel)};
    return {
        .account = account,
        .party = party,
        .post = post,
        .agency = agency,
        .for_post = for_post,
        .channel = std::string(channel)};
}

std::string new_session_token() { return crypto::random_token(32); }

Bytes token_hash(std::string_view token)
{
    const auto hash = crypto::sha256(token);
    return {hash.begin(), hash.end()};
}

Session start_session(
    storage::Writer& db, const Means& means, const NewSession& wanted, std::string_view token, Instant wall
)
{
    end_oldest(db, wanted, means.policy.sessions_max, wall);
    const auto today = day_of(means.clock.now());
    Session session{
        .id = means.ids.next_as<struct SessionTag>(),
        .kind = wanted.kind,
        .account = wanted.account,
        .party = wanted.party,
        .post = wanted.post,
        .second_factor_due = wanted.second_factor_due,
        .csrf = hex(crypto::sha256("csrf " + std::string(token))),
        .language = wanted.language,
        .started = wall,
        .seen = wall,
        .ends = wall + means.policy.session_longest};
    db.execute(
        R"sql(
        INSERT INTO person_session (id, token_hash, kind, account, party, post, for_post, second_factor_due,
                                    second_factor_proved, csrf, language, agent, address, started_at, seen_at,
                                    idle_ends_at, ends_at, ended_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, 0, ?8, ?9, ?10, ?11, ?12, ?12, ?13, ?14, NULL))sql",
        session.id,
        token_hash(token),
        session.kind,
        session.account,
        session.party,
        session.post,
        session.second_factor_due,
        session.csrf,
        session.language,
        cut(wanted.agent, agent_bytes_max),
        shortened(wanted.address),
        wall,
        wall + (wanted.post ? means.policy.idle_official : means.policy.idle_citizen),
        session.ends
    );
    settle_post(db, session, today);
    return session;
}

void mark_second_factor_proved(storage::Writer& db, SessionId id)
{
    db.execute("UPDATE person_session SET second_factor_due = 0, second_factor_proved = 1 WHERE id = ?1", id);
}

Result<Session> find_session(storage::Reader& db, std::string_view token, Instant wall, Day today)
{
    auto rows = db.query(
        R"sql(
        SELECT id, kind, account, party, post, for_post, second_factor_due, second_factor_proved, csrf, language, started_at,
               seen_at, ends_at
          FROM person_session
         WHERE token_hash = ?1 AND ended_at IS NULL AND idle_ends_at > ?2 AND ends_at > ?2)sql",
        token_hash(token),
        wall
    );
    if (!rows.next()) return no_session();
    auto session = session_from(rows);
    settle_post(db, session, today);
    return session;
}

bool needs_touch(const Session& session, Instant wall) { return wall - session.seen >= touch_after; }

Result<Done> touch_session(storage::Writer& db, SessionId id, Instant wall)
{
    // The span from the last sight to the idle end is the one the policy gave when the session began.
    db.execute(
        R"sql(
        UPDATE person_session SET idle_ends_at = idle_ends_at + (?2 - seen_at), seen_at = ?2
         WHERE id = ?1 AND ended_at IS NULL AND seen_at < ?2 AND idle_ends_at > ?2)sql",
        id,
        wall
    );
    return Done{};
}

Result<Session> act_as(
    storage::Writer& db, const Act& act, const Session& session, PostId post, PostId for_post
)
{
    const auto today = act.today();
    if (post && !holds(db, session.party, post, today))
        return Problem{.code = "identity.does_not_hold", .field = "/post", .law = ""};
    if (for_post && (!post || !acts_for(db, post, for_post, today)))
        return Problem{.code = "identity.no_such_delegation", .field = "/for_post", .law = ""};
    const bool asks =
        (post && needs_second_factor(db, post)) || (for_post && needs_second_factor(db, for_post));
    if (asks && !session.second_factor_proved)
        return Problem{.code = "identity.second_factor_needed", .field = "/post", .law = ""};
    db.execute(
        "UPDATE person_session SET post = ?2, for_post = ?3 WHERE id = ?1", session.id, post, for_post
    );
    auto changed = session;
    changed.post = post;
    changed.for_post = for_post;
    changed.agency = {};
    settle_post(db, changed, today);
    auto row = note("session.act_as", changed);
    row.agency = changed.agency;
    row.detail = {{"post", text_of(post)}, {"for_post", text_of(for_post)}};
    audit(db, act, row);
    return changed;
}

Result<Done> set_language(storage::Writer& db, const Session& session, std::string_view language)
{
    if (language != "vi" && language != "en")
        return Problem{.code = "identity.bad_language", .field = "/language", .law = ""};
    db.execute("UPDATE person_session SET language = ?2 WHERE id = ?1", session.id, language);
    db.execute("UPDATE account SET language = ?2 WHERE id = ?1", session.account, language);
    return Done{};
}

std::vector<SessionRow> list_sessions(storage::Reader& db, const Session& session, Instant wall)
{
    auto rows = db.query(
        R"sql(
        SELECT id, agent, address, started_at, seen_at
          FROM person_session
         WHERE account = ?1 AND party = ?2 AND (account <> 0 OR id = ?4)
           AND ended_at IS NULL AND idle_ends_at > ?3 AND ends_at > ?3
         ORDER BY seen_at DESC, id DESC
         LIMIT 100)sql",
        session.account,
        session.party,
        wall,
        session.id
    );
    std::vector<SessionRow> found;
    while (rows.next())
        found.push_back(
            {.id = rows.id<SessionId>(0),
             .agent = rows.text(1),
             .address = rows.text(2),
             .started = rows.instant(3),
             .seen = rows.instant(4),
             .current = rows.id<SessionId>(0) == session.id}
        );
    return found;
}

Result<Done> end_session(
    storage::Writer& db, const Act& act, const Session& session, SessionId which, Instant wall
)
{
    auto rows = db.query("SELECT account, party, ended_at FROM person_session WHERE id = ?1", which);
    const bool own =
        rows.next() && rows.id<AccountId>(0) == session.account && rows.id<PartyId>(1) == session.party;
    if (!own) return no_session();
    if (!rows.null(2)) return Done{};
    db.execute("UPDATE person_session SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL", which, wall);
    auto row = note("session.end", session);
    row.subject_id = which.value;
    audit(db, act, row);
    return Done{};
}

Result<int> end_other_sessions(storage::Writer& db, const Act& act, const Session& session, Instant wall)
{
    if (!session.account) return 0;
    const auto ended = db.execute(
        R"sql(UPDATE person_session SET ended_at = ?3
               WHERE account = ?1 AND id <> ?2 AND ended_at IS NULL AND idle_ends_at > ?3 AND ends_at > ?3)sql",
        session.account,
        session.id,
        wall
    );
    auto row = note("session.end_others", session);
    row.detail = {{"ended", ended}};
    audit(db, act, row);
    return int(ended);
}

void end_all_sessions(storage::Writer& db, AccountId account, Instant wall)
{
    db.execute(
        "UPDATE person_session SET ended_at = ?2 WHERE account = ?1 AND ended_at IS NULL", account, wall
    );
}

std::string new_visitor(const crypto::KeyRing& keys)
{
    const auto number = crypto::random_token(16);
    return number + "." + base64url(ByteView(visitor_mark(keys, number)).first(16));
}

std::optional<std::string> check_visitor(const crypto::KeyRing& keys, std::string_view cookie)
{
    const auto dot = cookie.find('.');
    if (dot == std::string_view::npos || cookie.size() > 100) return std::nullopt;
    const auto number = cookie.substr(0, dot);
    const auto given = from_base64(cookie.substr(dot + 1));
    const auto mark = visitor_mark(keys, number);
    if (!given || !crypto::equal_constant_time(*given, ByteView(mark).first(16))) return std::nullopt;
    return std::string(number);
}

}  // namespace thien_an::identity

#include <algorithm>

#include "engine/crypto/hash.h"
#include "engine/crypto/random.h"
#include "engine/identity/accounts_store.h"
#include "engine/identity/audit.h"
#include "engine/identity/sessions_store.h"
#include "engine/identity/tokens.h"

namespace thien_an::identity {
namespace {

constexpr std::chrono::hours grant_lasts{1};
constexpr std::chrono::hours token_longest{24 * 366};
constexpr std::size_t scopes_max = 50;

Problem problem(std::string_view code, std::string_view field)
{
    return Problem{.code = std::string(code), .field = std::string(field), .law = ""};
}

bool in_scope(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == ':' || c == '-';
}

/// Sorted, each once. Problem "identity.bad_scope".
Result<std::vector<std::string>> scopes_of(std::string_view text)
{
    std::vector<std::string> scopes;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (end > 0) scopes.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    std::ranges::sort(scopes);
    scopes.erase(std::ranges::unique(scopes).begin(), scopes.end());
    for (const auto& scope : scopes)
        if (!std::ranges::all_of(scope, in_scope) || scopes.size() > scopes_max)
            return Problem{
                .code = "identity.bad_scope", .field = "/scopes", .law = "", .words = {{"scope", scope}}};
    if (scopes.empty()) return problem("identity.bad_scope", "/scopes");
    return scopes;
}

std::string joined(const std::vector<std::string>& scopes)
{
    std::string all;
    for (const auto& scope : scopes) all += (all.empty() ? "" : " ") + scope;
    return all;
}

struct TokenRow {
    TokenId id;
    AccountId account;
    ClientId client;
    PartyId party;
    PostId post;
    std::string scopes;
    Instant made;
    Instant ends;
};

void insert_token(storage::Writer& db, const TokenRow& row, std::string_view token)
{
    db.execute(
        R"sql(
        INSERT INTO api_token (id, token_hash, account, client, party, post, scopes, made_at, ends_at, revoked_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL))sql",
        row.id,
        token_hash(token),
        row.account,
        row.client,
        row.party,
        row.post,
        row.scopes,
        row.made,
        row.ends
    );
}

AuditNote note(std::string_view what, std::string_view subject, std::int64_t id)
{
    return {
        .what = std::string(what),
        .subject = std::string(subject),
        .subject_id = id,
        .about = {},
        .agency = {},
        .reason = ""};
}

/// The post the token acts as: the one named, else the first one held, else none.
Result<PostId> post_for(storage::Reader& db, PartyId party, PostId named, Day today)
{
    if (named) {
        if (!holds(db, party, named, today)) return problem("identity.does_not_hold", "/post");
        return named;
    }
    auto posts = posts_held(db, party, today);
    if (posts.empty()) return PostId{};
    return std::ranges::min(posts, {}, &Post::id).id;
}

struct ClientRow {
    ClientId id;
    PartyId party;
    PostId post;
    std::string scopes;
};

std::optional<ClientRow> client_with(storage::Reader& db, std::string_view client_id, std::string_view secret)
{
    const auto id = parse_id(client_id);
    if (!id) return std::nullopt;
    auto rows = db.query(
        "SELECT id, party, post, scopes, secret_hash FROM api_client WHERE id = ?1 AND closed_at IS NULL",
        id.value()
    );
    if (!rows.next() || !crypto::equal_constant_time(rows.bytes(4), token_hash(secret))) return std::nullopt;
    return ClientRow{rows.id<ClientId>(0), rows.id<PartyId>(1), rows.id<PostId>(2), rows.text(3)};
}

}  // namespace

bool Bearer::has(std::string_view scope) const
{
    return std::ranges::binary_search(scopes, scope, std::less<>{});
}

Result<Bearer> find_bearer(storage::Reader& db, std::string_view token, Instant wall, Day today)
{
    Bearer bearer;
    {
        auto rows = db.query(
            R"sql(
            SELECT id, account, party, post, scopes, ends_at FROM api_token
             WHERE token_hash = ?1 AND revoked_at IS NULL AND ends_at > ?2)sql",
            token_hash(token),
            wall
        );
        if (!rows.next()) return problem("identity.bad_token", "");
        bearer.id = rows.id<TokenId>(0);
        bearer.actor = {
            .account = rows.id<AccountId>(1),
            .party = rows.id<PartyId>(2),
            .post = rows.id<PostId>(3),
            .agency = {},
            .for_post = {},
            .channel = "api"};
        bearer.scopes = TRY(scopes_of(rows.text(4)));
        bearer.ends = rows.instant(5);
    }
    if (bearer.actor.account) {
        const auto account = account_row(db, bearer.actor.account);
        if (!account || account->closed) return problem("identity.bad_token", "");
    }
    if (bearer.actor.post && !holds(db, bearer.actor.party, bearer.actor.post, today)) bearer.actor.post = {};
    if (bearer.actor.post) bearer.actor.agency = TRY(find_post(db, bearer.actor.post)).agency;
    return bearer;
}

Result<std::string> create_token(storage::Writer& db, const Act& act, const NewToken& wanted, Instant wall)
{
    const auto account = account_row(db, wanted.account);
    if (!account || account->closed) return problem("identity.no_such_account", "/account");
    const auto scopes = TRY(scopes_of(wanted.scopes));
    if (wanted.lasts <= std::chrono::hours{0} || wanted.lasts > token_longest)
        return problem("identity.bad_hours", "/hours");
    const auto token = crypto::random_token(32);
    const TokenRow row{
        .id = act.ids.next_as<struct TokenTag>(),
        .account = account->id,
        .client = {},
        .party = account->party,
        .post = TRY(post_for(db, account->party, wanted.post, act.today())),
        .scopes = joined(scopes),
        .made = wall,
        .ends = wall + wanted.lasts};
    insert_token(db, row, token);
    auto written = note("token.create", "token", row.id.value);
    written.about = account->party;
    written.detail = {{"scopes", row.scopes}};
    audit(db, act, written);
    return token;
}

Result<Done> revoke_token(storage::Writer& db, const Act& act, TokenId id, Instant wall)
{
    if (db.execute("UPDATE api_token SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL", id, wall) ==
        0)
        return problem("identity.bad_token", "/id");
    audit(db, act, note("token.revoke", "token", id.value));
    return Done{};
}

Result<ClientSecret> register_client(storage::Writer& db, const Act& act, const NewClient& client)
{
    const auto scopes = TRY(scopes_of(client.scopes));
    if (client.name.empty()) return problem("identity.bad_name", "/name");
    const auto id = act.ids.next_as<struct ClientTag>();
    const auto secret = crypto::random_token(32);
    db.execute(
        R"sql(INSERT INTO api_client (id, name, party, post, scopes, secret_hash, created_at, closed_at)
              VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL))sql",
        id,
        client.name,
        client.party,
        client.post,
        joined(scopes),
        token_hash(secret),
        act.now
    );
    audit(db, act, note("client.register", "client", id.value));
    return ClientSecret{.client_id = text_of(id), .secret = secret};
}

std::vector<Client> clients(storage::Reader& db)
{
    auto rows =
        db.query("SELECT id, name, scopes FROM api_client WHERE closed_at IS NULL ORDER BY name, id LIMIT 500"
        );
    std::vector<Client> found;
    while (rows.next())
        found.push_back({.id = rows.id<ClientId>(0), .name = rows.text(1), .scopes = rows.text(2)});
    return found;
}

Result<ClientGrant> grant_client(
    const Means& means, std::string_view client_id, std::string_view secret, std::string_view scopes
)
{
    const auto token = crypto::random_token(32);
    const auto wall = means.wall();
    return means.database.write({}, [&](storage::Writer& db) -> Result<ClientGrant> {
        const auto client = client_with(db, client_id, secret);
        if (!client) return problem("identity.invalid_client", "");
        const auto allowed = TRY(scopes_of(client->scopes));
        const auto asked = scopes.empty() ? Result(allowed) : scopes_of(scopes);
        if (!asked || !std::ranges::includes(allowed, asked.value()))
            return problem("identity.invalid_scope", "/scope");
        const TokenRow row{
            .id = means.ids.next_as<struct TokenTag>(),
            .account = {},
            .client = client->id,
            .party = client->party,
            .post = client->post,
            .scopes = joined(asked.value()),
            .made = wall,
            .ends = wall + grant_lasts};
        insert_token(db, row, token);
        return ClientGrant{.token = token, .scopes = row.scopes, .lasts = grant_lasts};
    });
}

}  // namespace thien_an::identity

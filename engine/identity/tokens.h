#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "engine/identity/means.h"
#include "engine/identity/posts.h"

/// Bearer tokens for the API, and programs that get them by OAuth 2 client credentials. Only hashes are
/// stored.
namespace thien_an::identity {

using TokenId = Id<struct TokenTag>;
using ClientId = Id<struct ClientTag>;

/// What a request with a bearer token may do: no more than its scopes, and no more than its actor.
struct Bearer {
    TokenId id;
    Actor actor;                      ///< Channel "api".
    std::vector<std::string> scopes;  ///< Sorted: "dossiers:read", "tasks".
    Instant ends;

    bool has(std::string_view scope) const;
};

/// Problem "identity.bad_token" when unknown, ended or revoked; a post no longer held is not in the actor.
Result<Bearer> find_bearer(storage::Reader& db, std::string_view token, Instant wall, Day today);

struct NewToken {
    AccountId account;
    PostId post;         ///< 0: the only post the account's party holds, or as a citizen when it holds none.
    std::string scopes;  ///< Separated by spaces.
    std::chrono::hours lasts{24};
};
/// For `thienan token`. Problems "identity.no_such_account", "identity.bad_scope" (words scope),
/// "identity.does_not_hold". With several posts and none named, the one with the lowest id. Audited.
Result<std::string> create_token(storage::Writer& db, const Act& act, const NewToken& wanted, Instant wall);
Result<Done> revoke_token(storage::Writer& db, const Act& act, TokenId id, Instant wall);

struct NewClient {
    std::string name;
    PartyId party;  ///< The organisation that runs it.
    PostId post;    ///< Acts as this post; 0: as the organisation.
    std::string scopes;
};
struct ClientSecret {
    std::string client_id;  ///< Decimal.
    std::string secret;     ///< Shown once.
};
Result<ClientSecret> register_client(storage::Writer& db, const Act& act, const NewClient& client);
/// A program known here.
struct Client {
    ClientId id;
    std::string name;
    std::string scopes;
};
std::vector<Client> clients(storage::Reader& db);  ///< Those not closed, by name; at most 500.

struct ClientGrant {
    std::string token;
    std::string scopes;
    std::chrono::seconds lasts;
};
/// OAuth 2 client credentials. Empty `scopes`: all the client has. Problems "identity.invalid_client",
/// "identity.invalid_scope".
Result<ClientGrant> grant_client(
    const Means& means, std::string_view client_id, std::string_view secret, std::string_view scopes
);

}  // namespace thien_an::identity

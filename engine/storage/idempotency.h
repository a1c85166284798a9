#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/storage/database.h"

/// The same request sent twice gets the same answer and happens once; keys are kept for 7 days.
namespace thien_an::storage {

struct IdempotencyKey {
    std::string client;  ///< The account or the signed anonymous session.
    std::string route;   ///< "POST /api/v1/dossiers"
    std::string key;     ///< As the client sent it, at most 200 bytes.
    Bytes body_hash;     ///< Of the canonical body.
};

struct KeptAnswer {
    int status = 200;
    std::string answer;    ///< The body, as it was sent.
    std::string location;  ///< The Location header; "" without one.
};

/// Runs `command` in one transaction with the key's row, or gives back the answer kept from the first time. A
/// concurrent twin waits for the first and gets its answer. A Problem of the command is not kept: it may be tried
/// again. Problems "storage.idempotency_conflict" (409) when the key came with another body,
/// "storage.idempotency_key_bad" when it is empty or too long.
Result<KeptAnswer> once(
    Database& database,
    Locks locks,
    const IdempotencyKey& key,
    Instant now,
    const std::function<Result<KeptAnswer>(Writer&)>& command
);

/// The answer kept under the key; nothing when it is new. Ask before preparing a command: what the first time has changed
/// may make the second look wrong. Problems as once().
Result<std::optional<KeptAnswer>> answered(Database& database, const IdempotencyKey& key);
/// The same for a sender whose body is no longer at hand: the form of a page, whose key is in no other.
std::optional<KeptAnswer> answered_form(
    Database& database, std::string_view client, std::string_view route, std::string_view key
);

/// Deletes at most `rows_max` keys older than 7 days; how many.
std::int64_t idempotency_forget(Writer& db, Instant now, int rows_max = 1000);

}  // namespace thien_an::storage

#pragma once

#include <optional>

#include "engine/base/json.h"
#include "engine/crypto/key_ring.h"
#include "engine/storage/database.h"

/// What this province asked the national register for its dossiers, and the answers. The only SQL about
/// secured_request is in secured_requests_store.cpp.
namespace thien_an::justice {

enum class RequestOutcome : std::int64_t { waiting = 0, done = 1, refused = 2 };

struct SecuredRequest {
    std::int64_t call = 0;  ///< Of the process.
    std::int64_t dossier = 0;
    Instant asked_at;
    json::value asked;  ///< Answers of the form, as they were sent.
    RequestOutcome outcome = RequestOutcome::waiting;
    json::value answer = {};  ///< As the register gave it.
};

void insert_request(storage::Writer& db, const crypto::KeyRing& keys, const SecuredRequest& request);
void answer_request(
    storage::Writer& db,
    const crypto::KeyRing& keys,
    std::int64_t call,
    RequestOutcome outcome,
    const json::value& answer,
    Instant at
);
std::optional<SecuredRequest> find_request(
    storage::Reader& db, const crypto::KeyRing& keys, std::int64_t call
);
/// The latest of the dossier.
std::optional<SecuredRequest> last_request(
    storage::Reader& db, const crypto::KeyRing& keys, std::int64_t dossier
);

}  // namespace thien_an::justice

#pragma once

#include "engine/documents/signing.h"

/// Rows of signing_job.
namespace thien_an::documents {

struct SigningJob {
    SigningJobId id;
    SigningRequest request;
    bool done = false;
    Instant requested_at;
    identity::Actor actor;  ///< Who decided it.
};

void add_job(
    storage::Writer& db,
    const identity::Act& act,
    const crypto::KeyRing& keys,
    SigningJobId id,
    const SigningRequest& request
);
/// Throws StorageError when there is no such row; Problem "crypto.sealed_value_broken".
Result<SigningJob> find_job(storage::Reader& db, const crypto::KeyRing& keys, SigningJobId id);
void mark_done(storage::Writer& db, SigningJobId id, int version, Instant now);

json::value json_of(const SigningRequest& request);
SigningRequest request_from(const json::value& v);

}  // namespace thien_an::documents

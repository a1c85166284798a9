#pragma once

#include "engine/casework/casework.h"
#include "engine/crypto/key_ring.h"

/// Drafts in the database: the only SQL about table draft is in drafts_store.cpp.
namespace thien_an::casework {

void insert_draft(storage::Writer& db, const crypto::KeyRing& keys, const Draft& draft, ByteView resume_hash);
/// Step, agency, answers and files as they are in `draft`.
void update_draft(storage::Writer& db, const crypto::KeyRing& keys, const Draft& draft);
void set_draft_owner(storage::Writer& db, DraftId id, const DraftOwner& owner, Instant now);
void set_resume_hash(storage::Writer& db, DraftId id, ByteView resume_hash);
void delete_draft(storage::Writer& db, DraftId id);
/// Of anybody. Problem "casework.no_such_draft".
Result<Draft> draft_by_id(storage::Reader& db, const crypto::KeyRing& keys, DraftId id);
std::optional<DraftId> draft_by_resume_hash(storage::Reader& db, ByteView resume_hash);
std::vector<Draft> drafts_owned(
    storage::Reader& db, const crypto::KeyRing& keys, const DraftOwner& owner, int limit
);
/// Deletes at most `rows_max` not changed since; how many.
int forget_drafts(storage::Writer& db, Instant before, int rows_max);

}  // namespace thien_an::casework

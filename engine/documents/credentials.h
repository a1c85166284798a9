#pragma once

#include "engine/crypto/demo_authority.h"
#include "engine/crypto/signer.h"
#include "engine/documents/document_store.h"

/// Whose keys sign here. The SQL about signing_credential is in credentials_store.cpp.
namespace thien_an::documents {

using CredentialId = Id<struct CredentialTag>;

/// Who signs: {"party", id} or {"agency", id}.
using Holder = Subject;

/// Problem "documents.bad_certificate".
Result<CredentialId> add_credential(
    storage::Writer& db, const identity::Act& act, const Holder& holder, const crypto::Credential& credential
);
/// It signs no more; what it signed stays.
Result<Done> retire_credential(storage::Writer& db, const identity::Act& act, CredentialId id);

/// The newest credential of the holder that is valid at `at`. Problem "documents.no_credential" (words holder).
Result<crypto::Credential> find_credential(storage::Reader& db, const Holder& holder, Instant at);

/// Everything certificates of this installation are believed by: for demo folders the demo authority's.
/// The chains of all credentials, roots apart from the others.
crypto::Trust own_trust(storage::Reader& db);

}  // namespace thien_an::documents

#pragma once

#include "engine/identity/agencies.h"

/// Inside of the room: set-up links and what they look at.
namespace thien_an::identity {

void insert_setup_token(storage::Writer& db, const Bytes& hash, Instant ends);
bool setup_token_open(storage::Reader& db, const Bytes& hash, Instant wall);
/// True once.
bool use_setup_token(storage::Writer& db, const Bytes& hash, Instant wall);
/// Whether somebody holds a post of the kind.
bool anyone_holds(storage::Reader& db, std::string_view kind, Day day);
/// The committee that stands above all others. Problem "identity.no_such_agency" before the province is
/// loaded.
Result<AgencyId> top_agency(storage::Reader& db, Day day);

}  // namespace thien_an::identity

#pragma once

#include "engine/base/day.h"
#include "engine/storage/database.h"

/// What has ended long enough ago to be forgotten: sessions, one-time codes, failed sign-ins, tokens. The
/// audit trail keeps that they were.
namespace thien_an::identity {

/// Deletes at most `rows_max` rows of each kind; how many in all. One job calls it, by the real clock.
std::int64_t forget_expired(storage::Writer& db, Instant wall, int rows_max = 1000);

}  // namespace thien_an::identity

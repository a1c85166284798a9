#pragma once

#include "engine/storage/files.h"

namespace thien_an::storage {

struct Tidied {
    std::int64_t keys = 0;      ///< Idempotency keys older than 7 days.
    std::int64_t messages = 0;  ///< Outbox rows done more than 30 days ago.
    std::int64_t commands = 0;  ///< Command rows of PostgreSQL older than a day.
    std::size_t contents = 0;   ///< Files without a row for 24 hours.
};

/// Deletes what has had its time, in short commands; for a job that runs every hour. `now` is the business clock.
Tidied tidy(Database& database, FileStore& files, Instant now);

}  // namespace thien_an::storage

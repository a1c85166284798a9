#pragma once

#include <chrono>
#include <cstdint>

#include "engine/storage/database.h"

/// What an operator wants to know of the database at a glance.
namespace thien_an::storage {

struct Health {
    std::chrono::microseconds clock_off{
        0};                           ///< The database's clock before ours; 0 where it is the same machine's.
    std::int64_t outbox_waiting = 0;  ///< Due by now and not done.
    std::chrono::microseconds outbox_oldest{0};  ///< How long the oldest of them has been due.
    std::int64_t incidents_open = 0;
};

/// `now`: the business clock, which outbox rows are due by. Throws StorageError, Busy.
Health health(Reader& db, Instant now);

}  // namespace thien_an::storage

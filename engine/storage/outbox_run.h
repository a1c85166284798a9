#pragma once

#include <vector>

#include "engine/storage/outbox_store.h"

/// Claiming rows of the outbox and doing them, for outbox_run_due and the runner.
namespace thien_an::storage {

struct OutboxServer {
    Database& database;
    IdSource& ids;
    const OutboxHandlers& handlers;
};

/// Claims at most `rows_max` due rows under a lease; without a write when none is due.
std::vector<OutboxClaim> outbox_claim(const OutboxServer& server, Instant now, std::size_t rows_max);
/// Does a claimed row and writes what came of it.
void outbox_do(const OutboxServer& server, const OutboxClaim& claim, Instant now);

}  // namespace thien_an::storage

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/identity/actor.h"
#include "engine/storage/database.h"

namespace thien_an::crypto {
class KeyRing;
}

/// The chain over the audit trail. One sealer numbers committed rows, chains them with SHA-256 and signs
/// checkpoints (Ed25519), which are also appended to a file outside the database.
namespace thien_an::identity {

struct Sealed {
    int rows = 0;           ///< Chained by this call.
    std::int64_t last = 0;  ///< Number of the last row in the chain.
    bool more = false;      ///< Rows are left: call again at once.
};
/// Chains up to 1,000 rows that are committed and not chained yet, signs a checkpoint when it chained any,
/// and appends to `checkpoints` what that file lacks. Called every second by one job; two callers at once are
/// safe (one waits).
Sealed seal_audit(
    storage::Database& database,
    const crypto::KeyRing& keys,
    Instant now,
    const std::filesystem::path& checkpoints
);

/// One thing wrong with the trail.
struct AuditFault {
    /// "changed" (also what was moved to another place), "deleted", "doubled" (a row outside the chain),
    /// "cut_off", "unsealed_unknown", "bad_signature", "checkpoint_lost", "checkpoint_differs".
    std::string kind;
    std::int64_t number;  ///< Place in the chain; 0 when outside it.
    std::int64_t row;     ///< Id of the audit row; 0 when gone.
};
struct AuditReport {
    std::int64_t rows = 0;      ///< In the chain.
    std::int64_t unsealed = 0;  ///< Committed, not yet chained: cannot be vouched for.
    std::int64_t checkpoints = 0;
    std::vector<AuditFault> faults;  ///< At most 100.
};
/// Recomputes the whole chain and compares it with rows, checkpoints and the file.
AuditReport verify_audit(
    storage::Database& database, const crypto::KeyRing& keys, const std::filesystem::path& checkpoints
);

}  // namespace thien_an::identity

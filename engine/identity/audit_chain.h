#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/day.h"
#include "engine/crypto/ed25519.h"
#include "engine/crypto/hash.h"
#include "engine/storage/database.h"

/// The rows the sealer and the verifier read and write; the only SQL about audit_link and audit_checkpoint.
namespace thien_an::identity {

/// An audit row as its link vouches for it.
struct ChainRow {
    std::int64_t id;
    std::string content;  ///< Canonical JSON of all columns.
};
struct Link {
    std::int64_t number;
    std::int64_t audit;
    Bytes hash;
    std::optional<ChainRow> row;  ///< Nothing when the audit row is gone.
};
struct Checkpoint {
    std::int64_t number;
    Bytes hash;
    Instant at;
    std::string key_id;
    Bytes signature;
};

/// SHA-256 of the hash before, the number and the row.
crypto::Sha256 link_hash(ByteView before, std::int64_t number, const ChainRow& row);
/// What a checkpoint signs.
std::string checkpoint_text(std::int64_t number, ByteView hash, Instant at);
std::string checkpoint_line(const Checkpoint& checkpoint
);  ///< One line of the file outside, without line feed.
std::optional<Checkpoint> checkpoint_from(std::string_view line);

/// Committed rows that are not chained, the oldest first.
std::vector<ChainRow> unsealed_rows(storage::Reader& db, int limit);
std::int64_t count_unsealed(storage::Reader& db);
/// The last link; number 0 and no hash when the chain is empty.
Link last_link(storage::Reader& db);
void insert_link(storage::Writer& db, const Link& link);
void insert_checkpoint(storage::Writer& db, const Checkpoint& checkpoint);
/// Links after `number`, in order, with their rows.
std::vector<Link> links_after(storage::Reader& db, std::int64_t number, int limit);
/// Checkpoints after `number`, in order.
std::vector<Checkpoint> checkpoints_after(storage::Reader& db, std::int64_t number, int limit);
/// Audit rows that are neither chained nor waiting to be; at most `limit` ids.
std::vector<std::int64_t> rows_outside(storage::Reader& db, int limit);
/// Rows said to be waiting that do not exist.
std::vector<std::int64_t> waiting_for_nothing(storage::Reader& db, int limit);

}  // namespace thien_an::identity

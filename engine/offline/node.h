#pragma once

#include <memory>
#include <optional>

#include "engine/casework/journal.h"
#include "engine/offline/lines_store.h"

/// A node: an installation that holds the lease of one agency's books, and writes down what is done in it.
namespace thien_an::offline {

/// Writes each command as the next line, in the command's transaction. Problems "registers.lease_ended",
/// "registers.lease_over", "offline.clock_went_back" (words last): the clock of the machine is before the last line.
class NodeJournal final : public casework::Journal {
public:
    NodeJournal(const crypto::KeyRing& keys, registers::Lease lease, crypto::Secret seed)
        : keys_(keys), lease_(std::move(lease)), seed_(std::move(seed))
    {
    }

    Result<Done> begins(storage::Writer& db, const identity::Act& act) override;
    Result<Done> ends(storage::Writer& db, const identity::Act& act, const casework::JournalEntry& entry)
        override;
    Codes codes() const override;
    std::string token(std::string_view) const override { return ""; }
    bool calls_wait() const override { return true; }

    const registers::Lease& lease() const { return lease_; }
    /// Shows the centre that the holder of the lease sends this file.
    Bytes sign_file(std::string_view sha256) const;

    /// Gives the lease back: the last line; nothing is written after it. Once: again does nothing.
    Result<Done> give_back(storage::Database& database, const identity::Act& act);

private:
    Result<Done> write(storage::Writer& db, const identity::Act& act, Line line, const Content& content);

    const crypto::KeyRing& keys_;
    registers::Lease lease_;
    crypto::Secret seed_;
};

/// Codes of dossiers filed under a lease: no other lease and not the centre ever gives one of them.
casework::Journal::Codes codes_of(std::int64_t epoch);

/// The row of a new node, its key sealed.
Node new_node(
    const crypto::KeyRing& keys, const registers::Lease& lease, const crypto::Secret& seed, std::string centre
);
/// The journal of this database's node; null when it is none. Problem "crypto.sealed_value_broken".
Result<std::unique_ptr<NodeJournal>> open_journal(storage::Database& database, const crypto::KeyRing& keys);

/// What the bar on every page of the desk and the command line say.
struct NodeStatus {
    registers::Lease lease;
    std::int64_t lines = 0;
    std::int64_t waiting = 0;  ///< Not yet at the centre.
    std::int64_t conflicts = 0;
    std::optional<Instant> heard_at;
};
std::optional<NodeStatus> node_status(storage::Reader& db);

}  // namespace thien_an::offline

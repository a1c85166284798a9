#pragma once

#include <string>
#include <vector>

#include "engine/casework/office.h"
#include "engine/offline/lines_store.h"

/// The centre's side: lines are kept as they come, done again in their order, and what cannot be done is decided by
/// people. See docs/decisions/0025-offline-commune.md.
namespace thien_an::offline {

/// Gives the agency's books to a node; waits until commands begun before the grant have ended. Problems of
/// registers::grant_lease, "identity.no_such_agency".
Result<registers::Lease> lease_books(
    casework::Office& office, const identity::Act& act, const registers::NewLease& wanted
);

/// What the node is told.
struct Verdict {
    std::int64_t came = 0;  ///< Lines kept: the node sends what follows.
    std::int64_t done = 0;  ///< Of them settled.
    std::int64_t conflicts = 0;
    std::string state;                      ///< "open", "returned", "taken_back", "forked".
    std::vector<std::string> files_wanted;  ///< By SHA-256, of lines that came; at most 100.
};
json::value to_json(const Verdict& verdict);
Result<Verdict> read_verdict(const json::value& v);

/// Keeps the lines, each once, all of the batch or none. A second line of a sequence with another content ends the lease:
/// a clone wrote it. Problems "registers.no_such_lease", "offline.bad_signature" (words sequence), "offline.bad_line",
/// "offline.gap" (words wanted).
Result<Done> take_lines(casework::Office& office, const Batch& batch);
/// A file that lines of the lease name, as it comes; content is kept already, named by no row.
struct SentFile {
    LeaseId lease;
    Bytes signature;  ///< Of file_text, by the node.
    storage::StoredBlob blob;
    std::string name;
};
/// Once. Problems "registers.no_such_lease", "offline.bad_signature".
Result<Done> take_file(casework::Office& office, const SentFile& sent);
/// Problem "registers.no_such_lease".
Result<Verdict> verdict_on(casework::Office& office, LeaseId lease);

/// Does at most `limit` lines again, in their order; what is refused becomes a conflict. How many were settled.
int do_lines(casework::Office& office, LeaseId lease, int limit);
/// The same for every lease that has lines waiting: called again and again by the program.
int do_all_lines(casework::Office& office, int limit);

/// Ends the lease by a decision: what came is done first, the rest are conflicts. Problems of registers::end_lease.
Result<Done> take_back(
    casework::Office& office, const identity::Act& act, LeaseId lease, std::string_view decision
);

enum class Decision {
    again,  ///< What stood in the way is mended.
    accept,  ///< Under an open lease the entry is made as it is in the paper book; else the command is done today.
    refuse,  ///< Under an open lease the entry is made and struck; else nothing is done.
};
/// Audited. Problems "offline.no_such_line", "offline.settled", "offline.reason_missing" (field /reason), and those of
/// doing it: then the conflict stays.
Result<Done> decide(
    casework::Office& office,
    const identity::Act& act,
    LineId line,
    Decision decision,
    std::string_view reason
);

}  // namespace thien_an::offline

#pragma once

#include <functional>
#include <string>

#include "engine/offline/centre.h"
#include "engine/offline/node.h"

/// The node's way to the centre: sends what it has written, in its order, and hears what became of it. Broken off
/// anywhere it goes on where the centre is.
namespace thien_an::offline {

/// How the node speaks to the centre. An exception: the line is cut.
struct Wire {
    std::function<Result<Verdict>(const Batch&)> lines;
    std::function<Result<Done>(const SentFile& what, ByteView content)> file;
};
/// Over the network. Throws std::runtime_error when the centre does not answer.
Wire wire_to(std::string address);
/// To an office in this program.
Wire wire_to(casework::Office& centre);

struct Synced {
    std::int64_t lines = 0;  ///< Sent this time.
    std::int64_t files = 0;
    Verdict verdict;
};
/// When the centre says that the lease has ended, it ends here too. Problems "offline.no_node", "offline.gap", those of
/// the centre.
Result<Synced> sync(
    storage::Database& database,
    const storage::FileStore& files,
    const NodeJournal& journal,
    const identity::Act& act,
    const Wire& wire
);

}  // namespace thien_an::offline

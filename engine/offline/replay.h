#pragma once

#include "engine/casework/journal.h"
#include "engine/offline/lines_store.h"

/// Doing a node's command again at the centre: by the same functions, as the same person, at the same instant.
namespace thien_an::offline {

/// How a line is done again.
enum class Manner {
    under_lease,  ///< At its instant; the same must come of it, else nothing is written.
    late,         ///< The lease has ended and people accepted it: today, with the numbers that come.
};

/// Who decided that, for a line that was a conflict.
struct Decider {
    identity::Act act;
    std::string reason;
};

/// Executes the line and settles it in the same transaction: "done", or "accepted" with a decider. Problems
/// "offline.settled" (somebody has), "offline.file_missing" (words sha256: it has not come yet),
/// "offline.account_ended", "offline.post_ended" (words who), "offline.no_such_step" (words step),
/// "offline.result_differs" (words what, node, centre), "offline.unknown_kind", and those of the command.
Result<Done> do_again(
    casework::Office& office, const KeptLine& kept, Manner manner, const Decider* decider = nullptr
);

/// The entry of a conflict is made with the number it has in the paper book, though its command is refused; `struck`:
/// and struck at once, so that the number stays used. The line is then "accepted" or "refused". Problems
/// "offline.result_differs" when another number would come, those of registers::enter and add_note.
enum class Entered { in_force, struck };
Result<Done> enter_by_decision(
    casework::Office& office, const KeptLine& kept, Entered how, const Decider& decider
);

}  // namespace thien_an::offline

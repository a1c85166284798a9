#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/casework/dossier.h"
#include "engine/casework/office.h"
#include "engine/identity/actor.h"
#include "engine/workflow/engine.h"

/// What those who run the processes do with them: hold and let go, and move running dossiers to a new version.
namespace thien_an::casework {

/// What is held, in the words people know it by. The clock of the law runs on.
struct HeldProcess {
    workflow::Hold hold;     ///< Of a procedure: the hold of one of its versions.
    std::string what;        ///< Code of the dossier, id of the procedure or key of the agency.
    std::int64_t of_it = 1;  ///< How many versions of the procedure.
};

/// Holds a dossier (by code), all versions of a procedure (by id) or all of an agency (by key); audited. Problems
/// "casework.no_such_dossier", "casework.no_such_procedure", "identity.no_such_agency", "workflow.reason_missing",
/// "workflow.already_held", "workflow.already_ended".
Result<Done> hold_process(
    Office& office,
    const identity::Act& act,
    workflow::HoldOf of,
    std::string_view what,
    std::string_view reason
);
/// Lets go what hold_process held; audited. Problems "workflow.not_held", "workflow.reason_missing".
Result<Done> release_process(
    Office& office, const identity::Act& act, std::int64_t hold, std::string_view reason
);
/// All that is held, the oldest first.
std::vector<HeldProcess> held_processes(Office& office);

/// A running dossier of an older version of its procedure.
struct Movable {
    DossierId dossier;
    std::string code;
    std::int64_t pack = 0;
    std::vector<Problem> reasons;  ///< Why it cannot move; none: it can.
};
struct Moves {
    std::vector<Movable> dossiers;  ///< At most as many as asked for, the oldest first.
    bool more = false;
};
/// Which received dossiers still run an older version than the one in force, and which cannot move by `map`.
Moves movable_dossiers(
    Office& office, std::string_view procedure, const workflow::MigrationMap& map, int limit
);
/// Moves at most `limit` of those that can, each in a transaction of its own; says how many. Audited. Problem
/// "workflow.reason_missing".
Result<int> move_dossiers(
    Office& office,
    const identity::Act& act,
    std::string_view procedure,
    const workflow::MigrationMap& map,
    std::string_view reason,
    int limit
);

}  // namespace thien_an::casework

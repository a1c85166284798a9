#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/casework/dossier_store.h"
#include "engine/casework/office.h"
#include "engine/casework/procedure.h"
#include "engine/workflow/engine.h"

/// One submission, several results ("liên thông"): the process of a dossier calls the processes of other procedures.
/// Each runs as an instance of its own, with its own clock, about the same dossier; `calls` of procedure.json names them.
namespace thien_an::casework {

/// A called process of a dossier, in the order they were called.
struct CalledPart {
    workflow::Instance instance;
    std::shared_ptr<const Procedure> procedure;  ///< The version it began with; shared with other threads.
};
std::vector<CalledPart> parts_of(Office& office, storage::Reader& db, const Dossier& dossier);

/// Open tasks of the dossier, those of what it called among them.
std::vector<workflow::Task> tasks_of(storage::Reader& db, const Dossier& dossier);

/// The procedure a task of the dossier belongs to: its own, or that of a called one. Null when the version is gone.
std::shared_ptr<const Procedure> procedure_of(
    Office& office, storage::Reader& db, const Dossier& dossier, workflow::InstanceId instance
);

/// A part as pages show it: who has it, until when, what came of it.
struct PartRow {
    Words name;
    Words decided_by;
    enum class State { running, needs_help, done, not_done } state = State::running;
    Words step;                  ///< Public label of where it is.
    std::optional<Instant> due;  ///< Of its own clock; empty: not started or stopped.
    std::int64_t minutes_left = 0;
    std::string result;  ///< Number or words the other agency gave.
    std::string reason;  ///< Why it was refused or given up.
};
std::vector<PartRow> part_rows(Office& office, storage::Reader& db, const Dossier& dossier, Instant now);

class Actions;
/// "casework.start_part": the clock of the called procedure starts. "casework.end_part": it stops; events part_started,
/// part_done and part_not_done with the name of the part.
void add_part_actions(Actions& actions);

}  // namespace thien_an::casework

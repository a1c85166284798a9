#pragma once

#include <vector>

#include "engine/workflow/step.h"

/// Moves a running instance to another version of its process: where it stands, what it waits for, its timers.
namespace thien_an::workflow {

struct Migration {
    State state;                    ///< As the new version reads it; only when there is no problem.
    std::vector<Problem> problems;  ///< Each reason why it cannot move, with words `node` and `to`.
};

/// Pure. Every token, wait and scope must have a place of the same kind in the same scope; timers keep when they are due.
/// Boundary events the new version does not have are given up; those it has in addition are armed by ArmCommand.
/// Problems "workflow.migration_no_node", "workflow.migration_kind", "workflow.migration_scope", "workflow.migration_event",
/// "workflow.migration_flow", "workflow.migration_loop".
Migration migrated(const Model& from, const Model& to, const State& state, const MigrationMap& map);

}  // namespace thien_an::workflow

#pragma once

#include <stop_token>
#include <string>

#include "engine/base/problem.h"

#include "programs/thienan/admin_socket.h"
#include "programs/thienan/options.h"

/// The commands besides serve. Each can run in a running server, so none ends the program.
namespace thien_an::program {

class House;

/// Runs a command that needs the house; `stop` ends a long one early, as when the server stops.
Outcome run_command(House& house, const Options& options, const std::stop_token& stop = {});
/// Commands that need no open house: about data packs or the program alone (check, cases, where, routes, workflow table), about a copy (restore), about keys.
Outcome run_without_house(const Options& options);
bool needs_house(const std::string& command);

/// check, cases, where and routes; commands_packs.cpp.
Outcome run_on_packs(const Options& options);
/// workflow table, from-table and simulate; commands_workflow.cpp.
Outcome run_on_processes(const Options& options);
/// commands_backup.cpp.
Outcome backup_house(House& house, const Options& options, const std::stop_token& stop);
Outcome restore_copy(const Options& options);
/// keys recover, keys rotate; commands_keys.cpp.
Outcome run_on_keys(const Options& options);

/// node ...; commands_node.cpp.
Outcome run_on_node(House& house, const Options& options);

/// Files `count` made-up births from many threads, in a demo folder; bench_dossiers.cpp.
Outcome bench_dossiers(House& house, const Options& options);
/// Brings `count` made-up births to certificates signed by leader and agency, in a demo folder, and tells as one line of
/// JSON how many a second; bench_certificates.cpp.
Outcome bench_certificates(House& house, const Options& options);

/// "thienan NAME: no such command", exit code 2.
Outcome no_such_command(const Options& options);
/// A Problem from before there is a house, as an Outcome.
Outcome refused_without_house(const Problem& problem, const Options& options);

/// Staffs a fresh demo folder; does nothing when it has been staffed. False when it failed, with the reason told.
bool make_demo(House& house);

}  // namespace thien_an::program

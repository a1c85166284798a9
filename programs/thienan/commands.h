#pragma once

#include <string>

#include "engine/base/problem.h"

#include "programs/thienan/admin_socket.h"
#include "programs/thienan/options.h"

/// The commands besides serve. Each can run in a running server, so none ends the program.
namespace thien_an::program {

class House;

/// Runs a command that needs the house.
Outcome run_command(House& house, const Options& options);
/// Commands about data packs and the program alone: check, cases, where, routes. No data folder is touched.
Outcome run_on_packs(const Options& options);
bool needs_house(const std::string& command);

/// The sentence of a Problem when no catalogue could be loaded yet.
std::string sentence_without_house(const Problem& problem);

/// Staffs a fresh demo folder; does nothing when it has been staffed. False when it failed, with the reason told.
bool make_demo(House& house);

}  // namespace thien_an::program

#pragma once

#include <vector>

#include "engine/identity/demo.h"

/// Dossiers of a demo folder: made-up births of the last weeks, brought through the real process to every state.
namespace thien_an::program {

class House;

/// Files a few hundred births with the staffed communes and lets their officers work on most of them.
void make_demo_dossiers(House& house, const std::vector<identity::DemoAccount>& accounts);

}  // namespace thien_an::program

#pragma once

#include "engine/base/json.h"

/// Notices of a demo folder in the simulated national register of security over movables.
namespace thien_an::program {

class House;

/// Files the notices of province/demo_secured.json, in their order, so many days before today.
void make_demo_secured(House& house, const json::value& notices);

}  // namespace thien_an::program

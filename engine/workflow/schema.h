#pragma once

#include <span>

#include "engine/storage/migrations.h"

namespace thien_an::workflow {

/// The tables of this room.
std::span<const storage::Migration> migrations();

}  // namespace thien_an::workflow

#pragma once

#include "engine/storage/database.h"

/// Inside of the room: what a demo folder changes.
namespace thien_an::identity {

bool demo_staffed(storage::Reader& db);
/// No kind of post asks for a second factor any more.
void drop_second_factors(storage::Writer& db);

}  // namespace thien_an::identity

#pragma once

#include <vector>

#include "engine/documents/schema.h"
#include "engine/storage/database.h"
#include "engine/workflow/schema.h"

namespace thien_an::registers {
std::span<const storage::Migration> migrations();
}
namespace thien_an::casework {
std::span<const storage::Migration> migrations();

/// What a test of this room needs in its database beside the tables of identity's test house.
inline std::vector<storage::Migration> migrations_above_identity()
{
    std::vector<storage::Migration> all;
    for (const auto part :
         {documents::migrations(), workflow::migrations(), registers::migrations(), migrations()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace thien_an::casework

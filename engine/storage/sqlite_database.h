#pragma once

#include "engine/storage/database.h"

namespace thien_an::storage {

std::unique_ptr<Database> open_sqlite(const Settings& settings, std::span<const Migration> migrations);

}  // namespace thien_an::storage

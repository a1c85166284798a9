#pragma once

#include <optional>

#include "engine/storage/database.h"
#include "engine/storage/row_copy.h"

namespace thien_an::storage {

std::unique_ptr<Database> open_postgres(const Settings& settings, std::span<const Migration> migrations);

/// Fills an empty database with the rows of the SQLite file `from`, in one transaction. Problems
/// "storage.restore_not_empty", "storage.backup_other_version", "storage.restore_incomplete" (not `expected`; nothing:
/// not compared).
Result<Done> restore_into_postgres(
    const std::string& from,
    const Settings& target,
    std::span<const Migration> migrations,
    const std::optional<RowCounts>& expected
);

}  // namespace thien_an::storage

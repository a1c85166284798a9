#pragma once

#include <libpq-fe.h>

#include <memory>

#include "engine/storage/database.h"

namespace thien_an::storage {

/// The rows of a binary answer of PostgreSQL, read as SQLite would give them: booleans as 0 and 1, sums (numeric) as
/// integers. Throws StorageError for a type the portable subset does not have.
std::unique_ptr<detail::Cursor> cursor_over(std::unique_ptr<PGresult, decltype(&PQclear)> answer);

}  // namespace thien_an::storage

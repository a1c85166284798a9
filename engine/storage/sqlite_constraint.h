#pragma once

#include <sqlite3.h>

#include <string>

namespace thien_an::storage {

/// The name of the constraint in SQLite's `message` ("UNIQUE constraint failed: entry.book, entry.number"), as
/// PostgreSQL would tell it: the name given in the schema, else table_column_key, table_pkey, table.column for
/// NOT NULL. "" when SQLite does not say which (foreign keys).
std::string constraint_name(sqlite3* db, const std::string& message);

}  // namespace thien_an::storage

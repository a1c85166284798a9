#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/storage/database.h"

/// All rows of a database into another that has the same schema and no rows, whatever the two databases are.
namespace thien_an::storage {

struct RowCopy {
    detail::Session& from;  ///< In a transaction that sees one moment.
    detail::Session& to;    ///< In a transaction.
};

/// Migrations applied, "room/0001_name", the variants for one database under one name.
std::set<std::string> applied_migrations(detail::Session& db);
/// Deletes what the migrations themselves put into a new database.
void clear_rows(detail::Session& db);
std::int64_t total_rows(detail::Session& db);
/// Rows by table, as copied; tables before those that refer to them. Throws StorageError when a table of `from` is
/// missing in `to` or a row does not fit.
std::map<std::string, std::int64_t> copy_rows(const RowCopy& copy);

}  // namespace thien_an::storage

#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/storage/database.h"

/// All rows of a database into another that has the same schema and no rows, whatever the two databases are.
namespace thien_an::storage {

using RowCounts = std::map<std::string, std::int64_t>;  ///< By table.

struct RowCopy {
    detail::Session& from;  ///< In a transaction that sees one moment.
    detail::Session& to;    ///< In a transaction.
};

/// Migrations applied, "room/0001_name", the variants for one database under one name.
std::set<std::string> applied_migrations(detail::Session& db);
/// Deletes what the migrations themselves put into a new database.
void clear_rows(detail::Session& db);
/// Of every table that is copied, and of the text index ("text_hits").
RowCounts count_rows(detail::Session& db);
std::int64_t total(const RowCounts& counts);
/// Rows as copied; tables before those that refer to them. Throws StorageError when a table of `from` is missing in
/// `to` or a row does not fit.
RowCounts copy_rows(const RowCopy& copy);

}  // namespace thien_an::storage

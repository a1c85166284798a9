#pragma once

#include <span>
#include <string_view>

namespace thien_an::storage {

/// One numbered change of the schema, compiled in from <folder>/schema/NNNN_name.sql; never edited once released.
/// Written once for both databases: INTEGER is 64 bits, BLOB is bytes, STRICT and CHECK as SQLite has them;
/// a file NNNN_name.sqlite.sql or NNNN_name.postgres.sql is used on that database only.
struct Migration {
    std::string_view room;  ///< "identity"
    std::string_view file;  ///< "0001_accounts.sql"
    std::string_view sql;
};

}  // namespace thien_an::storage

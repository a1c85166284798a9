#pragma once

#include <string>
#include <string_view>

/// The one portable SQL, turned into what PostgreSQL takes. Text in quotes and comments is left as it is.
namespace thien_an::storage {

/// ?1 as $1.
std::string numbered_for_postgres(std::string_view sql);
/// INTEGER as BIGINT, BLOB as BYTEA; STRICT and WITHOUT ROWID left out.
std::string schema_for_postgres(std::string_view sql);

}  // namespace thien_an::storage

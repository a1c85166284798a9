#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/storage/database.h"

/// Many ids as one value, so that a list of any length is one statement:
///     "... WHERE id IN " + std::string(listed_first(db.engine()))     with id_list(ids) bound to ?1.
namespace thien_an::storage {

/// "[1,2,3]"
std::string id_list(std::span<const std::int64_t> ids);
/// The ids of the list bound to ?1, as a subselect in brackets.
std::string_view listed_first(Engine engine);

}  // namespace thien_an::storage

#pragma once

#include <string>
#include <string_view>

#include "engine/base/day.h"
#include "engine/storage/database.h"

/// The files of the province as they were read: every content stays, one of each name is in force.
namespace thien_an::identity {

struct ProvinceFile {
    std::string name;
    std::string sha256;  ///< Hex.
    std::string content;
};
/// "" when none is.
std::string sha256_in_force(storage::Reader& db, std::string_view name);
void put_in_force(storage::Writer& db, const ProvinceFile& file, Instant now);

}  // namespace thien_an::identity

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/identity/actor.h"
#include "engine/storage/database.h"

/// The province's own data about itself (units, agencies, kinds of posts, roles, permissions), read into the
/// database at start: only files whose content changed, each in one transaction.
namespace thien_an::identity {

/// What the start found in one file.
struct ImportedFile {
    std::string name;  ///< "units.json"
    bool changed;      ///< Its content was not the one in force, and now is.
};

/// Reads `province`/{units,agencies,posts,roles}.json and the permissions of `systems`/*/system.json. Problem
/// of the file that cannot be used (words file, row, reason); files before it are in force, it is not.
Result<std::vector<ImportedFile>> import_province(
    storage::Database& database,
    IdSource& ids,
    const std::filesystem::path& province,
    const std::filesystem::path& systems
);

}  // namespace thien_an::identity

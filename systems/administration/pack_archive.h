#pragma once

#include <string_view>

#include "engine/base/result.h"
#include "engine/casework/procedure.h"

/// A pack's folder as a ZIP file.
namespace thien_an::administration {

/// The files by their names below the folder; one common top folder is left out. Problems
/// "administration.not_a_zip", "administration.zip_too_large" (a bomb too), "administration.zip_path" (words
/// name).
Result<casework::FolderFiles> files_in_zip(std::string_view bytes);

/// The same files as a ZIP: what files_in_zip takes, equal bytes for equal files.
std::string zip_of(const casework::FolderFiles& files);

}  // namespace thien_an::administration

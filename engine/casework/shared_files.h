#pragma once

#include <filesystem>
#include <vector>

#include "engine/casework/procedure.h"

/// Folders of packs as they lie on disk, where what several folders share is written once (`systems/shared`). Read,
/// every folder is whole: the database, the desk and a dossier's frozen version know nothing of the sharing.
///   {"$shared": "parts.json#/person", "title": "Cha"}   the value at that place, the other members merged over it
///                                                       (RFC 7396: null takes a member away)
///   "process": "shared:registered_act.process.bpmn"     in procedure.json "files" or "fees": that file joins the folder
/// A name with folders is one of another procedure: "SYSTEM/procedures/NAME/fees.dmn".
namespace thien_an::casework {

struct ReadFolder {
    FolderFiles files;
    /// "packs.shared_missing" (words file, pointer), "packs.shared_loops", those of json::parse of a shared file.
    std::vector<PackFault> faults;
};

/// `shared` need not be there. Throws std::runtime_error when a file cannot be read.
ReadFolder read_folder(const std::filesystem::path& folder, const std::filesystem::path& shared);

/// RFC 7396: `patch` over `target`.
json::value merged(json::value target, const json::value& patch);

/// JSON with one member a line, two blanks a level: what people read and messages count lines of.
std::string readable(const json::value& v);

}  // namespace thien_an::casework

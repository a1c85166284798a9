#pragma once

#include "engine/casework/packs.h"

/// Rows of table pack: the only SQL about it is in packs_store.cpp.
namespace thien_an::casework {

struct PackRow {
    PackVersion version;
    FolderFiles files;
};

std::int64_t pack_generation(storage::Reader& db);
/// The good versions in force, registers before procedures.
std::vector<PackRow> packs_in_force(storage::Reader& db);
std::optional<PackRow> find_pack(storage::Reader& db, PackId id);
std::optional<PackVersion> pack_with_content(
    storage::Reader& db, std::string_view kind, std::string_view name, std::string_view sha256
);
/// Of one name, the latest first; an empty name: all.
std::vector<PackVersion> pack_history(storage::Reader& db, std::string_view name, int limit);
/// Adds the version; a good one takes the place of the one in force when `takes_over` says so.
void add_pack(storage::Writer& db, PackRow& row, bool takes_over);
/// Puts a version that is there in force again.
void put_in_force(storage::Writer& db, const PackVersion& version);

/// JSON of a folder: path -> text, and back.
std::string content_of(const FolderFiles& files);
FolderFiles files_from(std::string_view content);

}  // namespace thien_an::casework

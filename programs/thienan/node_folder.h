#pragma once

#include <filesystem>

#include "engine/crypto/cipher.h"
#include "engine/registers/leases.h"

/// The data folder of an offline node: the program's own, with one commune's part of the province.
namespace thien_an::program {

class House;

/// What a node's folder is made of.
struct NodeFolder {
    std::filesystem::path folder;    ///< Empty or not there yet.
    std::filesystem::path key_file;  ///< Beside it, never in it.
};

/// Rows of the lease's agency, the province's own and the shipped packs; the files its open dossiers name; the keys. What
/// belongs to others is taken out of the copy before it is whole.
Result<NodeFolder> make_node_folder(
    House& house,
    const registers::Lease& lease,
    const crypto::Secret& seed,
    const std::filesystem::path& folder,
    const std::string& centre
);

/// Leaves in the SQLite file `database` what a node of the agency needs, and gives back the room. node_folder_store.cpp.
void keep_rows_of(const std::filesystem::path& database, identity::AgencyId agency);
/// SHA-256 of the files rows of the node name.
std::vector<std::string> contents_of(storage::Reader& db);

}  // namespace thien_an::program

#pragma once

#include "engine/crypto/key_ring.h"
#include "engine/storage/files.h"

namespace thien_an::program {

/// How the file store seals what people send: room crypto's sealed files, by the ring's active data key. `keys` must
/// outlive the store.
storage::FileSeal file_seal(const crypto::KeyRing& keys);

}  // namespace thien_an::program

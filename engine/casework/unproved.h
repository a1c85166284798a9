#pragma once

#include <string>
#include <string_view>

#include "engine/casework/procedure.h"
#include "engine/identity/actor.h"

namespace thien_an::crypto {
class KeyRing;
}

/// A process that is too large to be proved runs only when somebody signs for it by name. The signature lies in the folder
/// beside the process, and holds for these very bytes alone.
namespace thien_an::casework {

constexpr std::string_view unproved_file = "unproved.json";

/// Whether these faults are only that the process could not be proved: then signing helps.
bool only_unproved(const std::vector<PackFault>& faults);

/// The folder with the signature of `act` for its process. Problem "workflow.reason_missing".
Result<FolderFiles> signed_unproved(
    const crypto::KeyRing& keys, FolderFiles files, const identity::Act& act, std::string_view reason
);

/// Whether the folder's signature is one of ours and for the process as it lies there.
bool unproved_is_signed(const crypto::KeyRing& keys, const FolderFiles& files);

}  // namespace thien_an::casework

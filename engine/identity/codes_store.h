#pragma once

#include <optional>

#include "engine/identity/codes.h"

/// Inside of the room: a code checked inside a larger transaction.
namespace thien_an::identity {

/// Either why the code was not taken, or the contact it proves. It is a value even when the code was wrong:
/// the try must be counted, so the transaction that asked commits.
struct TakenCode {
    std::optional<Problem> refused;
    std::string contact;
};
TakenCode take_code(
    storage::Writer& db, const Means& means, CodeId id, CodePurpose purpose, std::string_view code
);
/// What a command that takes the code must hold: the code, and the login its contact is or may become.
storage::Locks locks_for(const Means& means, CodeId id);
/// Of a login or contact, for storage::Lock {"login", ...}.
std::int64_t lock_of(const Bytes& index);
/// Who has this contact may not learn from timing or answers whether others have it: the digest all look-ups
/// share.
Bytes contact_index(const crypto::KeyRing& keys, std::string_view contact);
std::string_view name_of(CodePurpose purpose);  ///< "sign_up"...

}  // namespace thien_an::identity

#pragma once

#include "engine/identity/accounts_store.h"

/// Inside of the room: whether a typed second factor is right.
namespace thien_an::identity {

/// A TOTP code not used before, or a recovery code not used before; it is used up.
bool factor_right(storage::Writer& db, const Means& means, const AccountRow& account, std::string_view typed);

}  // namespace thien_an::identity

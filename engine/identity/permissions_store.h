#pragma once

#include <string>
#include <vector>

#include "engine/identity/permissions.h"

/// The only SQL about who was granted what; permissions.cpp decides with it.
namespace thien_an::identity {

struct Grant {
    AgencyId agency;  ///< Of the post that has it.
    Scope scope;
};
/// What the posts `actor` acts as give for `permission` today: his own post if he holds it, and the post he
/// acts for if that is in force. At most two.
std::vector<Grant> grants(storage::Reader& db, const Actor& actor, std::string_view permission, Day today);
/// The name of the party; "" when there is none.
std::string name_of(storage::Reader& db, PartyId party);

}  // namespace thien_an::identity

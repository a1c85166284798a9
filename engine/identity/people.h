#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/identity/accounts.h"
#include "engine/identity/parties.h"
#include "engine/identity/posts.h"

/// People at work, as the pages of administration list them.
namespace thien_an::identity {

/// A post somebody holds, will hold or held.
struct HeldPost {
    Post post;
    std::string agency_vi;
    std::string agency_en;
    Validity validity;  ///< Of the holding.
};
struct PersonRow {
    Party party;
    std::vector<std::string> logins;  ///< Masked as AccountView has them.
    bool second_factor = false;
    bool closed = false;          ///< No account, or all closed.
    std::optional<Instant> seen;  ///< Last time in any session.
    std::vector<HeldPost> posts;  ///< In force on the day or later, by agency.
};
/// People of the agency and those below it, by name; at most `limit` (100).
std::vector<PersonRow> people_of(
    storage::Reader& db, AgencyId agency, std::string_view words, Day day, int limit
);
/// Problem "identity.no_such_party".
Result<PersonRow> person_row(storage::Reader& db, PartyId party, Day day);
/// How many people hold posts in each agency on the day.
std::map<AgencyId, int> people_counts(storage::Reader& db, Day day);

}  // namespace thien_an::identity

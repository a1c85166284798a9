#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/identity/actor.h"
#include "engine/storage/database.h"

namespace thien_an::crypto {
class KeyRing;
}

/// Persons and organisations ("tổ chức, cá nhân"). Identity number, phone, e-mail and address are encrypted
/// in the database, found by blind index, shown masked; showing them is a deed the audit trail records.
namespace thien_an::identity {

enum class PartyKind : std::int64_t { person = 1, organisation = 2 };

/// What lists and pages may show without more ado.
struct Party {
    PartyId id;
    PartyKind kind = PartyKind::person;
    std::string name;
    std::optional<Day> born_on;
    std::string identity_number_masked;  ///< "•••••••••123"; empty: none known. Likewise below.
    std::string phone_masked;
    std::string email_masked;
    bool guest = false;  ///< Known by a phone code only, no account.
};

/// Written values; empty: none.
struct PartyDetails {
    std::string identity_number;  ///< 9 or 12 digits of a person; of an organisation its tax code.
    std::string phone;            ///< +84...
    std::string email;            ///< Lower case.
    std::string address;
};

struct NewParty {
    PartyKind kind = PartyKind::person;
    std::string name;  ///< Kept as tidy as people write it.
    std::optional<Day> born_on = {};
    PartyDetails details = {};
    bool guest = false;
};

/// Problem "identity.no_such_party".
Result<Party> find_party(storage::Reader& db, PartyId id);
/// Problems "identity.bad_name", "identity.bad_phone", "identity.bad_email", "identity.bad_identity_number",
/// "identity.identity_number_taken".
Result<PartyId> create_party(
    storage::Writer& db, const crypto::KeyRing& keys, const Act& act, const NewParty& party
);
/// Changes name, day of birth and details to those given. Problems as create_party. Audited with the names of
/// what changed.
Result<Done> change_party(
    storage::Writer& db, const crypto::KeyRing& keys, const Act& act, PartyId id, const NewParty& party
);
/// The details in clear, to the actor for `reason`: audited in this transaction, so send them only after
/// COMMIT. The person himself needs no reason; another needs one: Problem "identity.reason_missing".
Result<PartyDetails> reveal_party(
    storage::Writer& db, const crypto::KeyRing& keys, const Act& act, PartyId id, std::string_view reason
);
/// In clear without an audit row: for sending a notice or filling the person's own form. Never for a page of
/// another.
PartyDetails details_for_program(storage::Reader& db, const crypto::KeyRing& keys, PartyId id);

/// By identity number exactly; at most one party has it.
std::optional<PartyId> party_by_identity_number(
    storage::Reader& db, const crypto::KeyRing& keys, std::string_view number
);
/// Parties with this phone or e-mail, at most 20.
std::vector<PartyId> parties_by_contact(
    storage::Reader& db, const crypto::KeyRing& keys, std::string_view contact
);
/// People who hold or held posts in the agency or below, by folded name; for the page of people.
std::vector<Party> search_officials(
    storage::Reader& db, AgencyId agency, std::string_view words, Day day, int limit
);

/// "+84905123456" from "0905 123 456", "84905...", "+84 905..."; Problem "identity.bad_phone".
Result<std::string> tidy_phone(std::string_view typed);
/// Trimmed, lower case; Problem "identity.bad_email".
Result<std::string> tidy_email(std::string_view typed);
/// A phone or an e-mail address, tidy; Problem "identity.bad_contact".
Result<std::string> tidy_contact(std::string_view typed);
/// 9 or 12 digits; Problem "identity.bad_identity_number".
Result<std::string> tidy_identity_number(std::string_view typed);
/// All but the last `kept` characters as "•"; of an e-mail address the first letter and the domain stay.
std::string masked(std::string_view value, std::size_t kept = 3);

}  // namespace thien_an::identity

#pragma once

#include <optional>

#include "engine/identity/people.h"
#include "engine/web/context.h"

/// Forms about one person, drawn and taken.
namespace thien_an::administration {

/// An account just made; its password is shown once.
struct AccountMade {
    identity::PartyId party;
    std::string name;
    std::string login;
    std::string password;  ///< Empty: the person sets his own by a code to phone or e-mail.
};

/// The person of the route's {party}, who must hold a post in an agency whose people the visitor manages.
/// Problem "identity.no_such_party" otherwise: who may not know does not learn.
Result<identity::PersonRow> managed_person(const web::Request& request, web::Context& context);

web::Response draw_new_person(
    const web::Request& request, const std::optional<Problem>& problem, const web::Context& context
);
Result<AccountMade> take_new_person(const web::Request& request, web::Context& context);
web::Response draw_account_made(const AccountMade& made, const web::Context& context);

web::Response draw_person(
    const identity::PersonRow& row,
    const web::Request& request,
    const std::optional<Problem>& problem,
    const web::Context& context
);
Result<Done> take_post(identity::PartyId party, const web::Request& request, web::Context& context);

web::Response draw_relieve(
    const identity::PersonRow& row,
    const web::Request& request,
    const std::optional<Problem>& problem,
    const web::Context& context
);
Result<Done> take_relieve(identity::PartyId party, const web::Request& request, web::Context& context);

web::Response draw_reveal(
    const identity::PersonRow& row,
    const web::Request& request,
    const std::optional<Problem>& problem,
    const web::Context& context
);
web::Response draw_revealed(
    const identity::PersonRow& row, const identity::PartyDetails& details, const web::Context& context
);

web::Response draw_close(
    const identity::PersonRow& row,
    const web::Request& request,
    const std::optional<Problem>& problem,
    const web::Context& context
);
Result<Done> take_close(identity::PartyId party, const web::Request& request, web::Context& context);

}  // namespace thien_an::administration

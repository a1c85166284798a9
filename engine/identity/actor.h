#pragma once

#include <string>

#include "engine/base/day.h"
#include "engine/base/id.h"

/// Who acts: every command and every audited read takes an Actor.
namespace thien_an::identity {

using PartyId = Id<struct PartyTag>;      ///< A person or organisation ("tổ chức, cá nhân").
using AccountId = Id<struct AccountTag>;  ///< A way to sign in; belongs to one party.
using AgencyId = Id<struct AgencyTag>;    ///< An agency ("cơ quan"), dated.
using PostId = Id<struct PostTag>;        ///< A post ("vị trí") in an agency; a party may hold several.

/// The one who acts, "với tư cách" one post, possibly for somebody else.
struct Actor {
    AccountId account;    ///< 0: no account (a visitor, or the program itself).
    PartyId party;        ///< 0: unknown visitor or the program.
    PostId post;          ///< 0: acts as a citizen.
    AgencyId agency;      ///< Of the post; 0 without post.
    PostId for_post;      ///< By delegation ("ủy quyền") or KT.: the post acted for; else 0.
    std::string channel;  ///< "portal", "desk", "api", "cli", "timer".

    bool operator==(const Actor&) const = default;
};

/// What a command carries into its transaction: who acts, when, and where new identifiers come from.
struct Act {
    Actor actor;
    Instant now;  ///< Of the business clock, read once per command.
    IdSource& ids;

    Day today() const { return day_of(now); }
};

}  // namespace thien_an::identity

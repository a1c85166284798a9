#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/identity/posts.h"

/// Acting for another post: during leave ("ủy quyền"), as deputy ("KT.") or by order of the head ("TL.").
/// The act names both posts.
namespace thien_an::identity {

using DelegationId = Id<struct DelegationTag>;

enum class DelegationKind : std::int64_t {
    leave = 1,   ///< TUQ.: all the post may do, for the days named.
    deputy = 2,  ///< KT.: signs for the head.
    order = 3,   ///< TL.: signs by order, what the reason names.
};

struct Delegation {
    DelegationId id;
    PostId from;
    PostId to;
    DelegationKind kind;
    Validity validity;
    std::string reason;
    bool revoked = false;
};

struct NewDelegation {
    PostId from;
    PostId to;
    DelegationKind kind;
    Day first;  ///< First day.
    Day last;   ///< Last day; at most 366 days later.
    std::string reason;
};

/// The actor must hold `from` or have "posts.delegate" in its agency. Problems "identity.not_permitted",
/// "identity.same_post", "identity.other_agency", "identity.bad_days", "identity.reason_missing",
/// "identity.delegation_overlaps". Audited.
Result<DelegationId> delegate(storage::Writer& db, const Act& act, const NewDelegation& wanted);
/// Ends it today: it never counts again. Problem "identity.no_such_delegation". Audited.
Result<Done> revoke_delegation(storage::Writer& db, const Act& act, DelegationId id);

/// Delegations to posts that `party` holds, in force on `day`: the posts he may choose to act for.
std::vector<Delegation> delegations_to(storage::Reader& db, PartyId party, Day day);
/// All of an agency that are in force on or after `day`, the earliest first; at most 200.
std::vector<Delegation> delegations_of_agency(storage::Reader& db, AgencyId agency, Day day);
/// Whether `to` may act for `from` on `day`.
bool acts_for(storage::Reader& db, PostId to, PostId from, Day day);
/// The lines above the signature when `actor` signs: the post's own, or {"KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"},
/// {"TUQ. CHỦ TỊCH", title}, {"TL. CHỦ TỊCH", title}.
SignatureBlock signature_block(storage::Reader& db, const Actor& actor, Day day);

}  // namespace thien_an::identity

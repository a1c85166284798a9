#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/identity/actor.h"
#include "engine/storage/database.h"

/// Rights. Permissions are data (system.json declares them, kinds of posts and province/roles.json grant
/// them); one function turns them into the condition that list, search, count, export and read share.
namespace thien_an::identity {

/// How far a grant reaches from the agency of the post that has it.
enum class Scope : std::int64_t {
    agency = 1,  ///< That agency alone.
    below = 2,   ///< It and the agencies below it.
    all = 3,     ///< Every agency.
};

/// Whether `actor` may use `permission` on things of `agency` today, as the post he acts as (and the post he
/// acts for, when a delegation or deputyship is in force). False for a visitor, an unknown permission, a post
/// he no longer holds.
bool may(storage::Reader& db, const Actor& actor, std::string_view permission, AgencyId agency, Day today);
/// May use it anywhere at all: to show a menu entry, never to decide.
bool may_somewhere(storage::Reader& db, const Actor& actor, std::string_view permission, Day today);
/// Problem "identity.not_permitted" (words permission) unless `may`.
Result<Done> require(
    storage::Reader& db, const Actor& actor, std::string_view permission, AgencyId agency, Day today
);

/// Every permission `actor` has somewhere today, sorted: for menus and /api/v1/me.
std::vector<std::string> permissions_of(storage::Reader& db, const Actor& actor, Day today);

/// What the caller's columns are called; names are fixed texts of the caller, never from outside.
struct VisibleColumns {
    std::string_view agency = "agency";  ///< AgencyId the row belongs to.
    std::string_view owner = "owner";  ///< PartyId whose row it is; may be null. "" when the table has none.
    std::string_view sealed =
        "sealed";  ///< 1: only for its owner and posts with permission "sealed.read"; "" when none.
};

/// A condition in brackets for a WHERE, and the values it binds. Texts are few, so statements stay cached.
struct Visibility {
    std::string sql;
    std::vector<std::int64_t> values;  ///< For ?first, ?first+1...
};

/// The rows `actor` may see with `permission` today: those he owns, and those of the agencies his posts
/// reach. Placeholders start at ?`first`; append `values` to the statement's own. "(1=0)" when there are
/// none.
Visibility visible(
    storage::Reader& db,
    const Actor& actor,
    std::string_view permission,
    Day today,
    int first,
    VisibleColumns columns = {}
);

/// Separation of duties: Problem "identity.same_person" (words who) when the actor's party is one of
/// `earlier`.
Result<Done> not_same_as(storage::Reader& db, const Actor& actor, const std::vector<PartyId>& earlier);

/// What an agency or post is told about a permission: for the page of roles.
struct Permission {
    std::string id;      ///< "dossiers.receive"
    std::string system;  ///< The system that declares it.
    std::string name_vi;
    std::string name_en;
};
std::vector<Permission> permissions(storage::Reader& db);  ///< All, sorted by id.

}  // namespace thien_an::identity

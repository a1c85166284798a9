#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/identity/agencies.h"

/// Posts ("vị trí việc làm") in agencies and the people who hold them. A person may hold several posts; each
/// act is done as one of them ("với tư cách").
namespace thien_an::identity {

struct Post {
    PostId id;
    AgencyId agency;
    std::string kind;  ///< Of province/posts.json: "one_stop_officer".
    std::string title_vi;  ///< "Công chức Tư pháp - hộ tịch"; the kind's name unless the post has its own.
    std::string title_en;
    Validity validity;
};

/// A person in a post; half-open days.
struct Holding {
    PostId post;
    PartyId party;
    std::string name;  ///< Of the person.
    Validity validity;
};

/// What a post signs with: {"KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"}.
struct SignatureBlock {
    std::vector<std::string> lines;
};

/// Problem "identity.no_such_post".
Result<Post> find_post(storage::Reader& db, PostId id);
/// Posts of the agency in force on `day`, by kind and title; at most 500.
std::vector<Post> posts_of_agency(storage::Reader& db, AgencyId agency, Day day);
/// Posts of the agency of one kind in force on `day`: who gets a task for "justice_civil_status_officer".
std::vector<Post> posts_of_kind(storage::Reader& db, AgencyId agency, std::string_view kind, Day day);
/// Posts `party` holds on `day`, by agency and kind.
std::vector<Post> posts_held(storage::Reader& db, PartyId party, Day day);
/// Who holds the post on `day`; several when it is shared.
std::vector<Holding> holders(storage::Reader& db, PostId post, Day day);
/// All holders the post ever had, the latest first; at most 100.
std::vector<Holding> holders_ever(storage::Reader& db, PostId post);
bool holds(storage::Reader& db, PartyId party, PostId post, Day day);
/// "Trần Thị Mỹ Lệ, Công chức Tư pháp - hộ tịch": for timelines; the title alone when `party` is 0.
std::string shown_as(storage::Reader& db, PartyId party, PostId post);
SignatureBlock signature_block(storage::Reader& db, PostId post);
/// Whether acting as the post needs a second factor, by configuration of its kind.
bool needs_second_factor(storage::Reader& db, PostId post);

struct NewPost {
    AgencyId agency;
    std::string kind;
    std::string title_vi;  ///< Empty: the kind's.
    std::string title_en;
    Day from;
};
/// Problems "identity.no_such_agency", "identity.no_such_post_kind", "identity.post_kind_not_here" (the kind
/// does not fit the agency). Audited.
Result<PostId> create_post(storage::Writer& db, const Act& act, const NewPost& post);
/// Puts `party` in the post from `from`. Problem "identity.already_holds". Audited.
Result<Done> appoint(storage::Writer& db, const Act& act, PostId post, PartyId party, Day from);
/// The last day in the post is the day before `to`. Problem "identity.does_not_hold". Audited.
Result<Done> relieve(storage::Writer& db, const Act& act, PostId post, PartyId party, Day to);
/// Ends the post; its holders leave it with it. Audited.
Result<Done> close_post(storage::Writer& db, const Act& act, PostId post, Day to);

struct PostKind {
    std::string id;
    std::string name_vi;
    std::string name_en;
    std::vector<std::string> agency_kinds;
    std::vector<std::string> agency_levels;  ///< "province", "district", "commune".
    std::vector<std::string> permissions;
    bool second_factor = false;
};
/// Kinds in force on `day`, in the order of the file.
std::vector<PostKind> post_kinds(storage::Reader& db, Day day);
/// Ids of the kinds on the day, in the same order: for a command, which has no use for names and grants.
std::vector<std::string> post_kind_ids(storage::Reader& db, Day day);

/// Brings the tables to province/posts.json and province/roles.json. Problems "identity.bad_posts",
/// "identity.bad_roles" (words row, reason).
Result<Done> import_post_kinds(storage::Writer& db, const json::value& posts);
Result<Done> import_roles(storage::Writer& db, const json::value& roles);
/// Adds the "permissions" of one system.json.
Result<Done> import_permissions(storage::Writer& db, const json::value& system);

}  // namespace thien_an::identity

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/identity/actor.h"
#include "engine/storage/database.h"

/// The audit trail: who, as which post, on whose behalf, saw or did what, why, when. The row is written in
/// the act's own transaction; the sealer chains committed rows (audit_seal.h).
namespace thien_an::identity {

/// What happened, beside the Actor and the instant that the Act knows.
struct AuditNote {
    std::string what;     ///< The act: "dossier.receive", "party.reveal"; its sentence is in the catalogues.
    std::string subject;  ///< Kind of the thing: "dossier".
    std::int64_t subject_id = 0;
    PartyId about;    ///< The person whose data it concerns; 0: nobody's. He sees the row in his own log.
    AgencyId agency;  ///< Whose record it is; 0: the agency of the actor's post.
    std::string reason;
    json::object detail = {};  ///< Names of what changed, codes; never personal data in clear.
};

/// Writes the row. An audited read does this in a `write` and sends its bytes after COMMIT; a list audits
/// once.
void audit(storage::Writer& db, const Act& act, const AuditNote& note);

/// A row as pages show it.
struct AuditRow {
    std::int64_t id;
    Instant at;
    Actor actor;
    std::string who;       ///< Name of the person; "" for the program.
    std::string post;      ///< Title of the post; "" for a citizen.
    std::string for_post;  ///< Title of the post acted for; "".
    std::string agency;    ///< Name of the agency of the actor's post.
    std::string what;
    std::string subject;
    std::int64_t subject_id;
    std::string reason;
    json::value detail;
    bool sealed;  ///< In the chain already.
};

struct AuditQuery {
    std::optional<Instant> from = {};
    std::optional<Instant> to = {};
    std::string what = {};     ///< Exactly, or empty.
    std::string subject = {};  ///< Exactly, or empty.
    std::int64_t subject_id = 0;
    PartyId about = {};
    PartyId actor = {};
    std::int64_t before = 0;  ///< Rows older than this id: the next page.
    int limit = 50;
};
/// Rows the actor may see (permission "audit.read"), the latest first.
std::vector<AuditRow> search_audit(
    storage::Reader& db, const Actor& actor, Day today, const AuditQuery& query
);
/// "Ai đã xem dữ liệu của tôi": rows about the party by others, the latest first.
std::vector<AuditRow> access_log(storage::Reader& db, PartyId about, std::int64_t before, int limit);
/// Rows of one thing, the oldest first: for its own page. The caller has checked the right to see the thing.
std::vector<AuditRow> audit_of(
    storage::Reader& db, std::string_view subject, std::int64_t subject_id, int limit
);

}  // namespace thien_an::identity

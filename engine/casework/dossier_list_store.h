#pragma once

#include "engine/casework/dossier_store.h"
#include "engine/casework/reading.h"

/// Lists and figures of dossiers, with the rights inside the query.
namespace thien_an::casework {

/// Which dossiers a list shows; all given conditions hold.
struct ListQuery {
    identity::PartyId applicant;  ///< Only his own, the latest first; 0: by right, the soonest due first.
    bool open_only = false;
    std::string procedure;
    std::optional<DossierState> state;
    std::string words;
    std::string lane;  ///< "late", "today", "later", "waiting"; empty: all.
    Instant now;       ///< Of the lanes.
    std::string cursor;
    int limit = 50;
};
struct DossierList {
    std::vector<Dossier> dossiers;
    std::string next;
};
DossierList list_dossiers(storage::Reader& db, const Actor& actor, Day today, const ListQuery& query);
std::int64_t count_dossiers(storage::Reader& db, const Actor& actor, Day today, const ListQuery& query);

/// Folded and pending, [from, to).
Counters read_counters(storage::Reader& db, identity::AgencyId agency, Day from, Day to);

}  // namespace thien_an::casework

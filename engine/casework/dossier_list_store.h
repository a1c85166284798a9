#pragma once

#include <span>

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
    std::string words;  ///< As find_by_words, in no order of their own.
    std::string lane;   ///< "late", "today", "later", "waiting"; empty: all.
    Instant now;        ///< Of the lanes.
    std::string cursor;
    int limit = 50;
};
struct DossierList {
    std::vector<Dossier> dossiers;
    std::string next;
};
DossierList list_dossiers(storage::Reader& db, const Actor& actor, Day today, const ListQuery& query);
/// How the database would run list_dossiers, in its own words: for tests.
std::string plan_of_list(storage::Reader& db, const Actor& actor, Day today, const ListQuery& query);

/// Dossiers whose code, applicant or subject has all of `words`, by right: those whose marks agree first, then whole
/// words, then words that only begin so; the latest first within each. Words without a letter or digit find nothing.
DossierList find_by_words(
    storage::Reader& db,
    const Actor& actor,
    Day today,
    std::string_view words,
    std::string_view cursor,
    int limit
);

/// Received dossiers of a procedure that run an older version than `pack`, the oldest first; for those who run the
/// processes, whose right is the caller's to check.
std::vector<DossierId> dossiers_of_older_version(
    storage::Reader& db, std::string_view procedure, std::int64_t pack, int limit
);

/// Open dossiers by right, all of them and by what runs out next; from the live counts.
struct OpenCounts {
    std::int64_t all = 0;
    std::int64_t late = 0;
    std::int64_t due_today = 0;  ///< Not late yet.
    std::int64_t later = 0;
    std::int64_t waiting = 0;  ///< For the applicant.
};
std::int64_t count_open(storage::Reader& db, const Actor& actor, Day today);
OpenCounts count_open_lanes(storage::Reader& db, const Actor& actor, Instant now);
/// Of these dossiers, each as often as it is named; `all` counts those that are open.
OpenCounts count_lanes_of(storage::Reader& db, std::span<const std::int64_t> ids, Instant now);

/// Folded and pending, [from, to).
Counters read_counters(storage::Reader& db, identity::AgencyId agency, Day from, Day to);

}  // namespace thien_an::casework

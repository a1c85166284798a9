#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/identity/actor.h"
#include "engine/registers/entries.h"

/// A lease gives all books of one agency to one node that works without network: only it writes them until the lease
/// ends. See docs/decisions/0025-offline-commune.md. The only SQL about register_lease is in leases_store.cpp.
namespace thien_an::registers {

using LeaseId = Id<struct RegisterLeaseTag>;

struct Lease {
    LeaseId id;
    AgencyId agency;
    std::string node;        ///< "Máy xách tay của xã"
    Bytes node_key;          ///< Ed25519, public.
    std::int64_t epoch = 0;  ///< 1, 2... of the agency.
    Instant granted_at;
    Instant until;
    identity::PartyId granted_by;
    identity::PostId granted_as;
    bool here = false;  ///< This database is the node's own.
    std::optional<Instant> ended_at;
    std::string ended_how;  ///< "returned", "taken_back", "forked"; "" while it is open.
    std::string decision;
    identity::PartyId ended_by;
    identity::PostId ended_as;
};

struct NewLease {
    AgencyId agency;
    std::string node;
    Bytes node_key;
    Instant until;
};
/// Under the next epoch; audited. The caller holds lock_of every series of the agency, so that no entry is being made.
/// Problems "registers.book_leased" (words node, until), "registers.lease_too_short" (until is not after now).
Result<Lease> grant_lease(storage::Writer& db, const Act& act, const NewLease& wanted);
/// The same lease in the node's own database, where it is `here`.
void hold_lease(storage::Writer& db, const Lease& lease);

enum class LeaseEnd { returned, taken_back, forked };
/// Audited. Problems "registers.lease_ended", "registers.decision_missing" (taken back without one).
Result<Done> end_lease(
    storage::Writer& db, const Act& act, LeaseId id, LeaseEnd how, std::string_view decision
);

/// Problem "registers.no_such_lease".
Result<Lease> find_lease(storage::Reader& db, LeaseId id);
std::optional<Lease> open_lease(storage::Reader& db, AgencyId agency);
std::vector<Lease> leases(storage::Reader& db, int limit);  ///< The latest first.
/// Agencies whose books a node holds that is not this one: nobody works on their dossiers here.
std::vector<AgencyId> agencies_elsewhere(storage::Reader& db);
/// All series of the agency that exist.
std::vector<SeriesId> series_of_agency(storage::Reader& db, AgencyId agency);

/// From here to lay_down_lease, in this transaction, the agency's books may be written under the lease. Problems
/// "registers.lease_ended", at the node itself "registers.lease_over" once its time is up.
Result<Done> carry_lease(storage::Writer& db, LeaseId id, Instant now);
void lay_down_lease(storage::Writer& db, LeaseId id);

/// Whether this database may write the agency's books now. Problems "registers.book_leased" (words node, until) at the
/// centre; at a node "registers.no_lease" (another agency's), "registers.lease_ended", "registers.not_offline" (no
/// journaled command carries the lease). Needs no lock of its own: whoever writes holds that of a series.
Result<Done> may_write(storage::Reader& db, AgencyId agency);
/// The same for an entry, which under a lease must not be of a day before the last one's: "registers.day_backwards".
Result<Done> may_enter(storage::Reader& db, AgencyId agency, SeriesId series, Day registered_on);

}  // namespace thien_an::registers

#pragma once

#include "engine/registers/entries.h"

/// Notes that no procedure makes (a judgment sent by the court, a decision of another agency): one person prepares,
/// another approves, and only then the note is in the register, with both named.
namespace thien_an::registers {

using ProposalId = Id<struct RegisterProposalTag>;

struct Proposal {
    ProposalId id;
    NewNote note;
    AgencyId agency;
    Instant asked_at;
    identity::PartyId asked_by;
    identity::PostId asked_as;
    std::optional<Instant> decided_at;
    identity::PartyId decided_by;
    identity::PostId decided_as;
    bool approved = false;
    std::string why;  ///< Of a refusal.
};

/// Needs "registers.enter" on the agency. Problems "registers.no_such_entry", "registers.proposal_waits" (one of the same
/// person on this entry), those of add_note as it stands now.
Result<ProposalId> propose_note(
    storage::Writer& db, const Act& act, const crypto::KeyRing& keys, const Register& reg, const NewNote& note
);

/// Approved, it becomes a note. Needs "registers.approve" on the agency and another person than the one who prepared.
/// The caller holds lock_of(series_of_entry). Problems "registers.no_such_proposal" (also without the right),
/// "registers.proposal_decided", "registers.second_person", "registers.reason_missing" (a refusal says why), those of
/// add_note: what was right when it was prepared may not be any more.
Result<Done> decide_proposal(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    ProposalId proposal,
    bool approve,
    std::string_view why
);

/// Whoever prepared it takes it back before anybody has decided: decided by itself, not approved. Problems
/// "registers.no_such_proposal" (also another's), "registers.proposal_decided".
Result<Done> withdraw_proposal(
    storage::Writer& db, const Act& act, const crypto::KeyRing& keys, const Register& reg, ProposalId proposal
);

/// Problem "registers.no_such_proposal".
Result<Proposal> find_proposal(storage::Reader& db, const crypto::KeyRing& keys, ProposalId id);
/// The latest first.
std::vector<Proposal> proposals_of(
    storage::Reader& db, const crypto::KeyRing& keys, EntryId entry, int limit
);

/// What waits for a second person in the books the actor may approve: the oldest first.
struct Waiting {
    std::string register_id;
    EntryId entry;
    std::string printed;
    AgencyId agency;
    std::int64_t id = 0;
    bool opening = false;  ///< A sealed entry is to be opened; else a note is to be approved.
    std::string kind;      ///< Of the note.
    Instant asked_at;
    identity::PartyId asked_by;
    identity::PostId asked_as;
};
std::vector<Waiting> waiting_for(storage::Reader& db, const Actor& actor, Day today, int limit);

}  // namespace thien_an::registers

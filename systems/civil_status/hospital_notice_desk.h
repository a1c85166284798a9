#pragma once

#include "engine/casework/casework.h"

#include "systems/civil_status/files.h"
#include "systems/civil_status/hospital_notice_store.h"

/// What is done with a notice: taken once, completed by the family with its code, tied to what they file without it,
/// reminded of by the commune.
namespace thien_an::civil_status {

struct TakenNotice {
    NoticeId id;
    std::string code;  ///< For the slip.
    Instant received_at;
    std::string agency_name;  ///< Who looks after it; "" when no commune was named.
    std::string dossier;      ///< Code of the dossier the family has filed already; "".
    bool repeated = false;    ///< It had come before.
};
/// Takes a checked notice. The facility's number names it: the same again gives the same answer. Audited. Problem
/// "civil_status.notice_conflict" when the number came with other content.
Result<TakenNotice> take_notice(casework::Office& office, const identity::Actor& actor, const Notice& notice);

/// A draft of the procedure, filled in from the notice, with the notice itself as its paper. `born_on` proves that the one
/// who holds the slip knows the people: of the mother, or of the deceased. Problems "civil_status.notice_not_found" (also
/// for another day), "civil_status.notice_filed" (words code), those of casework::begin_draft.
Result<casework::Draft> claim_notice(
    casework::Office& office,
    const Files& files,
    const identity::Actor& actor,
    const casework::DraftOwner& owner,
    std::string_view code,
    std::string_view born_on
);

/// Told when a dossier is filed ("birth_registration.filed"): the notice of its draft, or of the same birth or death, is
/// answered by it. Problem "civil_status.notice_filed" when the draft's notice has been answered by another.
casework::Subscribers::Told notice_subscriber(casework::Office& office, NoticeKind kind);
/// Procedure that completes notices of a kind.
std::string_view procedure_of(NoticeKind kind);

/// The family is reminded: by SMS where a telephone is known. Audited. Needs "registers.enter" on the agency.
/// Problem "civil_status.no_such_notice".
Result<Done> remind_of_notice(
    casework::Office& office, const identity::Actor& actor, NoticeId id, std::string_view how
);

}  // namespace thien_an::civil_status

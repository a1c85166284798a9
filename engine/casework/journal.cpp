#include "engine/casework/journal.h"

#include "engine/casework/work.h"
#include "engine/registers/leases.h"

namespace thien_an::casework {

Result<Done> begin_command(
    Office& office, storage::Writer& db, const identity::Act& act, identity::AgencyId agency
)
{
    if (office.journal != nullptr) {
        TRY(office.journal->begins(db, act));
        return registers::may_write(db, agency);
    }
    // Citizens go on while their commune is away.
    if (!act.actor.post) return Done{};
    return registers::may_write(db, agency);
}

Result<Done> end_command(Work& work, JournalEntry entry)
{
    if (work.office.journal == nullptr) return Done{};
    entry.made = work.made;
    entry.made["code"] = work.dossier.code;
    entry.made["state"] = name_of(work.dossier.state);
    entry.entry = work.entered;
    return work.office.journal->ends(work.db, work.act, entry);
}

Result<Done> only_at_the_centre(const Office& office)
{
    if (office.journal == nullptr) return Done{};
    return Problem{.code = "registers.not_offline", .field = "", .law = ""};
}

}  // namespace thien_an::casework

#pragma once

#include "engine/casework/office.h"
#include "engine/casework/procedure.h"

#include "systems/civil_status/hospital_notice_store.h"

/// What of a notice the answers of a form are, and what its paper says.
namespace thien_an::civil_status {

/// The same but for marks, case and spaces.
bool same_name(std::string_view a, std::string_view b);

/// Whether the day (or the year, where the facility knows no more) is that of the mother or the deceased.
bool knows(const Notice& notice, std::string_view born_on);

/// Puts what the notice says where the form has nothing yet; a place the form does not have is left out.
void fill_from_notice(
    const casework::Office& office,
    const casework::Procedure& procedure,
    const Notice& notice,
    json::value& form
);

/// Values of papers/birth_notice.paper.xml and papers/death_notice.paper.xml.
json::value notice_paper_values(const casework::CodeLists& codes, const StoredNotice& notice);

}  // namespace thien_an::civil_status

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/result.h"
#include "engine/casework/rules.h"

/// Changes, corrections and additions of what is registered, and the ethnic group determined again: who decides,
/// what may be asked and who must agree.
namespace thien_an::civil_status {

enum class ChangeKind { change, correction, supplement, ethnicity };
/// Of the answer "change", "correction", "supplement" or "ethnicity".
std::optional<ChangeKind> change_kind_named(std::string_view name);

enum class DecidingLevel { commune, district };

/// The level whose committee decides on `asked_on`. Until districts ended they decided changes and corrections of
/// people of 14 and older and every ethnic group determined again; additions and children under 14 are the commune's.
/// Law: law-60-2014/art-27, law-60-2014/art-46, nd-120-2025.
DecidingLevel change_level(ChangeKind kind, Day born_on, Day asked_on);

/// Whose agreement stands in the declaration.
struct Agreement {
    bool parents = false;
    bool person = false;
};
/// A family or given name: under 18 the parents agree, from 9 the person too.
/// Problems "civil_status.parents_must_agree", "civil_status.person_must_agree".
/// Law: nd-123-2015/art-7, law-91-2015/art-27.
Result<Done> name_change_agreed(Day born_on, Day asked_on, Agreement agreement);

/// The ethnic group is that of the father or the mother; from 15 to under 18 the person agrees, under 18 the parents.
/// `parents` are the codes of the birth entry; unknown ones are empty.
/// Problems "civil_status.ethnicity_of_neither_parent", "civil_status.same_ethnicity", those of agreement.
/// Law: law-91-2015/art-29.
struct EthnicityAsked {
    std::string from;
    std::string to;
    std::string mother;
    std::string father;
};
Result<Done> ethnicity_allowed(const EthnicityAsked& asked, Day born_on, Day asked_on, Agreement agreement);

/// One particular of the entry, and what it is to say.
struct Particular {
    std::string group;      ///< "/change", "/second" or "/third": where it stands in the answers.
    std::string field;      ///< Of the register the entry is in.
    std::string value;      ///< In the shape the register keeps, a year as text; "" when not answered yet.
    std::string old_value;  ///< As the paper in the person's hand says; "" for a blank.
};
/// Up to three of one kind, on the same grounds; only those whose field is named. Of an ethnic group determined again
/// the field is child_ethnicity.
std::vector<Particular> particulars_of(const json::value& form);

/// Puts the rules into the book, by the names procedure.json uses.
void add_change_rules(casework::RuleBook& book);

}  // namespace thien_an::civil_status

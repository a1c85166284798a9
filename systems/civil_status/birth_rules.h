#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/casework/rules.h"

/// What the law says of a birth declaration and a table cannot: each rule cites its article.
namespace thien_an::civil_status {

enum class Timeliness { in_time, late };

/// Whether the declaration falls within 60 days of the birth; a late one is still registered, but not free of charge.
/// Problem "civil_status.birth_in_future" when born_on is after declared_on.
/// Law: law-60-2014/art-15 (duty and time limit), law-60-2014/art-11 (fees).
Result<Timeliness> timeliness(Day born_on, Day declared_on);

/// Letters of Vietnamese or of an ethnic group's language, no digits, two words or more, at most 25 in the given name.
/// Problem "civil_status.name_not_allowed". Law: nd-123-2015/art-4, law-91-2015/art-26.
Result<Done> name_allowed(std::string_view full_name);

/// Whether the child bears the family name of one of the parents: the first word, or the first two of a double name.
/// Law: law-91-2015/art-26, nd-123-2015/art-4.
bool surname_of_a_parent(std::string_view child, const std::vector<std::string>& parents);

/// Years of age the mother turned in the year of birth; nothing when the answers do not tell.
std::optional<int> mother_age(const json::value& form);

/// Puts the rules of birth registration into the book, by the names procedure.json uses.
void add_birth_rules(casework::RuleBook& book);

}  // namespace thien_an::civil_status

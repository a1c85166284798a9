#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/registers/matching.h"

/// Who the entries of a register are about, as register.json says: "life_event", "event_on", "persons", "matching".
namespace thien_an::registers {

/// One person of an entry: ids of the fields that describe it; "" where the register has none.
struct PersonRole {
    std::string role;  ///< "child", "mother", "husband"
    std::string name;
    std::string born_on;
    std::string born_year;
    std::string sex;
    std::string sex_is;    ///< "female" for a mother: no field says so.
    std::string number;    ///< Personal number.
    std::string identity;  ///< Identity paper.
    std::string mother;    ///< Names of parents.
    std::string father;
    std::string mother_identity;
    bool subject = false;  ///< The entry is about this person; parents of a child are not.
};

/// Members of Register.
struct PersonRules {
    std::string life_event;  ///< "birth"; "" when the register is none of a life.
    std::string event_on;    ///< Field of the day it happened.
    std::vector<PersonRole> persons;
    std::optional<Matching> matching;
};
/// Problems "registers.bad_register"; that the named fields are there is checked by load_register.
Result<PersonRules> load_persons(const json::value& source);

}  // namespace thien_an::registers

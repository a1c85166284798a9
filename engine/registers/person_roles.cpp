#include "engine/registers/person_roles.h"

#include <set>

namespace thien_an::registers {
namespace {

Problem bad(std::string pointer, std::string reason)
{
    return {
        .code = "registers.bad_register",
        .field = std::move(pointer),
        .law = "",
        .words = {{"reason", std::move(reason)}}};
}

Result<PersonRole> role_from(const json::value& v, const std::string& at)
{
    PersonRole role;
    role.role = json::string_or(v, "role");
    role.name = json::string_or(v, "name");
    if (role.role.empty()) return bad(at + "/role", "missing");
    if (role.name.empty()) return bad(at + "/name", "missing");
    role.born_on = json::string_or(v, "born_on");
    role.born_year = json::string_or(v, "born_year");
    role.sex = json::string_or(v, "sex");
    role.sex_is = json::string_or(v, "sex_is");
    role.number = json::string_or(v, "number");
    role.identity = json::string_or(v, "identity");
    role.mother = json::string_or(v, "mother");
    role.father = json::string_or(v, "father");
    role.mother_identity = json::string_or(v, "mother_identity");
    role.subject = json::bool_or(v, "subject");
    return role;
}

}  // namespace

Result<PersonRules> load_persons(const json::value& source)
{
    PersonRules rules;
    rules.life_event = json::string_or(source, "life_event");
    rules.event_on = json::string_or(source, "event_on");
    const auto* persons = json::member(source, "persons");
    if (persons != nullptr && !persons->is_array()) return bad("/persons", "not a list");
    std::set<std::string> seen;
    for (std::size_t i = 0; persons != nullptr && i < persons->get_array().size(); ++i) {
        const auto at = "/persons/" + std::to_string(i);
        auto role = TRY(role_from(persons->get_array()[i], at));
        if (!seen.insert(role.role).second) return bad(at + "/role", "twice: " + role.role);
        rules.persons.push_back(std::move(role));
    }
    if (const auto* matching = json::member(source, "matching"))
        rules.matching = TRY(load_matching(*matching));
    return rules;
}

}  // namespace thien_an::registers

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/identity/accounts.h"

/// Made-up people for a demo folder: who they are is a pure function of the data and a seed; only passwords
/// are random.
namespace thien_an::identity {

struct DemoPerson {
    std::string name;
    Day born_on;
    std::string identity_number;
    std::string phone;
    std::string login;               ///< "motcua.21211"; of a citizen the phone.
    std::string agency;              ///< Key: "ubnd-21211"; empty for a citizen.
    std::vector<std::string> posts;  ///< Kinds; empty for a citizen.
};

/// The people of province/demo_staff.json on `today`, officials first, with names of
/// province/demo_names.json. The same seed gives the same people. Problem "identity.bad_demo" (words reason).
Result<std::vector<DemoPerson>> demo_people(
    const json::value& staff, const json::value& names, Day today, std::uint32_t seed
);

/// One line of demo-accounts.tsv; one for each post a person holds.
struct DemoAccount {
    std::string login;
    std::string password;
    std::string post;    ///< Title; empty for a citizen.
    std::string agency;  ///< Code, as POST /dossiers names it; empty for a citizen.
    PartyId party;
};
/// Makes the people, their posts and accounts. In a demo no post asks for a second factor: nobody has the
/// phones. Problem "identity.demo_staffed" when it was done before.
Result<std::vector<DemoAccount>> staff_demo(const Means& means, const std::vector<DemoPerson>& people);

/// Writes login, password, post, agency, tab separated, no header; mode 0600.
void write_demo_accounts(const std::filesystem::path& file, const std::vector<DemoAccount>& accounts);
/// Reads the file back. Problem "identity.no_such_file".
Result<std::vector<DemoAccount>> read_demo_accounts(const std::filesystem::path& file);

}  // namespace thien_an::identity

#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/casework/casework.h"
#include "engine/identity/agencies.h"
#include "engine/identity/demo.h"

#include "systems/civil_status/demo_births.h"

#include "programs/thienan/house.h"

/// Who plays in a demo folder: the staffed communes, the citizens, their names and the scan of every paper.
namespace thien_an::program {

using identity::Actor;

/// A commune with its officers by kind of post.
struct Commune {
    identity::Agency agency;
    std::map<std::string, Actor> officers;
};

struct Cast {
    std::vector<Commune> communes;
    std::vector<Actor> citizens;
};

/// `accounts` must have their parties: see demo_accounts().
Cast cast_of(storage::Reader& db, const std::vector<identity::DemoAccount>& accounts, Day today);
/// DIR/demo-accounts.tsv with the parties of the accounts. Problem "program.demo_only".
Result<std::vector<identity::DemoAccount>> demo_accounts(House& house);

civil_status::DemoNames demo_names(const House& house);
/// The house's office with another clock, which outlives it.
casework::Office office_on(const House& house, const Clock& clock);
/// A scan that stands for every paper of the demo.
casework::FileId demo_scan(House& house);

}  // namespace thien_an::program

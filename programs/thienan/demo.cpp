#include "engine/identity/demo.h"

#include <fmt/format.h>

#include "engine/crypto/demo_authority.h"
#include "engine/documents/credentials.h"
#include "engine/identity/agencies.h"
#include "engine/identity/posts.h"

#include "programs/thienan/commands.h"
#include "programs/thienan/demo_dossiers.h"
#include "programs/thienan/demo_registers.h"
#include "programs/thienan/demo_secured.h"
#include "programs/thienan/house.h"
#include "programs/thienan/pack_files.h"

namespace thien_an::program {
namespace {

constexpr std::uint32_t seed = 1242;

struct Signatory {
    documents::Holder holder;
    crypto::DemoSubject subject;
};

/// Everyone who holds a post, and every agency they work in: each gets a key.
std::vector<Signatory> signatories(
    storage::Reader& db, const std::vector<identity::DemoAccount>& accounts, Day today
)
{
    std::map<std::int64_t, Signatory> people;
    std::map<std::int64_t, Signatory> agencies;
    for (const auto& account : accounts)
        for (const auto& post : identity::posts_held(db, account.party, today)) {
            const auto agency = identity::agency_on(db, post.agency, today);
            if (!agency) continue;
            const auto name = identity::holders(db, post.id, today);
            std::string person;
            for (const auto& holding : name)
                if (holding.party == account.party) person = holding.name;
            people.try_emplace(
                account.party.value,
                Signatory{{"party", account.party.value}, {person, agency.value().name_vi, post.title_vi}}
            );
            agencies.try_emplace(
                post.agency.value,
                Signatory{{"agency", post.agency.value}, {agency.value().name_vi, agency.value().name_vi, ""}}
            );
        }
    std::vector<Signatory> all;
    for (auto& [id, one] : people) all.push_back(std::move(one));
    for (auto& [id, one] : agencies) all.push_back(std::move(one));
    return all;
}

json::value province_file(const House& house, std::string_view name)
{
    auto parsed = json::parse(read_text(house.packs_path_ / "province" / name));
    if (!parsed) throw std::runtime_error(std::string(name) + ": " + house.say(parsed.problem()));
    return std::move(parsed).value();
}

void give_keys(House& house, const std::vector<identity::DemoAccount>& accounts)
{
    const auto authority = crypto::DemoAuthority::create(
        house.keys_, json::string_or(province_file(house, "demo_names.json"), "authority")
    );
    const Day today = day_of(house.clock_.now());
    const auto all =
        house.database_->read([&](storage::Reader& db) { return signatories(db, accounts, today); });
    std::vector<std::pair<documents::Holder, crypto::Credential>> made;
    for (const auto& one : all) made.emplace_back(one.holder, authority.issue(house.keys_, one.subject));
    const auto kept = house.database_->write({}, [&](storage::Writer& db) -> Result<Done> {
        for (const auto& [holder, credential] : made)
            TRY(documents::add_credential(db, house.act(), holder, credential));
        return Done{};
    });
    if (!kept) throw std::runtime_error(house.say(kept.problem()));
    house.trust_ = authority.trust();
}

}  // namespace

bool make_demo(House& house)
{
    const auto file = house.folder_.path() / "demo-accounts.tsv";
    if (std::filesystem::exists(file)) return true;
    const auto people = identity::demo_people(
        province_file(house, "demo_staff.json"),
        province_file(house, "demo_names.json"),
        day_of(house.clock_.now()),
        seed
    );
    if (!people) {
        fmt::print(stderr, "{}\n", house.say(people.problem()));
        return false;
    }
    const auto accounts = identity::staff_demo(*house.means_, people.value());
    if (!accounts) {
        fmt::print(stderr, "{}\n", house.say(accounts.problem()));
        return false;
    }
    give_keys(house, accounts.value());
    make_demo_dossiers(house, accounts.value());
    make_demo_registers(house, accounts.value());
    make_demo_secured(house, province_file(house, "demo_secured.json"));
    // Written last: without it an interrupted start is seen, not taken for a whole one.
    identity::write_demo_accounts(file, accounts.value());
    return true;
}

}  // namespace thien_an::program

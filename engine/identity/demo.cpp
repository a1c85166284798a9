#include "engine/identity/demo.h"

#include <fstream>

#include "engine/crypto/durable_file.h"
#include "engine/crypto/random.h"
#include "engine/identity/audit.h"
#include "engine/identity/demo_store.h"
#include "engine/identity/parties.h"
#include "engine/identity/posts.h"

namespace thien_an::identity {
namespace {

constexpr std::size_t password_letters = 16;

/// The person and the posts, in one transaction.
struct Staffed {
    PartyId party;
    std::vector<DemoAccount> lines;
};

Result<Staffed> add_person(storage::Writer& db, const Means& means, const Act& act, const DemoPerson& person)
{
    NewParty party{.kind = PartyKind::person, .name = person.name, .born_on = person.born_on};
    party.details = {
        .identity_number = person.identity_number, .phone = person.phone, .email = "", .address = ""};
    Staffed made{.party = TRY(create_party(db, means.keys, act, party)), .lines = {}};
    for (const auto& kind : person.posts) {
        const auto agency = TRY(agency_by_key(db, person.agency, act.today()));
        const NewPost wanted{
            .agency = agency.id, .kind = kind, .title_vi = "", .title_en = "", .from = agency.validity.from};
        const auto post = TRY(create_post(db, act, wanted));
        // They have been at work since before the days the demo tells of.
        constexpr std::chrono::days at_work{90};
        TRY(appoint(db, act, post, made.party, std::max(agency.validity.from, act.today() - at_work)));
        made.lines.push_back(
            {.login = person.login,
             .password = "",
             .post = TRY(find_post(db, post)).title_vi,
             .agency = agency.code,
             .party = made.party}
        );
    }
    if (person.posts.empty())
        made.lines.push_back(
            {.login = person.login, .password = "", .post = "", .agency = "", .party = made.party}
        );
    return made;
}

Result<std::vector<DemoAccount>> staff_one(const Means& means, const DemoPerson& person)
{
    auto staffed = TRY(means.database.write({}, [&](storage::Writer& db) {
        const Act act{.actor = {.channel = "cli"}, .now = means.clock.now(), .ids = means.ids};
        return add_person(db, means, act, person);
    }));
    const auto password = crypto::random_readable(password_letters);
    static_cast<void>(TRY(give_account(
        means,
        {.channel = "cli"},
        {.party = staffed.party, .login = person.login, .password = password, .password_stays = true}
    )));
    for (auto& line : staffed.lines) line.password = password;
    return staffed.lines;
}

}  // namespace

Result<std::vector<DemoAccount>> staff_demo(const Means& means, const std::vector<DemoPerson>& people)
{
    TRY(means.database.write({{"demo", 1}}, [&](storage::Writer& db) -> Result<Done> {
        if (demo_staffed(db)) return Problem{.code = "identity.demo_staffed", .field = "", .law = ""};
        drop_second_factors(db);
        const Act act{.actor = {.channel = "cli"}, .now = means.clock.now(), .ids = means.ids};
        audit(db, act, {.what = "demo.staff", .subject = "demo", .about = {}, .agency = {}, .reason = ""});
        return Done{};
    }));
    std::vector<DemoAccount> accounts;
    for (const auto& person : people)
        for (auto& line : TRY(staff_one(means, person))) accounts.push_back(std::move(line));
    return accounts;
}

void write_demo_accounts(const std::filesystem::path& file, const std::vector<DemoAccount>& accounts)
{
    std::string text;
    for (const auto& account : accounts)
        text += account.login + "\t" + account.password + "\t" + account.post + "\t" + account.agency + "\n";
    crypto::write_private_file(file, text);
}

Result<std::vector<DemoAccount>> read_demo_accounts(const std::filesystem::path& file)
{
    std::ifstream in(file);
    if (!in)
        return Problem{
            .code = "identity.no_such_file",
            .field = "",
            .law = "",
            .words = {{"file", file.filename().string()}}};
    std::vector<DemoAccount> accounts;
    for (std::string line; std::getline(in, line);) {
        std::array<std::string, 4> cells;
        std::size_t at = 0;
        for (auto& cell : cells) {
            const auto end = std::min(line.find('\t', at), line.size());
            cell = line.substr(std::min(at, line.size()), end - std::min(at, line.size()));
            at = end + 1;
        }
        accounts.push_back(
            {.login = cells[0], .password = cells[1], .post = cells[2], .agency = cells[3], .party = {}}
        );
    }
    return accounts;
}

}  // namespace thien_an::identity

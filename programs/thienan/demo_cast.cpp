#include "programs/thienan/demo_cast.h"

#include "engine/identity/accounts.h"
#include "engine/identity/posts.h"

#include "programs/thienan/pack_files.h"

namespace thien_an::program {

Cast cast_of(storage::Reader& db, const std::vector<identity::DemoAccount>& accounts, Day today)
{
    std::map<std::int64_t, Commune> communes;
    Cast cast;
    for (const auto& account : accounts) {
        if (account.post.empty()) {
            cast.citizens.push_back({.party = account.party, .channel = "portal"});
            continue;
        }
        for (const auto& post : identity::posts_held(db, account.party, today)) {
            const auto agency = identity::agency_on(db, post.agency, today);
            if (!agency || agency.value().level != identity::UnitLevel::commune) continue;
            auto& commune = communes[post.agency.value];
            commune.agency = agency.value();
            commune.officers.try_emplace(
                post.kind,
                Actor{.party = account.party, .post = post.id, .agency = post.agency, .channel = "desk"}
            );
        }
    }
    for (auto& [id, commune] : communes) cast.communes.push_back(std::move(commune));
    return cast;
}

Result<std::vector<identity::DemoAccount>> demo_accounts(House& house)
{
    const auto file = house.folder_.path() / "demo-accounts.tsv";
    if (!std::filesystem::exists(file)) return Problem{.code = "program.demo_only", .field = "", .law = ""};
    auto accounts = TRY(identity::read_demo_accounts(file));
    TRY(house.database_->read([&](storage::Reader& db) -> Result<Done> {
        for (auto& account : accounts) {
            const auto id = TRY(identity::account_by_login(db, house.keys_, account.login));
            account.party = TRY(identity::find_account(db, id)).party;
        }
        return Done{};
    }));
    return accounts;
}

civil_status::DemoNames demo_names(const House& house)
{
    const auto file = json::parse(read_text(house.packs_path_ / "province" / "demo_names.json"));
    if (!file) throw std::runtime_error("province/demo_names.json cannot be read");
    return civil_status::DemoNames(file.value());
}

casework::Office office_on(const House& house, const Clock& clock)
{
    const auto& real = *house.office_;
    return {
        .database = real.database,
        .clock = clock,
        .ids = real.ids,
        .files = real.files,
        .keys = real.keys,
        .packs = real.packs,
        .codes = real.codes,
        .settings = real.settings,
        .rules = real.rules,
        .subscribers = real.subscribers,
        .actions = real.actions,
        .notify = real.notify,
        .words = real.words,
        .public_address = real.public_address};
}

casework::FileId demo_scan(House& house)
{
    constexpr std::string_view pdf =
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count "
        "1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    const auto blob = house.files_.keep(bytes_of(pdf), storage::FileKind::pdf);
    const auto id = house.database_->write({}, [&](storage::Writer& db) -> Result<storage::FileId> {
        return storage::file_add(db, house.ids_, blob, "giay-chung-sinh.pdf", house.clock_.now());
    });
    return {id.value().value};
}

}  // namespace thien_an::program

#include "engine/crypto/password.h"
#include "engine/crypto/random.h"
#include "engine/identity/accounts_store.h"
#include "engine/identity/audit.h"
#include "engine/identity/parties.h"
#include "engine/identity/sessions_store.h"
#include "engine/identity/setup_store.h"

/// The first administrator: a link good once, instead of a default password.
namespace thien_an::identity {
namespace {

constexpr std::string_view administrator = "system_administrator";

Problem bad_link() { return Problem{.code = "identity.bad_setup_link", .field = "/token", .law = ""}; }

}  // namespace

Result<std::string> create_setup_token(const Means& means)
{
    const auto token = crypto::random_token(32);
    const auto wall = means.wall();
    return means.database.write({{"setup", 1}}, [&](storage::Writer& db) -> Result<std::string> {
        if (anyone_holds(db, administrator, day_of(means.clock.now())))
            return Problem{.code = "identity.already_set_up", .field = "", .law = ""};
        insert_setup_token(db, token_hash(token), wall + means.policy.setup_link_lasts);
        return token;
    });
}

bool setup_token_good(storage::Reader& db, std::string_view token, Instant wall)
{
    return setup_token_open(db, token_hash(token), wall);
}

Result<AccountId> finish_setup(const Means& means, const FirstAdministrator& form)
{
    const auto login = TRY(login_of(means.keys, form.login));
    TRY(check_password_rules(form.password, login.text, form.full_name, means.policy.password_letters_min));
    const auto hash = crypto::hash_password(form.password);
    const auto id = means.ids.next_as<struct AccountTag>();
    return means.database.write({{"setup", 1}}, [&](storage::Writer& db) -> Result<AccountId> {
        // Every start without an administrator gives a link: the first one used ends them all.
        if (anyone_holds(db, administrator, day_of(means.clock.now()))) return bad_link();
        if (!use_setup_token(db, token_hash(form.token), means.wall())) return bad_link();
        Act act{.actor = {.account = id, .channel = "portal"}, .now = means.clock.now(), .ids = means.ids};
        NewParty person{.kind = PartyKind::person, .name = form.full_name};
        if (login.kind == "phone") person.details.phone = login.text;
        if (login.kind == "email") person.details.email = login.text;
        const auto party = TRY(create_party(db, means.keys, act, person));
        act.actor.party = party;
        insert_account(db, {.id = id, .party = party, .password_hash = hash}, means.wall());
        TRY(insert_login(db, id, login));
        const auto top = TRY(top_agency(db, act.today()));
        const auto post = TRY(create_post(
            db,
            act,
            {.agency = top,
             .kind = std::string(administrator),
             .title_vi = "",
             .title_en = "",
             .from = act.today()}
        ));
        TRY(appoint(db, act, post, party, act.today()));
        return id;
    });
}

}  // namespace thien_an::identity

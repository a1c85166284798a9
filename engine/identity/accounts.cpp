#include "engine/identity/accounts.h"

#include "engine/crypto/password.h"
#include "engine/identity/accounts_store.h"
#include "engine/identity/audit.h"
#include "engine/identity/codes_store.h"
#include "engine/identity/parties.h"
#include "engine/identity/sessions_store.h"

namespace thien_an::identity {
namespace {

Problem problem(std::string_view code, std::string_view field)
{
    return Problem{.code = std::string(code), .field = std::string(field), .law = ""};
}

Problem locked_out(Instant until, Instant wall)
{
    const auto minutes = std::chrono::ceil<std::chrono::minutes>(until - wall).count();
    auto locked = problem("identity.locked_out", "/login");
    locked.words.emplace_back("minutes", std::to_string(minutes));
    return locked;
}

/// A hash that no password has: an unknown login takes as long as a known one.
const std::string& nobody()
{
    static const std::string hash = crypto::hash_password("nobody has this password");
    return hash;
}

AuditNote note(std::string_view what, AccountId account, PartyId party)
{
    return {
        .what = std::string(what),
        .subject = "account",
        .subject_id = account.value,
        .about = party,
        .agency = {},
        .reason = ""};
}

Act act_of(const Means& means, AccountId account, PartyId party)
{
    return {
        .actor = {.account = account, .party = party, .channel = "portal"},
        .now = means.clock.now(),
        .ids = means.ids};
}

/// A new person, or the guest who proved the same contact before: his dossiers come with him.
Result<PartyId> party_for(
    storage::Writer& db,
    const Means& means,
    const Act& act,
    const std::string& contact,
    const std::string& name
)
{
    NewParty person{.kind = PartyKind::person, .name = name};
    (contact.front() == '+' ? person.details.phone : person.details.email) = contact;
    const auto guest = guest_with(db, means.keys, contact);
    if (!guest) return create_party(db, means.keys, act, person);
    TRY(change_party(db, means.keys, act, *guest, person));
    return *guest;
}

/// What a command that must commit even when it refuses gives back.
template <typename T>
struct Outcome {
    std::optional<Problem> refused;
    T value = {};
};

template <typename T>
Result<T> settled(Result<Outcome<T>> result)
{
    if (!result) return result.problem();
    auto outcome = std::move(result).value();
    if (outcome.refused) return *outcome.refused;
    return std::move(outcome.value);
}

/// The post a session begins with: the first one held that needs no second factor; the first of all when one is about to
/// be proved.
PostId first_post(storage::Reader& db, PartyId party, bool has_factor, Day today)
{
    for (const auto& post : posts_held(db, party, today))
        if (has_factor || !needs_second_factor(db, post.id)) return post.id;
    return {};
}

/// Prepared before the transaction: what takes long.
struct Checked {
    Login login;
    std::optional<AccountRow> account;
    bool right = false;
    std::string rehashed;  ///< Not empty: the stored hash is weaker than today's.
};

Result<Checked> check_password(const Means& means, std::string_view typed, std::string_view password)
{
    const auto login = login_of(means.keys, typed);
    if (!login) {
        static_cast<void>(crypto::verify_password(nobody(), password));
        return problem("identity.wrong_login", "/login");
    }
    Checked checked{.login = login.value(), .account = {}};
    const auto wall = means.wall();
    std::optional<Instant> locked;
    means.database.read([&](storage::Reader& db) {
        locked = locked_until(db, checked.login.index, wall);
        checked.account = account_of_login(db, checked.login.index);
    });
    if (locked) return locked_out(*locked, wall);
    // An imported account without password yet takes as long as any other.
    const bool has_password = checked.account && !checked.account->password.empty();
    const auto& hash = has_password ? checked.account->password : nobody();
    checked.right = crypto::verify_password(hash, password) && has_password;
    if (checked.right && crypto::needs_rehash(hash)) checked.rehashed = crypto::hash_password(password);
    return checked;
}

/// Writes the failure or begins the session.
Result<Outcome<SignedIn>> begin(
    storage::Writer& db,
    const Means& means,
    const SignIn& form,
    const Checked& checked,
    const std::string& token
)
{
    const auto wall = means.wall();
    // Again under the lock: guesses that run side by side cannot outrun the count.
    if (const auto locked = locked_until(db, checked.login.index, wall))
        return Outcome<SignedIn>{.refused = locked_out(*locked, wall)};
    if (!checked.right) {
        count_failure(db, means.policy, checked.login.index, wall);
        return Outcome<SignedIn>{.refused = problem("identity.wrong_login", "/login")};
    }
    const auto account = account_row(db, checked.account->id);
    if (!account || account->password != checked.account->password)
        return Outcome<SignedIn>{.refused = problem("identity.wrong_login", "/login")};
    if (account->closed) return Outcome<SignedIn>{.refused = problem("identity.account_closed", "/login")};
    forget_failures(db, checked.login.index);
    if (!checked.rehashed.empty()) set_password(db, account->id, checked.rehashed, account->must_change);
    const auto today = day_of(means.clock.now());
    const NewSession wanted{
        .kind = SessionKind::account,
        .account = account->id,
        .party = account->party,
        .post = first_post(db, account->party, account->totp_on, today),
        .second_factor_due = account->totp_on,
        .language = account->language,
        .agent = form.agent,
        .address = form.address};
    const auto session = start_session(db, means, wanted, token, wall);
    audit(
        db, act_of(means, account->id, account->party), note("account.sign_in", account->id, account->party)
    );
    return Outcome<SignedIn>{
        .refused = std::nullopt,
        .value = {
            .token = token,
            .session = session,
            .second_factor_asked = account->totp_on,
            .must_change_password = account->must_change,
            .second_factor_to_set =
                !account->totp_on && !session.post && !posts_held(db, account->party, today).empty()}};
}

}  // namespace

Result<AccountId> sign_up(const Means& means, const SignUp& form)
{
    TRY(check_password_rules(form.password, "", form.full_name, means.policy.password_letters_min));
    const auto hash = crypto::hash_password(form.password);
    const auto id = means.ids.next_as<struct AccountTag>();
    return settled<AccountId>(means.database.write(
        locks_for(means, form.ticket),
        [&](storage::Writer& db) -> Result<Outcome<AccountId>> {
            const auto taken = take_code(db, means, form.ticket, CodePurpose::sign_up, form.code);
            if (taken.refused) return Outcome<AccountId>{.refused = taken.refused};
            const auto login = TRY(login_of(means.keys, taken.contact));
            TRY(check_password_rules(
                form.password, login.text, form.full_name, means.policy.password_letters_min
            ));
            auto act = act_of(means, id, {});
            const auto party = TRY(party_for(db, means, act, taken.contact, form.full_name));
            act.actor.party = party;
            insert_account(
                db,
                {.id = id,
                 .party = party,
                 .password_hash = hash,
                 .must_change = false,
                 .language = form.language},
                means.wall()
            );
            TRY(insert_login(db, id, login));
            audit(db, act, note("account.sign_up", id, party));
            return Outcome<AccountId>{.refused = std::nullopt, .value = id};
        }
    ));
}

Result<SignedIn> sign_in(const Means& means, const SignIn& form)
{
    const auto checked = TRY(check_password(means, form.login, form.password));
    const auto token = new_session_token();
    return settled<SignedIn>(means.database.write({{"login", checked.login.lock}}, [&](storage::Writer& db) {
        return begin(db, means, form, checked, token);
    }));
}

Result<SignedIn> sign_in_guest(const Means& means, CodeId ticket, std::string_view code, const SignIn& from)
{
    const auto token = new_session_token();
    return settled<SignedIn>(means.database.write(
        locks_for(means, ticket),
        [&](storage::Writer& db) -> Result<Outcome<SignedIn>> {
            const auto taken = take_code(db, means, ticket, CodePurpose::guest, code);
            if (taken.refused) return Outcome<SignedIn>{.refused = taken.refused};
            auto party = guest_with(db, means.keys, taken.contact);
            if (!party) {
                NewParty guest{
                    .kind = PartyKind::person, .name = "", .born_on = {}, .details = {}, .guest = true};
                (taken.contact.front() == '+' ? guest.details.phone : guest.details.email) = taken.contact;
                party = TRY(create_party(db, means.keys, act_of(means, {}, {}), guest));
            }
            const NewSession wanted{
                .kind = SessionKind::guest,
                .account = {},
                .party = *party,
                .post = {},
                .second_factor_due = false,
                .language = "vi",
                .agent = from.agent,
                .address = from.address};
            const auto session = start_session(db, means, wanted, token, means.wall());
            return Outcome<SignedIn>{
                .refused = std::nullopt,
                .value = {
                    .token = token,
                    .session = session,
                    .second_factor_asked = false,
                    .must_change_password = false}};
        }
    ));
}

Result<AccountId> give_account(const Means& means, const Actor& by, const GivenAccount& account)
{
    const auto login = TRY(login_of(means.keys, account.login));
    TRY(check_password_rules(account.password, login.text, "", means.policy.password_letters_min));
    const auto hash = crypto::hash_password(account.password);
    const auto id = means.ids.next_as<struct AccountTag>();
    return means.database.write({{"login", login.lock}}, [&](storage::Writer& db) -> Result<AccountId> {
        TRY(find_party(db, account.party));
        insert_account(
            db,
            {.id = id, .party = account.party, .password_hash = hash, .must_change = !account.password_stays},
            means.wall()
        );
        TRY(insert_login(db, id, login));
        const Act act{.actor = by, .now = means.clock.now(), .ids = means.ids};
        audit(db, act, note("account.give", id, account.party));
        return id;
    });
}

}  // namespace thien_an::identity

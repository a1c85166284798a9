#include "engine/crypto/key_ring.h"
#include "engine/crypto/one_time.h"
#include "engine/crypto/password.h"
#include "engine/identity/accounts_store.h"
#include "engine/identity/audit.h"
#include "engine/identity/codes_store.h"
#include "engine/identity/parties.h"
#include "engine/identity/second_factor.h"
#include "engine/identity/sessions_store.h"

/// The ways back into an account, and what its owner changes about it.
namespace thien_an::identity {
namespace {

Problem problem(std::string_view code, std::string_view field)
{
    return Problem{.code = std::string(code), .field = std::string(field), .law = ""};
}

Act act_of(const Means& means, const AccountRow& account)
{
    return {
        .actor = {.account = account.id, .party = account.party, .channel = "portal"},
        .now = means.clock.now(),
        .ids = means.ids};
}

void write_note(storage::Writer& db, const Means& means, const AccountRow& account, std::string_view what)
{
    audit(
        db,
        act_of(means, account),
        {.what = std::string(what),
         .subject = "account",
         .subject_id = account.id.value,
         .about = account.party,
         .agency = {},
         .reason = ""}
    );
}

using Refusal = std::optional<Problem>;

/// A command that must commit even when it refuses: the try is counted.
Result<Done> settled(Result<Refusal> result)
{
    if (!result) return result.problem();
    if (result.value()) return *result.value();
    return Done{};
}

Result<AccountRow> account_in(const Means& means, AccountId id)
{
    auto row = means.database.read([&](storage::Reader& db) { return account_row(db, id); });
    if (!row || row->closed) return problem("identity.no_such_account", "/account");
    return std::move(*row);
}

/// The password of the account, counted towards lock-out when it is wrong.
Result<Done> prove_password(const Means& means, const AccountRow& account, std::string_view password)
{
    const auto wall = means.wall();
    const auto index = means.database.read([&](storage::Reader& db) { return first_login(db, account.id); });
    if (!index) return problem("identity.no_such_account", "/account");
    const bool right = crypto::verify_password(account.password, password);
    return settled(means.database
                       .write({{"account", account.id.value}}, [&](storage::Writer& db) -> Result<Refusal> {
                           if (locked_until(db, *index, wall))
                               return Refusal(problem("identity.locked_out", "/password"));
                           if (!right) {
                               count_failure(db, means.policy, *index, wall);
                               return Refusal(problem("identity.wrong_password", "/password"));
                           }
                           return Refusal();
                       }));
}

/// The new password in place, every session gone.
void renew(storage::Writer& db, const Means& means, const AccountRow& account, const std::string& hash)
{
    set_password(db, account.id, hash, false);
    end_all_sessions(db, account.id, means.wall());
}

}  // namespace

Result<Done> confirm_password(const Means& means, AccountId account, std::string_view password)
{
    return prove_password(means, TRY(account_in(means, account)), password);
}

Result<Done> change_password(
    const Means& means, const Session& session, std::string_view old_password, std::string_view new_password
)
{
    const auto account = TRY(account_in(means, session.account));
    TRY(check_password_rules(new_password, "", account.name, means.policy.password_letters_min));
    TRY(prove_password(means, account, old_password));
    const auto hash = crypto::hash_password(new_password);
    return means.database.write({{"account", account.id.value}}, [&](storage::Writer& db) -> Result<Done> {
        set_password(db, account.id, hash, false);
        TRY(end_other_sessions(db, act_of(means, account), session, means.wall()));
        write_note(db, means, account, "account.change_password");
        return Done{};
    });
}

Result<Done> reset_password(
    const Means& means,
    CodeId ticket,
    std::string_view code,
    std::string_view new_password,
    std::string_view factor
)
{
    TRY(check_password_rules(new_password, "", "", means.policy.password_letters_min));
    const auto hash = crypto::hash_password(new_password);
    return settled(means.database
                       .write(locks_for(means, ticket), [&](storage::Writer& db) -> Result<Refusal> {
                           const auto taken = take_code(db, means, ticket, CodePurpose::reset, code);
                           if (taken.refused) return taken.refused;
                           const auto login = TRY(login_of(means.keys, taken.contact));
                           const auto account = account_of_login(db, login.index);
                           if (!account || account->closed)
                               return problem("identity.no_such_account", "/login");
                           TRY(check_password_rules(
                               new_password, login.text, account->name, means.policy.password_letters_min
                           ));
                           // A Problem rolls back: the code is still good while the second factor is looked
                           // for.
                           if (account->totp_on && !factor_right(db, means, *account, factor))
                               return problem("identity.second_factor_needed", "/factor");
                           renew(db, means, *account, hash);
                           forget_failures(db, login.index);
                           write_note(db, means, *account, "account.reset_password");
                           return Refusal();
                       }));
}

Result<Done> recover_account(
    const Means& means, std::string_view login, std::string_view recovery_code, std::string_view new_password
)
{
    TRY(check_password_rules(new_password, login, "", means.policy.password_letters_min));
    const auto wanted = login_of(means.keys, login);
    if (!wanted) return problem("identity.wrong_login", "/login");
    const auto hash = crypto::hash_password(new_password);
    const auto wall = means.wall();
    const auto& index = wanted.value().index;
    return settled(means.database.write(
        {{"login", wanted.value().lock}},
        [&](storage::Writer& db) -> Result<Refusal> {
            if (locked_until(db, index, wall)) return Refusal(problem("identity.locked_out", "/login"));
            const auto account = account_of_login(db, index);
            if (!account || account->closed || !use_recovery_code(db, account->id, recovery_code, wall)) {
                count_failure(db, means.policy, index, wall);
                return Refusal(problem("identity.wrong_login", "/login"));
            }
            renew(db, means, *account, hash);
            forget_failures(db, index);
            write_note(db, means, *account, "account.recover");
            return Refusal();
        }
    ));
}

Result<std::vector<std::string>> new_recovery_codes(const Means& means, const Session& session)
{
    const auto account = TRY(account_in(means, session.account));
    const auto codes = crypto::new_recovery_codes();
    TRY(means.database.write({{"account", account.id.value}}, [&](storage::Writer& db) -> Result<Done> {
        replace_recovery_codes(db, account.id, codes);
        write_note(db, means, account, "account.new_recovery_codes");
        return Done{};
    }));
    return codes;
}

Result<Done> change_contact(const Means& means, const Session& session, CodeId ticket, std::string_view code)
{
    const auto account = TRY(account_in(means, session.account));
    return settled(means.database.write(
        locks_for(means, ticket),
        [&](storage::Writer& db) -> Result<Refusal> {
            const auto taken = take_code(db, means, ticket, CodePurpose::change_contact, code);
            if (taken.refused) return taken.refused;
            const auto login = TRY(login_of(means.keys, taken.contact));
            remove_logins(db, account.id, login.kind);
            TRY(insert_login(db, account.id, login));
            auto party = TRY(find_party(db, account.party));
            NewParty changed{
                .kind = party.kind,
                .name = party.name,
                .born_on = party.born_on,
                .details = details_for_program(db, means.keys, account.party)};
            (login.kind == "phone" ? changed.details.phone : changed.details.email) = taken.contact;
            TRY(change_party(db, means.keys, act_of(means, account), account.party, changed));
            write_note(db, means, account, "account.change_contact");
            return Refusal();
        }
    ));
}

}  // namespace thien_an::identity

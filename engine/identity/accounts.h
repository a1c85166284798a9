#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/identity/codes.h"
#include "engine/identity/sessions.h"

/// Accounts: signing up and in, passwords, lock-out, second factor, and the ways back in.
/// These flows hash passwords (argon2id) before they write, so each opens its own transactions.
namespace thien_an::identity {

struct SignUp {
    CodeId ticket;  ///< Of request_code(sign_up).
    std::string code;
    std::string full_name;
    std::string password;
    std::string language = "vi";
};
/// A party and an account that signs in by the contact the code went to. A guest with that contact becomes
/// the account's party, with his dossiers. Problems of try_code, "identity.bad_name",
/// "identity.password_short" (words least), "identity.password_common", "identity.password_has_name",
/// "identity.contact_taken".
Result<AccountId> sign_up(const Means& means, const SignUp& form);

struct SignIn {
    std::string login;  ///< Phone, e-mail address or the name an administrator gave.
    std::string password;
    std::string address;  ///< Network address, kept with the session hashed and shortened for the list.
    std::string agent;    ///< Browser's name, shortened, for the list of sessions.
};
struct SignedIn {
    std::string token;  ///< For the cookie; only its hash is stored.
    Session session;
    bool second_factor_asked;  ///< The account has one: the session can do nothing until prove_second_factor.
    bool must_change_password;  ///< Given by an administrator or an import.
    /// Every post he holds asks for a second factor, and the account has none yet: he can do nothing before setting one.
    bool second_factor_to_set = false;
};
/// Problems "identity.wrong_login" (the same for an unknown login, and as slow), "identity.locked_out" (words
/// minutes), "identity.account_closed".
Result<SignedIn> sign_in(const Means& means, const SignIn& form);

/// A session for someone who files without an account: the phone code makes a guest party, or finds the one
/// the contact already has among guests. Problems of try_code.
Result<SignedIn> sign_in_guest(const Means& means, CodeId ticket, std::string_view code, const SignIn& from);

/// Checks the password of an open session again, for a deed that asks for it. Counts towards lock-out.
Result<Done> confirm_password(const Means& means, AccountId account, std::string_view password);
/// Problems "identity.wrong_password", those of passwords. Ends the account's other sessions.
Result<Done> change_password(
    const Means& means, const Session& session, std::string_view old_password, std::string_view new_password
);
/// Forgotten password: with the code sent to the contact. Ends all sessions and the lock-out. An account with
/// a second factor also needs it: Problem "identity.second_factor_needed" until `factor` (TOTP or recovery
/// code) is right.
Result<Done> reset_password(
    const Means& means,
    CodeId ticket,
    std::string_view code,
    std::string_view new_password,
    std::string_view factor = {}
);
/// Lost phone: a recovery code (used up) in the place of the code. Ends all sessions. Problem
/// "identity.wrong_login".
Result<Done> recover_account(
    const Means& means, std::string_view login, std::string_view recovery_code, std::string_view new_password
);
/// Ten new recovery codes, shown once; the older ones end.
Result<std::vector<std::string>> new_recovery_codes(const Means& means, const Session& session);
/// A new phone or e-mail for the account, proved by a code of purpose change_contact sent to it; `replaces`
/// is the login it takes the place of ("phone" or "email"). Problem "identity.contact_taken".
Result<Done> change_contact(const Means& means, const Session& session, CodeId ticket, std::string_view code);

struct SecondFactorSetup {
    std::string secret;  ///< Base32, to type.
    std::string uri;     ///< otpauth://, for the QR code.
};
/// Problem "identity.second_factor_exists".
Result<SecondFactorSetup> begin_second_factor(
    const Means& means, const Session& session, std::string_view issuer
);
/// Switches it on with a first right code, and acts as the first post held when the session had none; gives recovery
/// codes. Problem "identity.wrong_second_factor".
Result<std::vector<std::string>> confirm_second_factor(
    const Means& means, const Session& session, std::string_view code
);
/// TOTP (each code once) or a recovery code; the session then counts as proved. Counts towards lock-out.
Result<Done> prove_second_factor(const Means& means, const Session& session, std::string_view code);
Result<Done> remove_second_factor(const Means& means, const Session& session, std::string_view password);

struct AccountView {
    AccountId id;
    PartyId party;
    std::vector<std::string> logins;  ///< Masked phone or e-mail; names in clear.
    bool second_factor = false;
    bool closed = false;
    int recovery_codes_left = 0;
    std::string language;
};
/// Problem "identity.no_such_account".
Result<AccountView> find_account(storage::Reader& db, AccountId id);
std::vector<AccountView> accounts_of(storage::Reader& db, PartyId party);
/// The account a login names: for the command line. Problem "identity.no_such_account".
Result<AccountId> account_by_login(storage::Reader& db, const crypto::KeyRing& keys, std::string_view login);

struct GivenAccount {
    PartyId party;
    std::string login;     ///< A name, phone or e-mail address.
    std::string password;  ///< To be changed at first use unless `password_stays`.
    bool password_stays = false;
};
/// An account an administrator, an import or the demo gives. Problems "identity.contact_taken", those of
/// passwords.
Result<AccountId> give_account(const Means& means, const Actor& by, const GivenAccount& account);
/// Closes the account and ends its sessions. Audited.
Result<Done> close_account(storage::Writer& db, const Act& act, AccountId account, std::string_view reason);

/// A link for the first administrator, good once and for the policy's hours; only its hash is stored. Given
/// again only while no administrator exists: Problem "identity.already_set_up". The answer is the token, not
/// the address.
Result<std::string> create_setup_token(const Means& means);
struct FirstAdministrator {
    std::string token;
    std::string full_name;
    std::string login;
    std::string password;
};
/// Makes person, account and the post "system_administrator" in the agency at the top of the province.
/// Problems "identity.bad_setup_link", those of accounts.
Result<AccountId> finish_setup(const Means& means, const FirstAdministrator& form);
/// Whether the link is good: to show the page.
bool setup_token_good(storage::Reader& db, std::string_view token, Instant wall);

/// Rules of passwords: length, not common, not the login or the name. Problems "identity.password_...".
Result<Done> check_password_rules(
    std::string_view password, std::string_view login, std::string_view name, int letters_min
);

}  // namespace thien_an::identity

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/identity/accounts.h"

/// Inside of the room: the only SQL about accounts, their logins, recovery codes and failures.
namespace thien_an::identity {

/// What a person types to sign in, brought to its one form.
struct Login {
    std::string kind;   ///< "phone", "email", "name".
    std::string text;   ///< Tidy.
    std::string shown;  ///< Masked, a name in clear.
    Bytes index;
    std::int64_t lock;  ///< For storage::Lock {"login", lock}.
};
/// Problem "identity.bad_login" (a name has 3 to 40 of a-z, 0-9, '.', '-', '_').
Result<Login> login_of(const crypto::KeyRing& keys, std::string_view typed);

struct AccountRow {
    AccountId id;
    PartyId party;
    std::string name;  ///< Of the party.
    std::string password;
    bool must_change = false;
    std::string language;
    Bytes totp_sealed;
    bool totp_on = false;
    std::int64_t totp_step = 0;
    bool closed = false;
};
std::optional<AccountRow> account_of_login(storage::Reader& db, const Bytes& index);
std::optional<AccountRow> account_row(storage::Reader& db, AccountId id);
/// Digests of the account's logins: a lock-out of one is a lock-out of all the person's ways in.
std::optional<Bytes> first_login(storage::Reader& db, AccountId id);

struct NewAccount {
    AccountId id;
    PartyId party;
    std::string password_hash;
    bool must_change = false;
    std::string language = "vi";
};
void insert_account(storage::Writer& db, const NewAccount& account, Instant now);
/// Problem "identity.contact_taken" when somebody signs in by it.
Result<Done> insert_login(storage::Writer& db, AccountId account, const Login& login);
/// Takes the account's login of this kind away; a code to it helps nobody any more.
void remove_logins(storage::Writer& db, AccountId account, std::string_view kind);
void set_password(storage::Writer& db, AccountId account, const std::string& hash, bool must_change);
void set_totp(storage::Writer& db, AccountId account, const std::optional<Bytes>& sealed, bool on);
void set_totp_step(storage::Writer& db, AccountId account, std::int64_t step);

/// Until when the login is locked out; nothing when it is not.
std::optional<Instant> locked_until(storage::Reader& db, const Bytes& index, Instant wall);
/// One more failure; the lock grows with the policy.
void count_failure(storage::Writer& db, const SignInPolicy& policy, const Bytes& index, Instant wall);
void forget_failures(storage::Writer& db, const Bytes& index);

void replace_recovery_codes(storage::Writer& db, AccountId account, const std::vector<std::string>& codes);
/// True once for each code.
bool use_recovery_code(storage::Writer& db, AccountId account, std::string_view code, Instant wall);

/// The guest with this contact and no account, if there is one.
std::optional<PartyId> guest_with(
    storage::Reader& db, const crypto::KeyRing& keys, const std::string& contact
);

}  // namespace thien_an::identity

#include "engine/identity/accounts_store.h"

#include <algorithm>

#include "engine/base/vietnamese.h"
#include "engine/crypto/key_ring.h"
#include "engine/crypto/one_time.h"
#include "engine/identity/audit.h"
#include "engine/identity/codes_store.h"
#include "engine/identity/parties.h"

namespace thien_an::identity {
namespace {

constexpr std::size_t name_length_min = 3;
constexpr std::size_t name_length_max = 40;

bool in_login_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

/// Reads id, party, name of the party, password, must_change, language, totp_sealed, totp_on, totp_step,
/// closed_at.
AccountRow account_from(const storage::Rows& row)
{
    return {
        .id = row.id<AccountId>(0),
        .party = row.id<PartyId>(1),
        .name = row.text(2),
        .password = row.text(3),
        .must_change = row.integer(4) == 1,
        .language = row.text(5),
        .totp_sealed = row.null(6) ? Bytes{} : row.bytes(6),
        .totp_on = row.integer(7) == 1,
        .totp_step = row.integer(8),
        .closed = !row.null(9)};
}

std::vector<std::string> logins_of(storage::Reader& db, AccountId account)
{
    auto rows =
        db.query("SELECT shown FROM account_login WHERE account = ?1 ORDER BY kind, shown LIMIT 20", account);
    std::vector<std::string> logins;
    while (rows.next()) logins.push_back(rows.text(0));
    return logins;
}

int recovery_codes_left(storage::Reader& db, AccountId account)
{
    auto rows =
        db.query("SELECT COUNT(*) FROM recovery_code WHERE account = ?1 AND used_at IS NULL", account);
    return rows.next() ? int(rows.integer(0)) : 0;
}

AccountView view_of(storage::Reader& db, const AccountRow& row)
{
    return {
        .id = row.id,
        .party = row.party,
        .logins = logins_of(db, row.id),
        .second_factor = row.totp_on,
        .closed = row.closed,
        .recovery_codes_left = recovery_codes_left(db, row.id),
        .language = row.language};
}

/// How long a login is shut after its n-th failure.
std::chrono::microseconds lock_after(const SignInPolicy& policy, std::int64_t failures)
{
    if (failures < policy.failures_before_lock) return {};
    const auto doublings = std::min<std::int64_t>(failures - policy.failures_before_lock, 20);
    return std::min<std::chrono::microseconds>(
        policy.lock_first * (std::int64_t{1} << doublings), policy.lock_longest
    );
}

}  // namespace

Result<Login> login_of(const crypto::KeyRing& keys, std::string_view typed)
{
    Login login;
    if (auto contact = tidy_contact(typed)) {
        login.text = std::move(contact).value();
        login.kind = login.text.front() == '+' ? "phone" : "email";
        login.shown = masked(login.text);
    } else {
        login.kind = "name";
        login.text = lower(typed);
        login.shown = login.text;
        const bool fits = login.text.size() >= name_length_min && login.text.size() <= name_length_max;
        if (!fits || !std::ranges::all_of(login.text, in_login_name))
            return Problem{.code = "identity.bad_login", .field = "/login", .law = ""};
    }
    login.index = contact_index(keys, login.text);
    login.lock = lock_of(login.index);
    return login;
}

std::optional<AccountRow> account_of_login(storage::Reader& db, const Bytes& index)
{
    auto rows = db.query(
        R"sql(
        SELECT a.id, a.party, p.name, a.password, a.must_change, a.language, a.totp_sealed, a.totp_on, a.totp_step,
               a.closed_at
          FROM account_login l JOIN account a ON a.id = l.account JOIN party p ON p.id = a.party
         WHERE l.login_index = ?1)sql",
        index
    );
    return rows.next() ? std::optional(account_from(rows)) : std::nullopt;
}

std::optional<AccountRow> account_row(storage::Reader& db, AccountId id)
{
    auto rows = db.query(
        R"sql(
        SELECT a.id, a.party, p.name, a.password, a.must_change, a.language, a.totp_sealed, a.totp_on, a.totp_step,
               a.closed_at
          FROM account a JOIN party p ON p.id = a.party
         WHERE a.id = ?1)sql",
        id
    );
    return rows.next() ? std::optional(account_from(rows)) : std::nullopt;
}

std::optional<Bytes> first_login(storage::Reader& db, AccountId id)
{
    auto rows =
        db.query("SELECT login_index FROM account_login WHERE account = ?1 ORDER BY kind, shown LIMIT 1", id);
    return rows.next() ? std::optional(rows.bytes(0)) : std::nullopt;
}

void insert_account(storage::Writer& db, const NewAccount& account, Instant now)
{
    db.execute(
        R"sql(
        INSERT INTO account (id, party, password, must_change, language, totp_sealed, totp_on, totp_step, created_at,
                             closed_at)
        VALUES (?1, ?2, ?3, ?4, ?5, NULL, 0, 0, ?6, NULL))sql",
        account.id,
        account.party,
        account.password_hash,
        account.must_change,
        account.language,
        now
    );
}

Result<Done> insert_login(storage::Writer& db, AccountId account, const Login& login)
{
    if (account_of_login(db, login.index))
        return Problem{.code = "identity.contact_taken", .field = "/login", .law = ""};
    db.execute(
        "INSERT INTO account_login (login_index, account, kind, shown) VALUES (?1, ?2, ?3, ?4)",
        login.index,
        account,
        login.kind,
        login.shown
    );
    return Done{};
}

void remove_logins(storage::Writer& db, AccountId account, std::string_view kind)
{
    db.execute("DELETE FROM account_login WHERE account = ?1 AND kind = ?2", account, kind);
}

void set_password(storage::Writer& db, AccountId account, const std::string& hash, bool must_change)
{
    db.execute(
        "UPDATE account SET password = ?2, must_change = ?3 WHERE id = ?1", account, hash, must_change
    );
}

void set_totp(storage::Writer& db, AccountId account, const std::optional<Bytes>& sealed, bool on)
{
    db.execute(
        "UPDATE account SET totp_sealed = ?2, totp_on = ?3, totp_step = 0 WHERE id = ?1", account, sealed, on
    );
}

void set_totp_step(storage::Writer& db, AccountId account, std::int64_t step)
{
    db.execute("UPDATE account SET totp_step = ?2 WHERE id = ?1", account, step);
}

std::optional<Instant> locked_until(storage::Reader& db, const Bytes& index, Instant wall)
{
    auto rows = db.query(
        "SELECT locked_until FROM login_failure WHERE login_index = ?1 AND locked_until > ?2", index, wall
    );
    return rows.next() ? std::optional(rows.instant(0)) : std::nullopt;
}

void count_failure(storage::Writer& db, const SignInPolicy& policy, const Bytes& index, Instant wall)
{
    std::int64_t failures = 1;
    {
        auto rows = db.query("SELECT failures, last_at FROM login_failure WHERE login_index = ?1", index);
        // Failures of another day, when the longest lock is over, count no more.
        if (rows.next() && wall - rows.instant(1) < 2 * policy.lock_longest) failures = rows.integer(0) + 1;
    }
    db.execute(
        R"sql(
        INSERT INTO login_failure (login_index, failures, locked_until, last_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (login_index) DO UPDATE SET
               failures = excluded.failures, locked_until = excluded.locked_until, last_at = excluded.last_at)sql",
        index,
        failures,
        wall + lock_after(policy, failures),
        wall
    );
}

void forget_failures(storage::Writer& db, const Bytes& index)
{
    db.execute("DELETE FROM login_failure WHERE login_index = ?1", index);
}

void replace_recovery_codes(storage::Writer& db, AccountId account, const std::vector<std::string>& codes)
{
    db.execute("DELETE FROM recovery_code WHERE account = ?1", account);
    for (const auto& code : codes)
        db.execute(
            "INSERT INTO recovery_code (account, hash, used_at) VALUES (?1, ?2, NULL)",
            account,
            crypto::recovery_code_hash(code)
        );
}

bool use_recovery_code(storage::Writer& db, AccountId account, std::string_view code, Instant wall)
{
    return db.execute(
               "UPDATE recovery_code SET used_at = ?3 WHERE account = ?1 AND hash = ?2 AND used_at IS NULL",
               account,
               crypto::recovery_code_hash(code),
               wall
           ) == 1;
}

std::optional<PartyId> guest_with(
    storage::Reader& db, const crypto::KeyRing& keys, const std::string& contact
)
{
    auto rows = db.query(
        R"sql(
        SELECT p.id FROM party p
         WHERE p.guest = 1 AND (p.phone_index = ?1 OR p.email_index = ?2)
           AND NOT EXISTS (SELECT 1 FROM account a WHERE a.party = p.id)
         ORDER BY p.id LIMIT 1)sql",
        keys.blind_index("party", "phone", contact),
        keys.blind_index("party", "email", contact)
    );
    return rows.next() ? std::optional(rows.id<PartyId>(0)) : std::nullopt;
}

Result<AccountView> find_account(storage::Reader& db, AccountId id)
{
    const auto row = account_row(db, id);
    if (!row) return Problem{.code = "identity.no_such_account", .field = "/account", .law = ""};
    return view_of(db, *row);
}

std::vector<AccountView> accounts_of(storage::Reader& db, PartyId party)
{
    std::vector<AccountId> ids;
    {
        auto rows = db.query("SELECT id FROM account WHERE party = ?1 ORDER BY id LIMIT 20", party);
        while (rows.next()) ids.push_back(rows.id<AccountId>(0));
    }
    std::vector<AccountView> found;
    for (const auto id : ids) found.push_back(view_of(db, *account_row(db, id)));
    return found;
}

Result<AccountId> account_by_login(storage::Reader& db, const crypto::KeyRing& keys, std::string_view login)
{
    const auto wanted = login_of(keys, login);
    const auto row = wanted ? account_of_login(db, wanted.value().index) : std::nullopt;
    if (!row) return Problem{.code = "identity.no_such_account", .field = "/login", .law = ""};
    return row->id;
}

Result<Done> close_account(storage::Writer& db, const Act& act, AccountId account, std::string_view reason)
{
    const auto row = account_row(db, account);
    if (!row) return Problem{.code = "identity.no_such_account", .field = "/account", .law = ""};
    db.execute("UPDATE account SET closed_at = ?2 WHERE id = ?1 AND closed_at IS NULL", account, act.now);
    end_all_sessions(db, account, act.now);
    audit(
        db,
        act,
        {.what = "account.close",
         .subject = "account",
         .subject_id = account.value,
         .about = row->party,
         .agency = {},
         .reason = std::string(reason)}
    );
    return Done{};
}

}  // namespace thien_an::identity

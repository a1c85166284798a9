#include "engine/identity/second_factor.h"

#include <algorithm>

#include "engine/crypto/key_ring.h"
#include "engine/crypto/one_time.h"
#include "engine/identity/audit.h"
#include "engine/identity/posts.h"
#include "engine/identity/sessions_store.h"

namespace thien_an::identity {
namespace {

Problem problem(std::string_view code, std::string_view field)
{
    return Problem{.code = std::string(code), .field = std::string(field), .law = ""};
}

crypto::ColumnPlace place_of(AccountId account)
{
    return {.table = "account", .column = "totp", .row = account.value};
}

Result<AccountRow> account_in(const Means& means, AccountId id)
{
    auto row = means.database.read([&](storage::Reader& db) { return account_row(db, id); });
    if (!row || row->closed) return problem("identity.no_such_account", "/account");
    return std::move(*row);
}

void write_note(storage::Writer& db, const Means& means, const Session& session, std::string_view what)
{
    const Act act{.actor = session.actor("portal"), .now = means.clock.now(), .ids = means.ids};
    audit(
        db,
        act,
        {.what = std::string(what),
         .subject = "account",
         .subject_id = session.account.value,
         .about = session.party,
         .agency = {},
         .reason = ""}
    );
}

std::string digits_of(std::string_view typed)
{
    std::string digits;
    std::ranges::copy_if(typed, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
    return digits;
}

/// The step of a right code; nothing when the account has no secret or the code is not right now.
std::optional<std::int64_t> totp_step(const Means& means, const AccountRow& account, std::string_view typed)
{
    if (account.totp_sealed.empty()) return std::nullopt;
    const auto secret = means.keys.open_column(place_of(account.id), account.totp_sealed).value();
    return crypto::verify_totp(bytes_of(secret), digits_of(typed), means.wall(), account.totp_step);
}

/// A session that waited for the factor acts as the first post held from now on.
Result<Done> begin_work(storage::Writer& db, const Means& means, const Session& session)
{
    const Act act{.actor = session.actor("portal"), .now = means.clock.now(), .ids = means.ids};
    const auto held = posts_held(db, session.party, act.today());
    if (session.post || held.empty()) return Done{};
    auto proved = session;
    proved.second_factor_proved = true;
    TRY(act_as(db, act, proved, held.front().id, {}));
    return Done{};
}

}  // namespace

bool factor_right(storage::Writer& db, const Means& means, const AccountRow& account, std::string_view typed)
{
    if (const auto step = totp_step(means, account, typed)) {
        set_totp_step(db, account.id, *step);
        return true;
    }
    return !typed.empty() && use_recovery_code(db, account.id, typed, means.wall());
}

Result<SecondFactorSetup> begin_second_factor(
    const Means& means, const Session& session, std::string_view issuer
)
{
    const auto secret = crypto::new_totp_secret();
    const auto sealed = means.keys.seal_column(place_of(session.account), text_of(secret));
    const auto label = TRY(means.database.write(
        {{"account", session.account.value}},
        [&](storage::Writer& db) -> Result<std::string> {
            const auto account = account_row(db, session.account);
            if (!account) return problem("identity.no_such_account", "/account");
            if (account->totp_on) return problem("identity.second_factor_exists", "");
            set_totp(db, session.account, sealed, false);
            const auto view = find_account(db, session.account);
            return view && !view.value().logins.empty() ? view.value().logins.front()
                                                        : text_of(session.account);
        }
    ));
    return SecondFactorSetup{
        .secret = crypto::base32(secret), .uri = crypto::totp_address(secret, issuer, label)};
}

Result<std::vector<std::string>> confirm_second_factor(
    const Means& means, const Session& session, std::string_view code
)
{
    const auto codes = crypto::new_recovery_codes();
    TRY(means.database.write({{"account", session.account.value}}, [&](storage::Writer& db) -> Result<Done> {
        const auto account = account_row(db, session.account);
        if (!account) return problem("identity.no_such_account", "/account");
        if (account->totp_on) return problem("identity.second_factor_exists", "");
        const auto step = totp_step(means, *account, code);
        if (!step) return problem("identity.wrong_second_factor", "/code");
        set_totp(db, session.account, account->totp_sealed, true);
        set_totp_step(db, session.account, *step);
        replace_recovery_codes(db, session.account, codes);
        mark_second_factor_proved(db, session.id);
        write_note(db, means, session, "account.second_factor_on");
        return begin_work(db, means, session);
    }));
    return codes;
}

Result<Done> prove_second_factor(const Means& means, const Session& session, std::string_view code)
{
    using Refusal = std::optional<Problem>;
    const auto wall = means.wall();
    const auto answer = means.database.write(
        {{"account", session.account.value}},
        [&](storage::Writer& db) -> Result<Refusal> {
            const auto account = account_row(db, session.account);
            const auto index = first_login(db, session.account);
            if (!account || !index) return problem("identity.no_such_account", "/account");
            if (locked_until(db, *index, wall)) return Refusal(problem("identity.locked_out", "/code"));
            if (!account->totp_on || !factor_right(db, means, *account, code)) {
                count_failure(db, means.policy, *index, wall);
                return Refusal(problem("identity.wrong_second_factor", "/code"));
            }
            mark_second_factor_proved(db, session.id);
            return Refusal();
        }
    );
    if (!answer) return answer.problem();
    if (answer.value()) return *answer.value();
    return Done{};
}

Result<Done> remove_second_factor(const Means& means, const Session& session, std::string_view password)
{
    const auto account = TRY(account_in(means, session.account));
    TRY(confirm_password(means, account.id, password));
    return means.database.write({{"account", account.id.value}}, [&](storage::Writer& db) -> Result<Done> {
        set_totp(db, account.id, std::nullopt, false);
        write_note(db, means, session, "account.second_factor_off");
        return Done{};
    });
}

}  // namespace thien_an::identity

#include <algorithm>

#include "engine/base/day.h"

#include "systems/justice/secured_register.h"

// Wrong codes of registrations; the only SQL about table secured_wrong_code.
namespace thien_an::justice {
namespace {

constexpr std::int64_t failures_before_lock = 5;
constexpr std::chrono::minutes lock_first{1};  ///< Doubled with each failure after it.
constexpr std::chrono::hours lock_longest{24};

std::chrono::minutes lock_after(std::int64_t failures)
{
    if (failures < failures_before_lock) return {};
    constexpr std::int64_t doublings_max = 11;  // 2,048 minutes are more than a day.
    const auto doublings = std::min(failures - failures_before_lock, doublings_max);
    return std::min<std::chrono::minutes>(lock_first * (std::int64_t{1} << doublings), lock_longest);
}

std::optional<Instant> locked_until(storage::Reader& db, std::int64_t registration, Instant now)
{
    auto rows = db.query(
        "SELECT locked_until FROM secured_wrong_code WHERE registration = ?1 AND locked_until > ?2",
        registration,
        now
    );
    return rows.next() ? std::optional(rows.instant(0)) : std::nullopt;
}

void count_wrong_code(storage::Writer& db, std::int64_t registration, Instant now)
{
    std::int64_t failures = 1;
    {
        auto rows = db.query(
            "SELECT failures, last_at FROM secured_wrong_code WHERE registration = ?1", registration
        );
        // Those of another time, when the longest lock is long over, count no more.
        if (rows.next() && now - rows.instant(1) < 2 * lock_longest) failures = rows.integer(0) + 1;
    }
    db.execute(
        R"sql(
        INSERT INTO secured_wrong_code (registration, failures, locked_until, last_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (registration) DO UPDATE SET
               failures = excluded.failures, locked_until = excluded.locked_until, last_at = excluded.last_at)sql",
        registration,
        failures,
        now + lock_after(failures),
        now
    );
}

void forget_wrong_codes(storage::Writer& db, std::int64_t registration)
{
    db.execute("DELETE FROM secured_wrong_code WHERE registration = ?1", registration);
}

}  // namespace

FilingOutcome file_with_code(
    storage::Writer& db, const crypto::KeyRing& keys, const Filing& filing, Instant now
)
{
    const auto registration = filing.notice.registration;
    // A registration sets its code, a correction asks for none, and a repeated filing shows none.
    const bool asked = filing.filer == Filer::party && filing.notice.kind != NoticeKind::registration &&
                       !filed_with_key(db, filing.key);
    if (asked)
        if (const auto until = locked_until(db, registration, now))
            return {
                .refused = Problem{
                    .code = "justice.code_locked",
                    .field = "/registration/pin",
                    .law = "",
                    .words = {{"until", shown(*until)}}}};
    auto filed = file_notice(db, keys, filing, now);
    if (!filed) {
        if (filed.problem().code == "justice.wrong_pin") count_wrong_code(db, registration, now);
        return {.refused = filed.problem()};
    }
    if (asked) forget_wrong_codes(db, registration);
    return {.filed = std::move(filed).value()};
}

}  // namespace thien_an::justice

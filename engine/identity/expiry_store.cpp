#include "engine/identity/expiry.h"

namespace thien_an::identity {
namespace {

constexpr std::chrono::hours sessions_kept{24 * 90};
constexpr std::chrono::hours codes_kept{24 * 2};  // longer than the day their limit counts
constexpr std::chrono::hours failures_kept{24 * 2};
constexpr std::chrono::hours tokens_kept{24 * 30};

}  // namespace

std::int64_t forget_expired(storage::Writer& db, Instant wall, int rows_max)
{
    auto gone = db.execute(
        R"sql(
        DELETE FROM person_session WHERE id IN (
            SELECT id FROM person_session WHERE ends_at < ?1 ORDER BY id LIMIT ?2))sql",
        wall - sessions_kept,
        rows_max
    );
    gone += db.execute(
        R"sql(
        DELETE FROM one_time_code WHERE id IN (
            SELECT id FROM one_time_code WHERE ends_at < ?1 ORDER BY id LIMIT ?2))sql",
        wall - codes_kept,
        rows_max
    );
    gone += db.execute(
        R"sql(
        DELETE FROM login_failure WHERE login_index IN (
            SELECT login_index FROM login_failure WHERE last_at < ?1 AND locked_until < ?1 LIMIT ?2))sql",
        wall - failures_kept,
        rows_max
    );
    gone += db.execute(
        R"sql(
        DELETE FROM api_token WHERE id IN (SELECT id FROM api_token WHERE ends_at < ?1 ORDER BY id LIMIT ?2))sql",
        wall - tokens_kept,
        rows_max
    );
    return gone;
}

}  // namespace thien_an::identity

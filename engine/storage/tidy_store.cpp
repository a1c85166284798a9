#include "engine/storage/idempotency.h"
#include "engine/storage/outbox.h"
#include "engine/storage/tidy.h"

namespace thien_an::storage {
namespace {

constexpr int rows_at_once = 500;
constexpr std::chrono::hours messages_kept{30 * 24};
constexpr std::chrono::hours commands_kept{24};

std::int64_t forget_commands(Writer& db, Instant before)
{
    return db.execute(
        "DELETE FROM storage_command WHERE id IN (SELECT id FROM storage_command WHERE ended_at < ?1 ORDER "
        "BY ended_at LIMIT ?2)",
        before,
        rows_at_once
    );
}

/// Runs `some` in commands of its own until it finds no more.
std::int64_t all(Database& database, const std::function<std::int64_t(Writer&)>& some)
{
    std::int64_t total = 0;
    for (std::int64_t count = rows_at_once; count == rows_at_once; total += count) {
        const auto done = database.write({}, [&](Writer& db) -> Result<std::int64_t> { return some(db); });
        count = done.value();
    }
    return total;
}

}  // namespace

Tidied tidy(Database& database, FileStore& files, Instant now)
{
    // Command rows and files carry the time of the machine, whatever the business clock says.
    const auto real =
        std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    Tidied tidied;
    tidied.keys = all(database, [&](Writer& db) { return idempotency_forget(db, now, rows_at_once); });
    tidied.messages =
        all(database, [&](Writer& db) { return outbox_forget(db, now - messages_kept, rows_at_once); });
    tidied.commands = all(database, [&](Writer& db) { return forget_commands(db, real - commands_kept); });
    tidied.contents = files.collect(database, real);
    return tidied;
}

}  // namespace thien_an::storage

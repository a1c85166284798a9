#include "engine/storage/server_clock.h"

namespace thien_an::storage {

std::optional<std::chrono::microseconds> clock_difference(Database& database, const Clock& clock)
{
    using Answer = std::optional<std::chrono::microseconds>;
    if (database.engine() == Engine::sqlite) return std::nullopt;
    return database.read([&](Reader& db) -> Answer {
        const auto before = clock.now();
        auto rows = db.query("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)");
        rows.next();
        const auto theirs = rows.instant(0);
        // The question and its answer took time: what they say holds for the middle of it.
        const auto ours = before + (clock.now() - before) / 2;
        return std::chrono::abs(ours - theirs);
    });
}

bool fit_to_serve(Database& database, const Clock& clock)
{
    try {
        database.read([](Reader& db) { db.query("SELECT 1 FROM outbox LIMIT 1").next(); });
        const auto difference = clock_difference(database, clock);
        return !difference || *difference <= clock_difference_max;
    } catch (const StorageError&) {
        return false;  // What GET /ready is there to say.
    }
}

}  // namespace thien_an::storage

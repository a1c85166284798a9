#include <optional>

#include "engine/storage/idempotency.h"

namespace thien_an::storage {
namespace {

constexpr std::chrono::hours kept_for{24 * 7};
constexpr std::size_t key_bytes_max = 200;

/// The lock of a key: a twin on another connection waits until the first has committed.
Lock lock_of(const IdempotencyKey& key)
{
    const auto text = key.client + '\n' + key.route + '\n' + key.key;
    return {"idempotency", std::int64_t(std::hash<std::string>{}(text))};
}

struct KeptRow {
    KeptAnswer answer;
    Bytes body_hash;
};

std::optional<KeptRow> kept_row(
    Reader& db, std::string_view client, std::string_view route, std::string_view key
)
{
    auto rows = db.query(
        R"sql(
        SELECT status, answer, location, body_hash
          FROM idempotency
         WHERE client = ?1 AND route = ?2 AND key = ?3)sql",
        client,
        route,
        key
    );
    if (!rows.next()) return std::nullopt;
    return KeptRow{{int(rows.integer(0)), rows.text(1), rows.text(2)}, rows.bytes(3)};
}

bool well_formed(std::string_view key) { return !key.empty() && key.size() <= key_bytes_max; }

Problem problem(const char* code) { return {.code = code, .field = "", .law = ""}; }

/// The answer kept under `key`; nothing when it is new.
Result<std::optional<KeptAnswer>> kept_answer(Reader& db, const IdempotencyKey& key)
{
    const auto row = kept_row(db, key.client, key.route, key.key);
    if (!row) return std::optional<KeptAnswer>{};
    if (row->body_hash != key.body_hash) return problem("storage.idempotency_conflict");
    return std::optional(row->answer);
}

void keep(Writer& db, const IdempotencyKey& key, const KeptAnswer& answer, Instant now)
{
    db.execute(
        R"sql(
        INSERT INTO idempotency (client, route, key, body_hash, status, answer, location, kept_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))sql",
        key.client,
        key.route,
        key.key,
        key.body_hash,
        answer.status,
        answer.answer,
        answer.location,
        now
    );
}

}  // namespace

Result<KeptAnswer> once(
    Database& database,
    Locks locks,
    const IdempotencyKey& key,
    Instant now,
    const std::function<Result<KeptAnswer>(Writer&)>& command
)
{
    if (!well_formed(key.key)) return problem("storage.idempotency_key_bad");
    locks.push_back(lock_of(key));
    return database.write(std::move(locks), [&](Writer& db) -> Result<KeptAnswer> {
        auto first = TRY(kept_answer(db, key));
        if (first) return std::move(*first);
        auto answer = TRY(command(db));
        keep(db, key, answer, now);
        return answer;
    });
}

Result<std::optional<KeptAnswer>> answered(Database& database, const IdempotencyKey& key)
{
    if (!well_formed(key.key)) return problem("storage.idempotency_key_bad");
    return database.read([&](Reader& db) { return kept_answer(db, key); });
}

std::optional<KeptAnswer> answered_form(
    Database& database, std::string_view client, std::string_view route, std::string_view key
)
{
    if (!well_formed(key)) return std::nullopt;
    return database.read([&](Reader& db) -> std::optional<KeptAnswer> {
        const auto row = kept_row(db, client, route, key);
        return row ? std::optional(row->answer) : std::nullopt;
    });
}

std::int64_t idempotency_forget(Writer& db, Instant now, int rows_max)
{
    const auto before = now - kept_for;
    if (db.engine() == Engine::postgres)
        return db.execute(
            R"sql(
            DELETE FROM idempotency
             WHERE ctid IN (SELECT ctid FROM idempotency WHERE kept_at < ?1 ORDER BY kept_at LIMIT ?2))sql",
            before,
            rows_max
        );
    return db.execute(
        R"sql(
        DELETE FROM idempotency
         WHERE (client, route, key)
            IN (SELECT client, route, key FROM idempotency WHERE kept_at < ?1 ORDER BY kept_at LIMIT ?2))sql",
        before,
        rows_max
    );
}

}  // namespace thien_an::storage

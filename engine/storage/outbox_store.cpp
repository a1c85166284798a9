#include "engine/storage/outbox_store.h"

namespace thien_an::storage {
namespace {

OutboxClaim claim_of(const Rows& row)
{
    OutboxClaim claim;
    claim.item.id = row.id<OutboxId>(0);
    claim.item.message = {
        .kind = row.text(1),
        .aggregate_kind = row.text(2),
        .aggregate_id = row.integer(3),
        .payload = row.text(4),
        .idempotency_key = row.text(5),
        .due = row.instant(6),
    };
    claim.item.attempt = int(row.integer(7)) + 1;
    claim.item.fence = row.integer(8) + 1;
    claim.tried_before = OutboxRowState(row.integer(9)) != OutboxRowState::waiting;
    return claim;
}

std::optional<OutboxId> with_key(Reader& db, std::string_view kind, std::string_view key)
{
    auto rows = db.query("SELECT id FROM outbox WHERE kind = ?1 AND idempotency_key = ?2", kind, key);
    return rows.next() ? std::optional(rows.id<OutboxId>(0)) : std::nullopt;
}

}  // namespace

OutboxId outbox_add(Writer& db, IdSource& ids, const OutboxMessage& message)
{
    const auto id = ids.next_as<struct OutboxTag>();
    const auto key = message.idempotency_key.empty() ? text_of(id) : message.idempotency_key;
    const auto added = db.execute(
        R"sql(
        INSERT INTO outbox (id, kind, aggregate_kind, aggregate_id, payload, idempotency_key, due, state, next_try_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?7)
            ON CONFLICT (kind, idempotency_key) DO NOTHING)sql",
        id,
        message.kind,
        message.aggregate_kind,
        message.aggregate_id,
        message.payload,
        key,
        message.due
    );
    db.announce(outbox_topic);
    return added == 1 ? id : with_key(db, message.kind, key).value();
}

bool outbox_cancel(Writer& db, OutboxId id)
{
    return db.execute("DELETE FROM outbox WHERE id = ?1 AND state = 0 AND tries = 0", id) == 1;
}

bool outbox_cancel(Writer& db, std::string_view kind, std::string_view idempotency_key)
{
    const auto id = with_key(db, kind, idempotency_key);
    return id && outbox_cancel(db, *id);
}

bool outbox_has_due(Reader& db, Instant now)
{
    // Served by index outbox_next.
    return db.query("SELECT 1 FROM outbox WHERE next_try_at <= ?1 LIMIT 1", now).next();
}

std::vector<OutboxClaim> outbox_due(Reader& db, Instant now, std::size_t rows_max)
{
    auto rows = db.query(
        R"sql(
        SELECT id, kind, aggregate_kind, aggregate_id, payload, idempotency_key, due, tries, fence, state
          FROM outbox AS mine
         WHERE next_try_at <= ?1              -- served by index outbox_next
           AND (aggregate_id = 0
                OR NOT EXISTS (SELECT 1       -- served by index outbox_order
                                 FROM outbox AS earlier
                                WHERE earlier.kind = mine.kind
                                  AND earlier.aggregate_kind = mine.aggregate_kind
                                  AND earlier.aggregate_id = mine.aggregate_id
                                  AND earlier.next_try_at IS NOT NULL
                                  AND (earlier.due, earlier.id) < (mine.due, mine.id)))
         ORDER BY next_try_at, id
         LIMIT ?2)sql",
        now,
        std::int64_t(rows_max)
    );
    std::vector<OutboxClaim> claims;
    while (rows.next()) claims.push_back(claim_of(rows));
    return claims;
}

void outbox_take(Writer& db, const OutboxClaim& claim, Instant lease_until)
{
    db.execute(
        "UPDATE outbox SET state = 1, tries = ?2, fence = ?3, next_try_at = ?4 WHERE id = ?1",
        claim.item.id,
        claim.item.attempt,
        claim.item.fence,
        lease_until
    );
}

void outbox_postpone(Writer& db, OutboxId id, Instant until, std::string_view reason)
{
    db.execute("UPDATE outbox SET next_try_at = ?2, reason = ?3 WHERE id = ?1", id, until, reason);
}

bool outbox_holds(Reader& db, const OutboxItem& item)
{
    return db.query("SELECT 1 FROM outbox WHERE id = ?1 AND state = 1 AND fence = ?2", item.id, item.fence)
        .next();
}

void outbox_end(Writer& db, const OutboxItem& item, Instant now)
{
    db.execute(
        "UPDATE outbox SET state = 4, next_try_at = NULL, ended_at = ?2, reason = '' WHERE id = ?1",
        item.id,
        now
    );
    db.announce(outbox_topic);
}

void outbox_go_on(Writer& db, const OutboxItem& item, const Step& step)
{
    // `due` stays: the job keeps its place in the order of its aggregate.
    db.execute(
        "UPDATE outbox SET state = 0, tries = 0, payload = ?2, next_try_at = ?3 WHERE id = ?1",
        item.id,
        step.payload,
        step.due
    );
    db.announce(outbox_topic);
}

void outbox_wait(
    Writer& db, const OutboxItem& item, OutboxRowState state, Instant until, std::string_view reason
)
{
    db.execute(
        "UPDATE outbox SET state = ?2, next_try_at = ?3, reason = ?4 WHERE id = ?1",
        item.id,
        state,
        until,
        reason
    );
}

void outbox_fail(Writer& db, const OutboxItem& item, std::string_view reason)
{
    db.execute("UPDATE outbox SET state = 3, next_try_at = NULL, reason = ?2 WHERE id = ?1", item.id, reason);
    db.announce(outbox_topic);
}

bool outbox_revive(Writer& db, OutboxId id, Instant now)
{
    // A row whose outcome may be unknown is asked about first, not sent blindly: its state says so.
    const auto revived = db.execute(
        "UPDATE outbox SET state = 2, tries = 0, next_try_at = ?2 WHERE id = ?1 AND state = 3", id, now
    );
    db.announce(outbox_topic);
    return revived == 1;
}

OutboxState outbox_state(Reader& db)
{
    OutboxState state;
    auto rows =
        db.query("SELECT state, count(*), min(due) FROM outbox WHERE state < 4 GROUP BY state LIMIT 5");
    while (rows.next()) {
        const auto count = rows.integer(1);
        const auto due = rows.instant(2);
        switch (OutboxRowState(rows.integer(0))) {
        case OutboxRowState::waiting:
            state.waiting = count;
            state.oldest_due = due;
            break;
        case OutboxRowState::claimed: state.claimed = count; break;
        case OutboxRowState::unknown: state.unknown = count; break;
        case OutboxRowState::failed: state.failed = count; break;
        case OutboxRowState::done: break;
        }
    }
    return state;
}

std::int64_t outbox_forget(Writer& db, Instant before, int rows_max)
{
    return db.execute(
        R"sql(
        DELETE FROM outbox
         WHERE id IN (SELECT id FROM outbox WHERE ended_at < ?1 ORDER BY ended_at LIMIT ?2))sql",
        before,
        rows_max
    );
}

}  // namespace thien_an::storage

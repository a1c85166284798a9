#include "engine/notices/notices_store.h"

#include <algorithm>
#include <limits>

#include "engine/crypto/key_ring.h"
#include "engine/identity/parties.h"

namespace thien_an::notices {
namespace {

constexpr int rows_max = 200;

Bytes sealed(
    const crypto::KeyRing& keys,
    std::string_view table,
    std::string_view column,
    std::int64_t row,
    std::string_view text
)
{
    return keys.seal_column({.table = table, .column = column, .row = row}, text);
}

std::string opened(
    const crypto::KeyRing& keys,
    std::string_view table,
    std::string_view column,
    std::int64_t row,
    const Bytes& bytes
)
{
    return keys.open_column({.table = table, .column = column, .row = row}, bytes).value();
}

/// Reads id, notice, channel, what, contact_masked, state, tries, reason, queued_at, sent_at, in that order.
std::vector<Delivery> all(storage::Rows rows)
{
    std::vector<Delivery> found;
    while (rows.next())
        found.push_back(
            {.id = rows.id<DeliveryId>(0),
             .notice = rows.id<NoticeId>(1),
             .channel = Channel(rows.integer(2)),
             .what = rows.text(3),
             .contact_masked = rows.text(4),
             .state = DeliveryState(rows.integer(5)),
             .tries = int(rows.integer(6)),
             .reason = rows.text(7),
             .queued = rows.instant(8),
             .sent = rows.instant_or_null(9)}
        );
    return found;
}

int bounded(int limit) { return std::clamp(limit, 1, rows_max); }
std::int64_t from(std::int64_t before)
{
    return before == 0 ? std::numeric_limits<std::int64_t>::max() : before;
}

}  // namespace

void insert_notice(storage::Writer& db, const crypto::KeyRing& keys, const Written& notice, Instant now)
{
    db.execute(
        R"sql(
        INSERT INTO notice (id, party, what, subject, subject_id, path, title_sealed, body_sealed, in_inbox, at, read_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, NULL))sql",
        notice.id,
        notice.party,
        notice.what,
        notice.subject,
        notice.subject_id,
        notice.path,
        sealed(keys, "notice", "title", notice.id.value, notice.title),
        sealed(keys, "notice", "body", notice.id.value, notice.body),
        notice.in_inbox,
        now
    );
}

void insert_delivery(storage::Writer& db, const crypto::KeyRing& keys, const Queued& delivery, Instant now)
{
    db.execute(
        R"sql(
        INSERT INTO notice_delivery (id, notice, channel, contact_sealed, contact_masked, text_sealed, state, tries, reason,
                                     queued_at, sent_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, 0, '', ?7, NULL))sql",
        delivery.id,
        delivery.notice,
        delivery.channel,
        sealed(keys, "notice_delivery", "contact", delivery.id.value, delivery.contact),
        identity::masked(delivery.contact),
        sealed(keys, "notice_delivery", "text", delivery.id.value, delivery.text),
        now
    );
}

std::optional<Outgoing> outgoing(storage::Reader& db, const crypto::KeyRing& keys, DeliveryId id)
{
    auto rows = db.query(
        R"sql(
        SELECT d.channel, d.contact_sealed, n.title_sealed, d.text_sealed, n.what, n.id
          FROM notice_delivery d JOIN notice n ON n.id = d.notice
         WHERE d.id = ?1 AND d.state <> 2)sql",
        id
    );
    if (!rows.next()) return std::nullopt;
    return Outgoing{
        .id = id,
        .channel = Channel(rows.integer(0)),
        .contact = opened(keys, "notice_delivery", "contact", id.value, rows.bytes(1)),
        .subject = opened(keys, "notice", "title", rows.integer(5), rows.bytes(2)),
        .body = opened(keys, "notice_delivery", "text", id.value, rows.bytes(3)),
        .what = rows.text(4)};
}

void mark_sent(storage::Writer& db, DeliveryId id, Instant now)
{
    db.execute(
        "UPDATE notice_delivery SET state = 2, tries = tries + 1, reason = '', sent_at = ?2 WHERE id = ?1 "
        "AND state <> 2",
        id,
        now
    );
}

void mark_tried(storage::Writer& db, DeliveryId id, std::string_view reason, DeliveryState state)
{
    db.execute(
        "UPDATE notice_delivery SET state = ?3, tries = tries + 1, reason = ?2 WHERE id = ?1 AND state <> 2",
        id,
        reason,
        state
    );
}

std::string language_of(storage::Reader& db, identity::PartyId party)
{
    auto rows = db.query("SELECT language FROM account WHERE party = ?1 ORDER BY id DESC LIMIT 1", party);
    return rows.next() ? rows.text(0) : "vi";
}

std::vector<InboxItem> inbox(
    storage::Reader& db, const Post& post, identity::PartyId party, std::int64_t before, int limit
)
{
    auto rows = db.query(
        R"sql(
        SELECT id, title_sealed, body_sealed, path, at, read_at FROM notice
         WHERE party = ?1 AND in_inbox = 1 AND id < ?2             -- index notice_party
         ORDER BY id DESC LIMIT ?3)sql",
        party,
        from(before),
        bounded(limit)
    );
    std::vector<InboxItem> found;
    while (rows.next())
        found.push_back(
            {.id = rows.id<NoticeId>(0),
             .subject = opened(post.keys, "notice", "title", rows.integer(0), rows.bytes(1)),
             .body = opened(post.keys, "notice", "body", rows.integer(0), rows.bytes(2)),
             .path = rows.text(3),
             .at = rows.instant(4),
             .read = !rows.null(5)}
        );
    return found;
}

int unread(storage::Reader& db, identity::PartyId party)
{
    auto rows =
        db.query("SELECT COUNT(*) FROM notice WHERE party = ?1 AND in_inbox = 1 AND read_at IS NULL", party);
    return rows.next() ? int(rows.integer(0)) : 0;
}

void mark_read(storage::Writer& db, identity::PartyId party, Instant now)
{
    db.execute(
        "UPDATE notice SET read_at = ?2 WHERE party = ?1 AND in_inbox = 1 AND read_at IS NULL", party, now
    );
}

Preferences preferences(storage::Reader& db, identity::PartyId party)
{
    auto rows = db.query("SELECT sms, email FROM notice_preference WHERE party = ?1", party);
    if (!rows.next()) return {};
    return {.sms = rows.integer(0) == 1, .email = rows.integer(1) == 1};
}

void set_preferences(storage::Writer& db, identity::PartyId party, Preferences wanted)
{
    db.execute(
        R"sql(INSERT INTO notice_preference (party, sms, email) VALUES (?1, ?2, ?3)
              ON CONFLICT (party) DO UPDATE SET sms = excluded.sms, email = excluded.email)sql",
        party,
        wanted.sms,
        wanted.email
    );
}

std::vector<Delivery> deliveries_of(storage::Reader& db, std::string_view subject, std::int64_t subject_id)
{
    return all(db.query(
        R"sql(
        SELECT d.id, d.notice, d.channel, n.what, d.contact_masked, d.state, d.tries, d.reason, d.queued_at, d.sent_at
          FROM notice n JOIN notice_delivery d ON d.notice = n.id
         WHERE n.subject = ?1 AND n.subject_id = ?2
         ORDER BY d.id LIMIT 200)sql",
        subject,
        subject_id
    ));
}

std::vector<Delivery> deliveries(
    storage::Reader& db, std::optional<DeliveryState> only, std::int64_t before, int limit
)
{
    // Two texts, so that each has its index.
    if (!only)
        return all(db.query(
            R"sql(
            SELECT d.id, d.notice, d.channel, n.what, d.contact_masked, d.state, d.tries, d.reason, d.queued_at, d.sent_at
              FROM notice_delivery d JOIN notice n ON n.id = d.notice
             WHERE d.id < ?1 ORDER BY d.id DESC LIMIT ?2)sql",
            from(before),
            bounded(limit)
        ));
    return all(db.query(
        R"sql(
        SELECT d.id, d.notice, d.channel, n.what, d.contact_masked, d.state, d.tries, d.reason, d.queued_at, d.sent_at
          FROM notice_delivery d JOIN notice n ON n.id = d.notice
         WHERE d.state = ?1 AND d.id < ?2 ORDER BY d.id DESC LIMIT ?3)sql",
        *only,
        from(before),
        bounded(limit)
    ));
}

}  // namespace thien_an::notices

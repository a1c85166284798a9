#include <charconv>

#include "engine/base/json.h"
#include "engine/identity/audit_chain.h"

namespace thien_an::identity {
namespace {

/// Reads the columns of `audit` in the order of its table, starting at `at`.
ChainRow chain_row(const storage::Rows& row, int at)
{
    json::array all;
    for (int i = 0; i < 7; ++i)
        all.emplace_back(row.integer(at + i));  // id, at, account, party, post, agency, for_post
    for (int i = 7; i < 10; ++i) all.emplace_back(row.text(at + i));  // channel, what, subject
    all.emplace_back(row.integer(at + 10));                           // subject_id
    if (row.null(at + 11))
        all.emplace_back(nullptr);  // about
    else
        all.emplace_back(row.integer(at + 11));
    for (int i = 12; i < 14; ++i) all.emplace_back(row.text(at + i));  // reason, detail
    return {.id = row.integer(at), .content = json::canonical(all)};
}

std::vector<std::int64_t> numbers(storage::Rows rows)
{
    std::vector<std::int64_t> found;
    while (rows.next()) found.push_back(rows.integer(0));
    return found;
}

}  // namespace

crypto::Sha256 link_hash(ByteView before, std::int64_t number, const ChainRow& row)
{
    crypto::Sha256Hasher hasher;
    hasher.update(before);
    hasher.update("\n" + std::to_string(number) + "\n");
    hasher.update(row.content);
    return hasher.finish();
}

std::string checkpoint_text(std::int64_t number, ByteView hash, Instant at)
{
    return "thienan audit checkpoint\n" + std::to_string(number) + "\n" + hex(hash) + "\n" +
           std::to_string(column(at));
}

std::string checkpoint_line(const Checkpoint& checkpoint)
{
    return json::canonical(json::object{
        {"number", checkpoint.number},
        {"hash", hex(checkpoint.hash)},
        {"at", column(checkpoint.at)},
        {"key", checkpoint.key_id},
        {"signature", base64(checkpoint.signature)}});
}

std::optional<Checkpoint> checkpoint_from(std::string_view line)
{
    const auto read = json::parse(line);
    if (!read) return std::nullopt;
    const auto hash = from_hex(json::string_or(read.value(), "hash"));
    const auto signature = from_base64(json::string_or(read.value(), "signature"));
    if (!hash || !signature) return std::nullopt;
    return Checkpoint{
        .number = json::integer_or(read.value(), "number"),
        .hash = *hash,
        .at = instant_from(json::integer_or(read.value(), "at")),
        .key_id = json::string_or(read.value(), "key"),
        .signature = *signature};
}

std::vector<ChainRow> unsealed_rows(storage::Reader& db, int limit)
{
    auto rows = db.query(
        R"sql(
        SELECT a.id, a.at, a.account, a.party, a.post, a.agency, a.for_post, a.channel, a.what, a.subject, a.subject_id,
               a.about, a.reason, a.detail
          FROM audit_unsealed u JOIN audit a ON a.id = u.audit
         ORDER BY u.audit
         LIMIT ?1)sql",
        limit
    );
    std::vector<ChainRow> found;
    while (rows.next()) found.push_back(chain_row(rows, 0));
    return found;
}

std::int64_t count_unsealed(storage::Reader& db)
{
    auto rows = db.query("SELECT COUNT(*) FROM audit_unsealed");
    return rows.next() ? rows.integer(0) : 0;
}

Link last_link(storage::Reader& db)
{
    auto rows = db.query("SELECT number, audit, hash FROM audit_link ORDER BY number DESC LIMIT 1");
    if (!rows.next()) return {.number = 0, .audit = 0, .hash = {}, .row = std::nullopt};
    return {.number = rows.integer(0), .audit = rows.integer(1), .hash = rows.bytes(2), .row = std::nullopt};
}

void insert_link(storage::Writer& db, const Link& link)
{
    db.execute(
        "INSERT INTO audit_link (number, audit, hash) VALUES (?1, ?2, ?3)", link.number, link.audit, link.hash
    );
    db.execute("DELETE FROM audit_unsealed WHERE audit = ?1", link.audit);
}

void insert_checkpoint(storage::Writer& db, const Checkpoint& checkpoint)
{
    db.execute(
        "INSERT INTO audit_checkpoint (number, hash, at, key_id, signature) VALUES (?1, ?2, ?3, ?4, ?5)",
        checkpoint.number,
        checkpoint.hash,
        checkpoint.at,
        checkpoint.key_id,
        checkpoint.signature
    );
}

std::vector<Link> links_after(storage::Reader& db, std::int64_t number, int limit)
{
    auto rows = db.query(
        R"sql(
        SELECT l.number, l.audit, l.hash, a.id, a.at, a.account, a.party, a.post, a.agency, a.for_post, a.channel, a.what,
               a.subject, a.subject_id, a.about, a.reason, a.detail
          FROM audit_link l LEFT JOIN audit a ON a.id = l.audit
         WHERE l.number > ?1
         ORDER BY l.number
         LIMIT ?2)sql",
        number,
        limit
    );
    std::vector<Link> found;
    while (rows.next())
        found.push_back(
            {.number = rows.integer(0),
             .audit = rows.integer(1),
             .hash = rows.bytes(2),
             .row = rows.null(3) ? std::nullopt : std::optional(chain_row(rows, 3))}
        );
    return found;
}

std::vector<Checkpoint> checkpoints_after(storage::Reader& db, std::int64_t number, int limit)
{
    auto rows = db.query(
        R"sql(SELECT number, hash, at, key_id, signature FROM audit_checkpoint
               WHERE number > ?1 ORDER BY number LIMIT ?2)sql",
        number,
        limit
    );
    std::vector<Checkpoint> found;
    while (rows.next())
        found.push_back(
            {.number = rows.integer(0),
             .hash = rows.bytes(1),
             .at = rows.instant(2),
             .key_id = rows.text(3),
             .signature = rows.bytes(4)}
        );
    return found;
}

std::vector<std::int64_t> rows_outside(storage::Reader& db, int limit)
{
    return numbers(db.query(
        R"sql(
        SELECT a.id FROM audit a
         WHERE NOT EXISTS (SELECT 1 FROM audit_link l WHERE l.audit = a.id)
           AND NOT EXISTS (SELECT 1 FROM audit_unsealed u WHERE u.audit = a.id)
         ORDER BY a.id
         LIMIT ?1)sql",
        limit
    ));
}

std::vector<std::int64_t> waiting_for_nothing(storage::Reader& db, int limit)
{
    return numbers(db.query(
        R"sql(
        SELECT u.audit FROM audit_unsealed u
         WHERE NOT EXISTS (SELECT 1 FROM audit a WHERE a.id = u.audit)
            OR EXISTS (SELECT 1 FROM audit_link l WHERE l.audit = u.audit)
         ORDER BY u.audit
         LIMIT ?1)sql",
        limit
    ));
}

}  // namespace thien_an::identity

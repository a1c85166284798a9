#include "systems/civil_status/hospital_notice_store.h"

#include <cctype>

#include "engine/base/vietnamese.h"
#include "engine/casework/dossier.h"
#include "engine/crypto/hash.h"

namespace thien_an::civil_status {
namespace {

constexpr std::string_view table = "hospital_notice";
constexpr std::string_view columns =
    "n.id, n.sealed, n.content_hash, n.sender, n.received_at, n.agency, n.draft, n.claimed_by, n.dossier, "
    "n.linked_by, n.reminded_at";

StoredNotice notice_from(const crypto::KeyRing& keys, const storage::Rows& rows)
{
    StoredNotice notice;
    notice.id = rows.id<NoticeId>(0);
    const auto sealed = rows.bytes(1);
    const auto text = keys.open_column({table, "sealed", notice.id.value}, sealed);
    if (!text) throw std::runtime_error("a sealed notice does not open");
    const auto v = json::parse(text.value()).value();
    notice.notice = notice_of_value(*json::member(v, "notice"));
    notice.code = json::string_or(v, "code");
    notice.content_hash = rows.bytes(2);
    notice.sender = rows.id<identity::PartyId>(3);
    notice.received_at = rows.instant(4);
    notice.agency = rows.id<identity::AgencyId>(5);
    notice.draft = rows.integer(6);
    notice.claimed_by = rows.id<identity::PartyId>(7);
    notice.dossier = rows.integer(8);
    notice.linked = NoticeLink(rows.integer(9));
    notice.reminded_at = rows.instant_or_null(10);
    return notice;
}

std::optional<StoredNotice> one_from(const crypto::KeyRing& keys, storage::Rows rows)
{
    return rows.next() ? std::optional(notice_from(keys, rows)) : std::nullopt;
}

}  // namespace

Bytes notice_code_hash(std::string_view code)
{
    std::string plain;
    for (const char c : code)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            plain += char(std::toupper(static_cast<unsigned char>(c)));
    const auto hash = crypto::sha256("notice " + plain);
    return {hash.begin(), hash.end()};
}

Bytes notice_identity_word(const crypto::KeyRing& keys, std::string_view number)
{
    return number.empty() ? Bytes{} : keys.blind_index(table, "identity_word", folded(number));
}

Bytes notice_name_word(const crypto::KeyRing& keys, std::string_view full_name, std::int64_t year)
{
    return keys.blind_index(table, "name_word", folded(full_name) + " " + std::to_string(year));
}

void insert_notice(storage::Writer& db, const crypto::KeyRing& keys, const StoredNotice& notice)
{
    const auto& said = notice.notice;
    const auto& known = said.kind == NoticeKind::birth ? said.mother : said.subject;
    const auto sealed = keys.seal_column(
        {table, "sealed", notice.id.value},
        json::text_of(json::object{{"notice", notice_value(said)}, {"code", notice.code}})
    );
    db.execute(
        R"sql(
        INSERT INTO hospital_notice (id, kind, facility, number, content_hash, sender, received_at, happened_on, unit,
                                     agency, code_hash, identity_word, name_word, sealed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14))sql",
        notice.id,
        said.kind,
        said.facility_code,
        said.number,
        notice.content_hash,
        notice.sender,
        notice.received_at,
        day_of(said.at),
        known.unit,
        notice.agency,
        notice_code_hash(notice.code),
        notice_identity_word(keys, known.identity_number),
        notice_name_word(keys, known.full_name, known.year()),
        sealed
    );
}

void set_notice_draft(storage::Writer& db, NoticeId id, std::int64_t draft, identity::PartyId by)
{
    db.execute("UPDATE hospital_notice SET draft = ?2, claimed_by = ?3 WHERE id = ?1", id, draft, by);
}

void set_notice_dossier(storage::Writer& db, NoticeId id, std::int64_t dossier, NoticeLink linked)
{
    db.execute("UPDATE hospital_notice SET dossier = ?2, linked_by = ?3 WHERE id = ?1", id, dossier, linked);
}

void set_notice_reminded(storage::Writer& db, NoticeId id, Instant at)
{
    db.execute("UPDATE hospital_notice SET reminded_at = ?2 WHERE id = ?1", id, at);
}

std::optional<StoredNotice> notice_by_id(storage::Reader& db, const crypto::KeyRing& keys, NoticeId id)
{
    static const auto sql = "SELECT " + std::string(columns) + " FROM hospital_notice n WHERE n.id = ?1";
    return one_from(keys, db.query(sql, id));
}

std::optional<StoredNotice> notice_by_number(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    NoticeKind kind,
    std::string_view facility,
    std::string_view number
)
{
    static const auto sql = "SELECT " + std::string(columns) +
                            " FROM hospital_notice n WHERE n.kind = ?1 AND n.facility = ?2 AND n.number = ?3";
    return one_from(keys, db.query(sql, kind, facility, number));
}

std::optional<StoredNotice> notice_by_code(
    storage::Reader& db, const crypto::KeyRing& keys, std::string_view code
)
{
    static const auto sql =
        "SELECT " + std::string(columns) + " FROM hospital_notice n WHERE n.code_hash = ?1";
    return one_from(keys, db.query(sql, notice_code_hash(code)));
}

std::vector<StoredNotice> notices_like(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    NoticeKind kind,
    const Bytes& identity_word,
    const Bytes& name_word,
    Day day,
    std::chrono::days apart
)
{
    // Each branch by its own index; an empty identity word is that of nobody.
    static const auto sql = "SELECT " + std::string(columns) + R"sql(
          FROM hospital_notice n
         WHERE n.id IN (SELECT id FROM hospital_notice
                         WHERE kind = ?1 AND identity_word = ?2 AND LENGTH(identity_word) > 0
                           AND happened_on BETWEEN ?4 AND ?5
                        UNION
                        SELECT id FROM hospital_notice
                         WHERE kind = ?1 AND name_word = ?3 AND happened_on BETWEEN ?4 AND ?5)
         ORDER BY n.id
         LIMIT 20)sql";
    auto rows = db.query(sql, kind, identity_word, name_word, day - apart, day + apart);
    std::vector<StoredNotice> found;
    while (rows.next()) found.push_back(notice_from(keys, rows));
    return found;
}

std::optional<StoredNotice> notice_of_draft(
    storage::Reader& db, const crypto::KeyRing& keys, std::int64_t draft
)
{
    static const auto sql =
        "SELECT " + std::string(columns) + " FROM hospital_notice n WHERE n.draft = ?1 AND n.draft > 0";
    return one_from(keys, db.query(sql, draft));
}

bool notice_of_dossier(storage::Reader& db, std::int64_t dossier)
{
    // Served by hospital_notice_dossier.
    return db.query("SELECT 1 FROM hospital_notice WHERE dossier = ?1 AND dossier > 0 LIMIT 1", dossier)
        .next();
}

std::vector<std::int64_t> dossiers_filed_since(
    storage::Reader& db, std::string_view procedure, identity::AgencyId agency, Instant since
)
{
    auto rows = db.query(
        R"sql(
        SELECT id
          FROM dossier
         WHERE agency = ?1 AND is_open = 1 AND procedure = ?2 AND filed_on >= ?3   -- served by dossier_open_due
         ORDER BY id DESC
         LIMIT 100)sql",
        agency,
        procedure,
        since
    );
    std::vector<std::int64_t> found;
    while (rows.next()) found.push_back(rows.integer(0));
    return found;
}

bool notice_answered(storage::Reader& db, const StoredNotice& notice)
{
    if (notice.dossier == 0) return false;
    return db
        .query(
            "SELECT 1 FROM dossier WHERE id = ?1 AND state NOT IN (?2, ?3)",
            notice.dossier,
            casework::DossierState::refused,
            casework::DossierState::withdrawn
        )
        .next();
}

std::vector<StoredNotice> notices_seen(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    const identity::Actor& actor,
    Day today,
    const NoticeQuery& query
)
{
    constexpr int first = 7;
    const auto visible = identity::visible(
        db, actor, "registers.read", today, first, {.agency = "n.agency", .owner = "", .sealed = ""}
    );
    std::vector<storage::Value> values{
        std::int64_t(query.kind),
        column(at(query.received_before, Minutes{0})),
        query.before == 0 ? INT64_MAX : query.before,
        std::int64_t(query.limit),
        std::int64_t(casework::DossierState::refused),
        std::int64_t(casework::DossierState::withdrawn)};
    for (const auto v : visible.values) values.emplace_back(v);
    const std::string live = "d.id IS NOT NULL AND d.state NOT IN (?5, ?6)";
    const auto sql =
        "SELECT " + std::string(columns) +
        ", COALESCE(d.code, ''), COALESCE(d.state, 0) FROM hospital_notice n LEFT JOIN dossier d ON "
        "d.id = n.dossier WHERE n.kind = ?1 AND n.received_at < ?2 AND n.id < ?3 AND " +
        std::string(query.completed ? "(" + live + ")" : "NOT (" + live + ")") + " AND " + visible.sql +
        " ORDER BY n.id DESC LIMIT ?4";
    auto rows = db.query_all(sql, values);
    std::vector<StoredNotice> found;
    while (rows.next()) {
        found.push_back(notice_from(keys, rows));
        found.back().dossier_code = rows.text(11);
        found.back().dossier_state = std::to_string(rows.integer(12));
    }
    return found;
}

std::int64_t notices_counted(
    storage::Reader& db, NoticeKind kind, identity::AgencyId agency, Day from, Day to
)
{
    auto rows = db.query(
        R"sql(
        SELECT count(*) FROM hospital_notice
         WHERE agency = ?1 AND kind = ?2 AND happened_on >= ?3 AND happened_on < ?4   -- hospital_notice_agency
         LIMIT 1)sql",
        agency,
        kind,
        from,
        to
    );
    return rows.next() ? rows.integer(0) : 0;
}

}  // namespace thien_an::civil_status

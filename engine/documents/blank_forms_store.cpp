#include <fmt/format.h>

#include "engine/documents/blank_forms.h"
#include "engine/documents/form_stock.h"

namespace thien_an::documents {
namespace {

using storage::Reader;
using storage::Writer;

bool held_by(Reader& db, identity::AgencyId agency, const Blank& blank)
{
    return db
        .query(
            R"sql(
        SELECT 1
          FROM blank_holding
         WHERE kind = ?1 AND series = ?2 AND agency = ?3 AND hand_over = 0 AND first_serial <= ?4
           AND last_serial >= ?4
         LIMIT 1)sql",
            blank.kind,
            blank.series,
            agency,
            blank.serial
        )
        .next();
}

void add_event(
    Writer& db,
    const identity::Act& act,
    identity::AgencyId agency,
    const Blank& blank,
    BlankState state,
    std::pair<DocumentId, std::string_view> about
)
{
    db.execute(
        R"sql(
        INSERT INTO blank_event (id, kind, series, serial, agency, state, document, at, party, post, reason)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11))sql",
        act.ids.next(),
        blank.kind,
        blank.series,
        blank.serial,
        agency,
        state,
        about.first,
        act.now,
        act.actor.party,
        act.actor.post,
        about.second
    );
}

void use(
    Writer& db,
    const identity::Act& act,
    identity::AgencyId agency,
    const Blank& blank,
    BlankState state,
    DocumentId document
)
{
    db.execute(
        R"sql(
        INSERT INTO blank_use (kind, series, serial, agency, state, document, changed_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))sql",
        blank.kind,
        blank.series,
        blank.serial,
        agency,
        state,
        document,
        act.now
    );
}

/// Whether this agency's form was in `from` and now is in `to`.
bool change(
    Writer& db,
    const identity::Act& act,
    identity::AgencyId agency,
    const Blank& blank,
    std::pair<BlankState, BlankState> from_to
)
{
    return db.execute(
               R"sql(
        UPDATE blank_use SET state = ?5, changed_at = ?6
         WHERE kind = ?1 AND series = ?2 AND serial = ?3 AND agency = ?4 AND state = ?7)sql",
               blank.kind,
               blank.series,
               blank.serial,
               agency,
               from_to.second,
               act.now,
               from_to.first
           ) == 1;
}

Problem not_in_stock(const Blank& blank)
{
    return {
        .code = "documents.not_in_stock",
        .field = "/serial",
        .law = {},
        .words = {{"serial", text_of(blank)}}};
}

}  // namespace

std::string text_of(const Blank& blank)
{
    return blank.series + (blank.series.empty() ? "" : " ") + fmt::format("{:07}", blank.serial);
}

std::optional<Blank> parse_blank(std::string_view kind, std::string_view typed)
{
    constexpr std::size_t letters_max = 6;
    constexpr std::size_t digits_max = 12;
    Blank blank{std::string(kind), "", 0};
    std::size_t digits = 0;
    for (const char c : typed) {
        if (c == ' ') continue;
        if (c >= '0' && c <= '9') {
            if (++digits > digits_max) return std::nullopt;
            blank.serial = blank.serial * 10 + (c - '0');
        } else {
            const char letter = c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
            if (digits != 0 || letter < 'A' || letter > 'Z') return std::nullopt;
            blank.series += letter;
        }
    }
    if (blank.serial < 1 || blank.series.size() > letters_max) return std::nullopt;
    return blank;
}

Result<Done> receive_blanks(
    Writer& db,
    const identity::Act& act,
    identity::AgencyId agency,
    const BlankRange& range,
    std::string_view minutes
)
{
    if (range.first < 1 || range.last < range.first || range.last - range.first >= blank_range_max) {
        return Problem{.code = "documents.bad_range", .field = "/last"};
    }
    if (minutes.empty()) return Problem{.code = "documents.minutes_missing", .field = "/minutes"};
    const bool overlaps = db.query(
                                R"sql(
        SELECT 1
          FROM blank_receipt
         WHERE kind = ?1 AND series = ?2 AND first_serial <= ?4 AND last_serial >= ?3
         LIMIT 1)sql",
                                range.kind,
                                range.series,
                                range.first,
                                range.last
    )
                              .next();
    if (overlaps) return Problem{.code = "documents.range_received_already", .field = "/first"};
    db.execute(
        R"sql(
        INSERT INTO blank_receipt (id, kind, agency, series, first_serial, last_serial, received_at, party, post, minutes)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10))sql",
        act.ids.next(),
        range.kind,
        agency,
        range.series,
        range.first,
        range.last,
        act.now,
        act.actor.party,
        act.actor.post,
        minutes
    );
    db.execute(
        R"sql(
        INSERT INTO blank_holding (id, kind, series, first_serial, last_serial, agency, hand_over)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0))sql",
        act.ids.next(),
        range.kind,
        range.series,
        range.first,
        range.last,
        agency
    );
    return Done{};
}

Result<Done> issue_blank(
    Writer& db,
    const identity::Act& act,
    identity::AgencyId agency,
    const Blank& blank,
    const BlankUse& used_for
)
{
    if (!held_by(db, agency, blank) || state_of(db, blank) != BlankState::in_stock)
        return not_in_stock(blank);
    use(db, act, agency, blank, BlankState::issued, used_for.document);
    add_event(db, act, agency, blank, BlankState::issued, {used_for.document, used_for.words});
    return Done{};
}

Result<Done> spoil_blank(
    Writer& db,
    const identity::Act& act,
    identity::AgencyId agency,
    const Blank& blank,
    std::string_view reason
)
{
    if (reason.empty()) return Problem{.code = "documents.reason_missing", .field = "/reason"};
    if (!held_by(db, agency, blank)) return not_in_stock(blank);
    switch (state_of(db, blank)) {
    case BlankState::in_stock: use(db, act, agency, blank, BlankState::spoiled, {}); break;
    case BlankState::issued: change(db, act, agency, blank, {BlankState::issued, BlankState::spoiled}); break;
    case BlankState::spoiled:
    case BlankState::destroyed:
    case BlankState::lost: return not_in_stock(blank);
    }
    add_event(db, act, agency, blank, BlankState::spoiled, {{}, reason});
    return Done{};
}

Result<Done> lose_blank(
    Writer& db,
    const identity::Act& act,
    identity::AgencyId agency,
    const Blank& blank,
    std::string_view minutes
)
{
    if (minutes.empty()) return Problem{.code = "documents.minutes_missing", .field = "/minutes"};
    if (!held_by(db, agency, blank)) return not_in_stock(blank);
    switch (state_of(db, blank)) {
    case BlankState::in_stock: use(db, act, agency, blank, BlankState::lost, {}); break;
    case BlankState::spoiled: change(db, act, agency, blank, {BlankState::spoiled, BlankState::lost}); break;
    case BlankState::issued:
    case BlankState::destroyed:
    case BlankState::lost: return not_in_stock(blank);
    }
    add_event(db, act, agency, blank, BlankState::lost, {{}, minutes});
    return Done{};
}

Result<Done> destroy_blank(
    Writer& db,
    const identity::Act& act,
    identity::AgencyId agency,
    const Blank& blank,
    std::string_view minutes
)
{
    if (minutes.empty()) return Problem{.code = "documents.minutes_missing", .field = "/minutes"};
    if (!change(db, act, agency, blank, {BlankState::spoiled, BlankState::destroyed})) {
        return Problem{.code = "documents.not_spoiled", .field = "/serial"};
    }
    add_event(db, act, agency, blank, BlankState::destroyed, {{}, minutes});
    return Done{};
}

BlankState state_of(Reader& db, const Blank& blank)
{
    auto rows = db.query(
        "SELECT state FROM blank_use WHERE kind = ?1 AND series = ?2 AND serial = ?3",
        blank.kind,
        blank.series,
        blank.serial
    );
    return rows.next() ? BlankState(rows.integer(0)) : BlankState::in_stock;
}

std::optional<Blank> next_blank(Reader& db, identity::AgencyId agency, std::string_view kind)
{
    // The lowest free serial of a range is its first one, or one after a used one.
    auto rows = db.query(
        R"sql(
        SELECT c.series, c.serial
          FROM (SELECT series, first_serial AS serial
                  FROM blank_holding WHERE kind = ?1 AND agency = ?2 AND hand_over = 0
                UNION
                SELECT series, serial + 1 FROM blank_use WHERE kind = ?1 AND agency = ?2) c
         WHERE EXISTS (SELECT 1 FROM blank_holding r
                        WHERE r.kind = ?1 AND r.agency = ?2 AND r.hand_over = 0 AND r.series = c.series
                          AND r.first_serial <= c.serial AND r.last_serial >= c.serial)
           AND NOT EXISTS (SELECT 1 FROM blank_use u
                            WHERE u.kind = ?1 AND u.series = c.series AND u.serial = c.serial)
         ORDER BY c.series, c.serial
         LIMIT 1)sql",
        kind,
        agency
    );
    if (!rows.next()) return std::nullopt;
    return Blank{std::string(kind), rows.text(0), rows.integer(1)};
}

namespace {

/// Ever come into the agency's hands: from outside, from another agency, or back.
std::int64_t received_by(Reader& db, identity::AgencyId agency, std::string_view kind)
{
    auto rows = db.query(
        R"sql(
        SELECT CAST(coalesce((SELECT sum(last_serial - first_serial + 1)
                                FROM blank_receipt WHERE kind = ?1 AND agency = ?2), 0) AS BIGINT),
               CAST(coalesce((SELECT sum(a.last_serial - a.first_serial + 1)
                                FROM blank_arrival a
                                JOIN blank_hand_over h ON h.id = a.hand_over
                               WHERE h.kind = ?1 AND a.agency = ?2), 0) AS BIGINT))sql",
        kind,
        agency
    );
    return rows.next() ? rows.integer(0) + rows.integer(1) : 0;
}

}  // namespace

BlankBalance balance_of(Reader& db, identity::AgencyId agency, std::string_view kind)
{
    BlankBalance out;
    out.received = received_by(db, agency, kind);
    {
        auto rows = db.query(
            R"sql(
            SELECT CAST(coalesce(sum(last_serial - first_serial + 1), 0) AS BIGINT)
              FROM blank_hand_over
             WHERE kind = ?1 AND from_agency = ?2)sql",
            kind,
            agency
        );
        if (rows.next()) out.sent = rows.integer(0);
    }
    auto rows = db.query(
        R"sql(
        SELECT state, count(*)
          FROM blank_use
         WHERE kind = ?1 AND agency = ?2              -- served by index blank_use_agency
         GROUP BY state
         LIMIT 5)sql",
        kind,
        agency
    );
    while (rows.next()) {
        const auto count = rows.integer(1);
        switch (BlankState(rows.integer(0))) {
        case BlankState::issued: out.issued = count; break;
        case BlankState::spoiled: out.spoiled = count; break;
        case BlankState::destroyed: out.destroyed = count; break;
        case BlankState::lost: out.lost = count; break;
        case BlankState::in_stock: throw storage::StorageError("a used form in stock");
        }
    }
    return out;
}

std::vector<BlankMove> blank_moves(Reader& db, identity::AgencyId agency, std::string_view kind, int limit)
{
    auto rows = db.query(
        R"sql(
        SELECT at, state, series, first_serial, last_serial, party, post, words
          FROM (SELECT received_at AS at, 0 AS state, series, first_serial, last_serial, party, post, minutes AS words, id
                  FROM blank_receipt
                 WHERE agency = ?1 AND kind = ?2
                UNION ALL
                SELECT at, state, series, serial, serial, party, post, reason, id
                  FROM blank_event
                 WHERE agency = ?1 AND kind = ?2) AS moves
         ORDER BY at DESC, id DESC
         LIMIT ?3)sql",
        agency,
        kind,
        limit
    );
    std::vector<BlankMove> moves;
    while (rows.next())
        moves.push_back(
            {.at = rows.instant(0),
             .to = static_cast<BlankState>(rows.integer(1)),
             .range = {std::string(kind), rows.text(2), rows.integer(3), rows.integer(4)},
             .party = rows.id<identity::PartyId>(5),
             .post = rows.id<identity::PostId>(6),
             .words = rows.text(7)}
        );
    return moves;
}

std::vector<Problem> check_blanks(Reader& db)
{
    std::vector<Problem> faults;
    auto rows = db.query(
        R"sql(
        SELECT u.kind, u.series, u.serial, u.state,
               (SELECT e.state FROM blank_event e
                 WHERE e.kind = u.kind AND e.series = u.series AND e.serial = u.serial ORDER BY e.id DESC LIMIT 1),
               (SELECT count(*) FROM blank_receipt r
                 WHERE r.kind = u.kind AND r.series = u.series AND r.first_serial <= u.serial
                   AND r.last_serial >= u.serial),
               (SELECT count(*) FROM blank_holding o
                 WHERE o.kind = u.kind AND o.series = u.series AND o.agency = u.agency AND o.hand_over = 0
                   AND o.first_serial <= u.serial AND o.last_serial >= u.serial)
          FROM blank_use u
         ORDER BY u.kind, u.series, u.serial
         LIMIT 10000000)sql"
    );
    while (rows.next()) {
        const auto name = fmt::format("form/{}/{}{}", rows.text(0), rows.text(1), rows.integer(2));
        if (rows.integer_or_null(4) != rows.integer(3))
            faults.push_back({.code = "documents.proof.state_differs", .field = name});
        if (rows.integer(5) != 1 || rows.integer(6) != 1)
            faults.push_back({.code = "documents.proof.form_not_received", .field = name});
    }
    auto lost = db.query(
        R"sql(
        SELECT DISTINCT e.kind, e.series, e.serial
          FROM blank_event e
         WHERE NOT EXISTS (SELECT 1 FROM blank_use u
                            WHERE u.kind = e.kind AND u.series = e.series AND u.serial = e.serial)
         ORDER BY e.kind, e.series, e.serial
         LIMIT 10000)sql"
    );
    while (lost.next())
        faults.push_back(
            {.code = "documents.proof.form_gone",
             .field = fmt::format("form/{}/{}{}", lost.text(0), lost.text(1), lost.integer(2))}
        );
    return faults;
}

}  // namespace thien_an::documents

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/documents/form_stock.h"

namespace thien_an::documents {
namespace {

using identity::AgencyId;
using storage::Reader;

BlankStep::What what_of(BlankState state)
{
    switch (state) {
    case BlankState::in_stock: return BlankStep::What::received;
    case BlankState::issued: return BlankStep::What::issued;
    case BlankState::spoiled: return BlankStep::What::spoiled;
    case BlankState::destroyed: return BlankStep::What::destroyed;
    case BlankState::lost: return BlankStep::What::lost;
    }
    throw std::logic_error("BlankState outside its enumerators");
}

/// Forms in the agency's hands and not used, from what it holds.
std::int64_t counted_of(Reader& db, AgencyId agency, std::string_view kind)
{
    auto rows = db.query(
        R"sql(
        SELECT CAST(coalesce(sum(o.last_serial - o.first_serial + 1), 0) AS BIGINT),
               CAST(coalesce(sum((SELECT count(*) FROM blank_use u
                                   WHERE u.kind = o.kind AND u.series = o.series
                                     AND u.serial BETWEEN o.first_serial AND o.last_serial)), 0) AS BIGINT)
          FROM blank_holding o
         WHERE o.agency = ?1 AND o.kind = ?2 AND o.hand_over = 0)sql",
        agency,
        kind
    );
    return rows.next() ? rows.integer(0) - rows.integer(1) : 0;
}

std::int64_t on_the_way_from(Reader& db, AgencyId agency, std::string_view kind)
{
    auto rows = db.query(
        R"sql(
        SELECT CAST(coalesce(sum(last_serial - first_serial + 1), 0) AS BIGINT)
          FROM blank_holding
         WHERE agency = ?1 AND kind = ?2 AND hand_over <> 0)sql",
        agency,
        kind
    );
    return rows.next() ? rows.integer(0) : 0;
}

double used_per_week(Reader& db, AgencyId agency, std::string_view kind, Instant now)
{
    auto rows = db.query(
        "SELECT count(*) FROM blank_event WHERE agency = ?1 AND kind = ?2 AND state = 1 AND at > ?3",
        agency,
        kind,
        now - std::chrono::weeks(weeks_looked_at)
    );
    return rows.next() ? double(rows.integer(0)) / weeks_looked_at : 0;
}

std::vector<std::string> kinds_of(Reader& db)
{
    auto rows = db.query("SELECT DISTINCT kind FROM blank_receipt ORDER BY kind LIMIT 100");
    std::vector<std::string> out;
    while (rows.next()) out.push_back(rows.text(0));
    return out;
}

/// Holdings that lie over one another, or that are not as many as was received.
std::vector<Problem> wrong_ranges(Reader& db)
{
    std::vector<Problem> faults;
    auto doubled = db.query(
        R"sql(
        SELECT a.kind, a.series, a.first_serial
          FROM blank_holding a
          JOIN blank_holding b ON b.kind = a.kind AND b.series = a.series AND b.id <> a.id
                              AND b.first_serial <= a.last_serial AND b.last_serial >= a.first_serial
                              AND b.first_serial >= a.first_serial
         ORDER BY a.kind, a.series, a.first_serial
         LIMIT 100)sql"
    );
    while (doubled.next())
        faults.push_back(
            {.code = "documents.proof.form_in_two_stocks",
             .field = fmt::format("form/{}/{}{}", doubled.text(0), doubled.text(1), doubled.integer(2))}
        );
    auto sums = db.query(
        R"sql(
        SELECT r.kind, r.series, CAST(sum(r.last_serial - r.first_serial + 1) AS BIGINT),
               CAST(coalesce((SELECT sum(o.last_serial - o.first_serial + 1)
                                FROM blank_holding o
                               WHERE o.kind = r.kind AND o.series = r.series), 0) AS BIGINT)
          FROM blank_receipt r
         GROUP BY r.kind, r.series
         ORDER BY r.kind, r.series
         LIMIT 10000)sql"
    );
    while (sums.next())
        if (sums.integer(2) != sums.integer(3))
            faults.push_back(
                {.code = "documents.proof.form_nowhere",
                 .field = fmt::format("form/{}/{}", sums.text(0), sums.text(1))}
            );
    return faults;
}

}  // namespace

std::vector<identity::Agency> receivers_of(Reader& db, AgencyId from, Day day)
{
    constexpr int agencies_max = 1000;
    std::vector<identity::Agency> out;
    for (auto& agency : identity::search_agencies(db, "", day, agencies_max))
        if (may_hand_over(db, from, agency.id, day)) out.push_back(std::move(agency));
    std::sort(out.begin(), out.end(), [](const identity::Agency& a, const identity::Agency& b) {
        return a.name_vi < b.name_vi;
    });
    return out;
}

std::vector<BlankStep> path_of(Reader& db, const Blank& blank)
{
    auto rows = db.query(
        R"sql(
        SELECT what, at, agency, other, party, post, words, id
          FROM (SELECT 0 AS what, received_at AS at, agency, 0 AS other, party, post, minutes AS words, id
                  FROM blank_receipt
                 WHERE kind = ?1 AND series = ?2 AND first_serial <= ?3 AND last_serial >= ?3
                UNION ALL
                SELECT 10, sent_at, from_agency, to_agency, sent_party, sent_post, minutes, id
                  FROM blank_hand_over
                 WHERE kind = ?1 AND series = ?2 AND first_serial <= ?3 AND last_serial >= ?3
                UNION ALL
                SELECT CASE WHEN a.agency = h.to_agency THEN 11 ELSE 12 END, a.at, a.agency, 0, a.party, a.post,
                       a.words, a.id
                  FROM blank_arrival a
                  JOIN blank_hand_over h ON h.id = a.hand_over
                 WHERE h.kind = ?1 AND h.series = ?2 AND a.first_serial <= ?3 AND a.last_serial >= ?3
                UNION ALL
                SELECT state, at, agency, 0, party, post, reason, id
                  FROM blank_event
                 WHERE kind = ?1 AND series = ?2 AND serial = ?3) AS steps
         ORDER BY at, id
         LIMIT 1000)sql",
        blank.kind,
        blank.series,
        blank.serial
    );
    std::vector<BlankStep> path;
    while (rows.next()) {
        const auto what = rows.integer(0);
        path.push_back(
            {.what = what == 10   ? BlankStep::What::sent
                     : what == 11 ? BlankStep::What::arrived
                     : what == 12 ? BlankStep::What::taken_back
                                  : what_of(BlankState(what)),
             .at = rows.instant(1),
             .agency = rows.id<AgencyId>(2),
             .to = rows.id<AgencyId>(3),
             .party = rows.id<identity::PartyId>(4),
             .post = rows.id<identity::PostId>(5),
             .words = rows.text(6)}
        );
    }
    return path;
}

std::vector<AgencyStock> stock_of_all(Reader& db, std::string_view kind, Instant now)
{
    std::vector<AgencyId> agencies;
    auto rows = db.query(
        R"sql(
        SELECT agency FROM blank_receipt WHERE kind = ?1
        UNION
        SELECT to_agency FROM blank_hand_over WHERE kind = ?1
        ORDER BY 1
        LIMIT 2000)sql",
        kind
    );
    while (rows.next()) agencies.push_back(rows.id<AgencyId>(0));
    std::vector<AgencyStock> out;
    for (const auto agency : agencies)
        out.push_back(
            {.agency = agency,
             .balance = balance_of(db, agency, kind),
             .counted = counted_of(db, agency, kind),
             .on_the_way = on_the_way_from(db, agency, kind),
             .per_week = used_per_week(db, agency, kind, now)}
        );
    return out;
}

std::vector<Problem> check_stock(Reader& db)
{
    auto faults = wrong_ranges(db);
    for (const auto& kind : kinds_of(db))
        for (const auto& stock : stock_of_all(db, kind, Instant{}))
            if (stock.balance.in_stock() != stock.counted)
                faults.push_back(
                    {.code = "documents.proof.stock_differs",
                     .field = fmt::format("stock/{}/{}", kind, stock.agency.value)}
                );
    return faults;
}

}  // namespace thien_an::documents

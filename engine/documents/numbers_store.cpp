#include <fmt/format.h>

#include "engine/documents/numbers.h"

namespace thien_an::documents {

using storage::Reader;
using storage::Writer;

std::optional<NumberSeriesId> find_series(
    Reader& db, identity::AgencyId agency, std::string_view series, int year
)
{
    auto rows = db.query(
        "SELECT id FROM number_series WHERE agency = ?1 AND series = ?2 AND year = ?3", agency, series, year
    );
    if (!rows.next()) return std::nullopt;
    return rows.id<NumberSeriesId>(0);
}

NumberSeriesId open_series(
    Writer& db,
    const identity::Act& act,
    identity::AgencyId agency,
    std::string_view series,
    int year,
    std::int64_t last_number
)
{
    // Two who open it at once: the second insert does nothing and both read the same row.
    db.execute(
        R"sql(
        INSERT INTO number_series (id, agency, series, year, last_number, taken_over) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
            ON CONFLICT (agency, series, year) DO NOTHING)sql",
        act.ids.next(),
        agency,
        series,
        year,
        last_number
    );
    const auto id = find_series(db, agency, series, year);
    if (!id) throw storage::StorageError("number series not found after insert");
    return *id;
}

storage::Lock lock_of(NumberSeriesId series) { return {"number_series", series.value}; }

Result<std::int64_t> take_number(
    Writer& db, const identity::Act& act, NumberSeriesId series, const Subject& subject
)
{
    std::int64_t number = 0;
    {
        auto rows = db.query(
            "UPDATE number_series SET last_number = last_number + 1 WHERE id = ?1 RETURNING last_number",
            series
        );
        if (!rows.next()) return Problem{.code = "documents.no_such_series"};
        number = rows.integer(0);
    }
    db.execute(
        R"sql(
        INSERT INTO legal_number (series, number, subject, subject_id, taken_at) VALUES (?1, ?2, ?3, ?4, ?5))sql",
        series,
        number,
        subject.kind,
        subject.id,
        act.now
    );
    return number;
}

std::vector<TakenNumber> numbers_of(Reader& db, NumberSeriesId series, std::int64_t after, int limit)
{
    auto rows = db.query(
        R"sql(
        SELECT number, subject, subject_id, taken_at
          FROM legal_number
         WHERE series = ?1 AND number > ?2
         ORDER BY number
         LIMIT ?3)sql",
        series,
        after,
        limit
    );
    std::vector<TakenNumber> out;
    while (rows.next()) out.push_back({rows.integer(0), {rows.text(1), rows.integer(2)}, rows.instant(3)});
    return out;
}

std::vector<Problem> check_numbers(Reader& db)
{
    std::vector<Problem> faults;
    auto rows = db.query(
        R"sql(
        SELECT s.id, s.taken_over, s.last_number, count(n.number), min(n.number), max(n.number)
          FROM number_series s LEFT JOIN legal_number n ON n.series = s.id
         GROUP BY s.id, s.taken_over, s.last_number
         ORDER BY s.id
         LIMIT 1000000)sql"
    );
    while (rows.next()) {
        const auto name = fmt::format("number_series/{}", rows.integer(0));
        const auto before = rows.integer(1);
        const auto count = rows.integer(3);
        const auto first = rows.integer_or_null(4).value_or(before + 1);
        const auto last = rows.integer_or_null(5).value_or(before);
        if (first != before + 1 || last - before != count)
            faults.push_back({.code = "documents.proof.number_missing", .field = name});
        if (last != rows.integer(2))
            faults.push_back({.code = "documents.proof.last_number_differs", .field = name});
    }
    return faults;
}

}  // namespace thien_an::documents

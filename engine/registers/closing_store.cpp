#include <algorithm>

#include "engine/crypto/cms.h"
#include "engine/crypto/hash.h"
#include "engine/documents/credentials.h"
#include "engine/identity/agencies.h"
#include "engine/identity/audit.h"
#include "engine/registers/closing.h"
#include "engine/registers/leases.h"

namespace thien_an::registers {
namespace {

Problem problem(std::string code) { return {.code = std::move(code), .field = "", .law = ""}; }

struct SeriesRow {
    std::string register_id;
    AgencyId agency;
    std::int64_t year = 0;
    std::int64_t length = 0;
    std::optional<Day> closed_on;
};

SeriesRow read_series(storage::Reader& db, SeriesId id)
{
    auto rows =
        db.query("SELECT register, agency, year, length, closed_on FROM register_series WHERE id = ?1", id);
    if (!rows.next()) throw std::logic_error("no such series of numbers");
    return {rows.text(0), rows.id<AgencyId>(1), rows.integer(2), rows.integer(3), rows.day_or_null(4)};
}

void insert_closing(
    storage::Writer& db, std::int64_t id, SeriesId series, std::int64_t length, const Closing& c
)
{
    const auto& f = c.figures;
    db.execute(
        R"sql(
        INSERT INTO register_closing (id, series, book, closed_at, closed_on, party, post, first_number, last_number,
                                      entries, in_force, notes, pages_used, length, digest, signature)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16))sql",
        id,
        series,
        f.book,
        c.closed_at,
        f.closed_on,
        c.party,
        c.post,
        f.first_number,
        f.last_number,
        f.entries,
        f.in_force,
        f.notes,
        f.pages_used,
        length,
        c.digest,
        c.signature
    );
}

/// The signature of whoever closes, where the key is held on this server.
Bytes signed_by(storage::Reader& db, const Act& act, const crypto::KeyRing& keys, ByteView digest)
{
    auto credential = documents::find_credential(db, {"party", act.actor.party.value}, act.now);
    if (!credential) return {};
    const auto signer = crypto::server_signer(keys, std::move(credential).value());
    if (!signer) return {};
    auto cms = crypto::sign_detached(*signer.value(), crypto::sha256(digest));
    return cms ? std::move(cms).value() : Bytes{};
}

}  // namespace

SeriesId find_series(storage::Reader& db, std::string_view register_id, AgencyId agency, std::int64_t year)
{
    auto rows = db.query(
        "SELECT id FROM register_series WHERE register = ?1 AND agency = ?2 AND year = ?3",
        register_id,
        agency,
        year
    );
    return rows.next() ? rows.id<SeriesId>(0) : SeriesId{};
}

std::optional<Day> closed_on(storage::Reader& db, SeriesId series)
{
    return read_series(db, series).closed_on;
}

std::vector<std::int64_t> book_years(storage::Reader& db, std::string_view register_id, AgencyId agency)
{
    auto rows = db.query(
        "SELECT year FROM register_series WHERE register = ?1 AND agency = ?2 ORDER BY year DESC LIMIT 300",
        register_id,
        agency
    );
    std::vector<std::int64_t> years;
    while (rows.next()) years.push_back(rows.integer(0));
    return years;
}

Day closing_day(storage::Reader& db, const Register& reg, AgencyId agency, std::int64_t year)
{
    using namespace std::chrono;
    const Day at_year_end{
        std::chrono::year{int(year)} / month{reg.book.closing_month} / day{reg.book.closing_day}};
    return std::min(at_year_end, identity::ended_on(db, agency).value_or(at_year_end));
}

std::vector<BookFigures> books_of(storage::Reader& db, SeriesId series)
{
    auto rows = db.query(
        R"sql(
        SELECT b.id, b.number, b.opened_on, b.closed_on, b.pages,
               coalesce(min(e.number), 0), coalesce(max(e.number), 0), count(e.id), coalesce(sum(s.in_force), 0),
               (SELECT count(*) FROM register_note n JOIN register_entry o ON o.id = n.entry
                 WHERE o.book = b.id AND n.kind <> 'completion'),
               coalesce(max(e.page), 0)
          FROM register_book b
          LEFT JOIN register_entry e ON e.book = b.id AND e.series = b.series
          LEFT JOIN register_state s ON s.entry = e.id
         WHERE b.series = ?1
         GROUP BY b.id, b.number, b.opened_on, b.closed_on, b.pages
         ORDER BY b.number
         LIMIT 10000)sql",
        series
    );
    std::vector<BookFigures> out;
    while (rows.next())
        out.push_back(
            {.book = rows.integer(0),
             .number = rows.integer(1),
             .opened_on = rows.day(2),
             .closed_on = rows.day_or_null(3),
             .first_number = rows.integer(5),
             .last_number = rows.integer(6),
             .entries = rows.integer(7),
             .in_force = rows.integer(8),
             .notes = rows.integer(9),
             .pages = rows.integer(4),
             .pages_used = rows.integer(10)}
        );
    return out;
}

std::vector<Closing> closings_of(storage::Reader& db, SeriesId series)
{
    auto rows = db.query(
        R"sql(
        SELECT c.book, b.number, b.opened_on, c.closed_on, c.first_number, c.last_number, c.entries, c.in_force,
               c.notes, b.pages, c.pages_used, c.closed_at, c.party, c.post, c.digest, c.signature
          FROM register_closing c
          JOIN register_book b ON b.id = c.book
         WHERE c.series = ?1
         ORDER BY b.number
         LIMIT 10000)sql",
        series
    );
    std::vector<Closing> out;
    while (rows.next())
        out.push_back(
            {.figures =
                 {.book = rows.integer(0),
                  .number = rows.integer(1),
                  .opened_on = rows.day(2),
                  .closed_on = rows.day(3),
                  .first_number = rows.integer(4),
                  .last_number = rows.integer(5),
                  .entries = rows.integer(6),
                  .in_force = rows.integer(7),
                  .notes = rows.integer(8),
                  .pages = rows.integer(9),
                  .pages_used = rows.integer(10)},
             .closed_at = rows.instant(11),
             .party = rows.id<identity::PartyId>(12),
             .post = rows.id<identity::PostId>(13),
             .digest = rows.bytes(14),
             .signature = rows.bytes(15)}
        );
    return out;
}

Bytes closing_digest(storage::Reader& db, SeriesId series, const BookFigures& f, std::int64_t length)
{
    const auto of = read_series(db, series);
    std::string text = json::canonical(json::object{
        {"register", of.register_id},
        {"agency", of.agency.value},
        {"year", of.year},
        {"book", f.number},
        {"closed_on", f.closed_on ? json::value(iso(*f.closed_on)) : json::value()},
        {"first_number", f.first_number},
        {"last_number", f.last_number},
        {"entries", f.entries},
        {"in_force", f.in_force},
        {"notes", f.notes},
        {"pages_used", f.pages_used},
        {"length", length}});
    // The hashes of the chain cover what the entries say, and the notes made up to then.
    for (const auto* table : {"register_entry", "register_note"}) {
        const bool notes = std::string_view(table) == "register_note";
        auto rows = db.query_all(
            notes ? "SELECT n.hash FROM register_note n JOIN register_entry e ON e.id = n.entry "
                    "WHERE e.book = ?1 AND n.link <= ?2 ORDER BY n.link LIMIT 10000000"
                  : "SELECT hash FROM register_entry WHERE book = ?1 AND link <= ?2 ORDER BY link LIMIT "
                    "10000000",
            std::array{storage::Value{f.book}, storage::Value{length}}
        );
        while (rows.next()) text += "\n" + hex(rows.bytes(0));
    }
    const auto digest = crypto::sha256(text);
    return {digest.begin(), digest.end()};
}

Result<std::vector<Closing>> close_books(
    storage::Writer& db, const Act& act, const crypto::KeyRing& keys, const Register& reg, SeriesId series
)
{
    const auto of = read_series(db, series);
    if (of.closed_on) return problem("registers.closed_already");
    TRY(may_write(db, of.agency));
    if (const auto from = closing_day(db, reg, of.agency, of.year); act.today() < from) {
        auto early = problem("registers.too_early_to_close");
        early.words = {{"from", shown(from)}};
        return early;
    }
    auto books = books_of(db, series);
    if (books.empty()) return problem("registers.nothing_to_close");
    std::vector<Closing> closings;
    for (auto& figures : books) {
        // A book that was full is counted with its year; the day it was full stays with the book.
        figures.closed_on = act.today();
        Closing one{
            .figures = figures, .closed_at = act.now, .party = act.actor.party, .post = act.actor.post};
        one.digest = closing_digest(db, series, figures, of.length);
        one.signature = signed_by(db, act, keys, one.digest);
        insert_closing(db, act.ids.next(), series, of.length, one);
        closings.push_back(std::move(one));
    }
    db.execute(
        "UPDATE register_book SET closed_on = ?2 WHERE series = ?1 AND closed_on IS NULL", series, act.today()
    );
    db.execute("UPDATE register_series SET closed_on = ?2 WHERE id = ?1", series, act.today());
    identity::audit(
        db,
        act,
        {.what = "register.close",
         .subject = "register",
         .about = {},
         .agency = of.agency,
         .reason = "",
         .detail = {{"register", of.register_id}, {"year", of.year}, {"books", closings.size()}}}
    );
    return closings;
}

std::vector<std::int64_t> broken_closings(storage::Reader& db, SeriesId series)
{
    auto rows = db.query("SELECT length FROM register_closing WHERE series = ?1 ORDER BY id LIMIT 1", series);
    if (!rows.next()) return {};
    const auto length = rows.integer(0);
    std::vector<std::int64_t> broken;
    for (const auto& one : closings_of(db, series)) {
        const bool same = closing_digest(db, series, one.figures, length) == one.digest;
        const bool genuine =
            one.signature.empty() || crypto::check_detached(one.signature, one.digest).genuine;
        if (!same || !genuine) broken.push_back(one.figures.number);
    }
    return broken;
}

}  // namespace thien_an::registers

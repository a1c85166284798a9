#include <algorithm>
#include <array>

#include "engine/identity/permissions.h"
#include "engine/registers/old_books.h"

namespace thien_an::registers {
namespace {

/// Books of agencies where the actor has the right, with its values.
struct Sight {
    std::string sql;
    std::vector<storage::Value> values;
};
Sight sight_of(
    storage::Reader& db, const Actor& actor, Day today, const std::vector<std::string_view>& rights
)
{
    Sight sight{"(", {}};
    for (const auto right : rights) {
        const auto one = identity::visible(
            db,
            actor,
            right,
            today,
            int(sight.values.size()) + 1,
            {.agency = "b.agency", .owner = "", .sealed = ""}
        );
        if (sight.sql.size() > 1) sight.sql += " OR ";
        sight.sql += one.sql;
        for (const auto v : one.values) sight.values.emplace_back(v);
    }
    sight.sql += ")";
    return sight;
}

std::string_view right_of(OldWork work)
{
    switch (work) {
    case OldWork::type: return "old_books.type";
    case OldWork::decide: return "old_books.decide";
    case OldWork::accept: return "old_books.accept";
    }
    throw std::logic_error("OldWork outside its enumerators");
}

/// What makes a page one of this work; PARTY stands for the actor's party.
std::string condition_of(OldWork work, const std::string& party)
{
    const std::string typed_by_me =
        "EXISTS (SELECT 1 FROM old_typing t WHERE t.page = p.id AND t.party = " + party;
    const std::string decided_by_me =
        "EXISTS (SELECT 1 FROM old_decision d WHERE d.page = p.id AND d.party = " + party + ")";
    switch (work) {
    case OldWork::type:
        return "(" + typed_by_me + " AND t.finished_at IS NULL) OR (NOT " + typed_by_me +
               ") AND (SELECT count(*) FROM old_typing t WHERE t.page = p.id) < 2))";
    case OldWork::decide: return "p.open > 0 AND NOT " + typed_by_me + ")";
    case OldWork::accept: return "p.open = 0 AND NOT " + typed_by_me + ") AND NOT " + decided_by_me;
    }
    throw std::logic_error("OldWork outside its enumerators");
}

}  // namespace

std::vector<OldProgress> old_books(storage::Reader& db, const Actor& actor, Day today, int limit)
{
    auto sight = sight_of(db, actor, today, {"old_books.type", "old_books.decide", "old_books.accept"});
    sight.values.emplace_back(std::int64_t(limit));
    auto rows = db.query_all(
        "SELECT b.id, b.register, b.agency, b.year, b.number, b.notation, b.pages, b.series, b.book, "
        "(SELECT count(*) FROM old_page p WHERE p.book = b.id), "
        "(SELECT count(*) FROM old_page p WHERE p.book = b.id AND p.open IS NOT NULL), "
        "(SELECT count(*) FROM old_page p WHERE p.book = b.id AND p.open > 0), "
        "(SELECT count(*) FROM old_page p WHERE p.book = b.id AND p.open = 0 AND p.accepted_at IS NULL), "
        "(SELECT count(*) FROM old_page p WHERE p.book = b.id AND p.accepted_at IS NOT NULL), "
        "(SELECT count(*) FROM old_entry e JOIN old_page p ON p.id = e.page WHERE p.book = b.id) "
        "FROM old_book b WHERE " +
            sight.sql + " ORDER BY b.id DESC LIMIT ?" + std::to_string(sight.values.size()),
        sight.values
    );
    std::vector<OldProgress> out;
    while (rows.next())
        out.push_back(
            {.book =
                 {.id = rows.id<OldBookId>(0),
                  .register_id = rows.text(1),
                  .about =
                      {.agency = rows.id<AgencyId>(2),
                       .year = rows.integer(3),
                       .number = rows.integer(4),
                       .notation = rows.text(5),
                       .pages = rows.integer(6)},
                  .series = rows.id<SeriesId>(7),
                  .book = rows.integer(8)},
             .scanned = rows.integer(9),
             .typed = rows.integer(10),
             .to_decide = rows.integer(11),
             .to_accept = rows.integer(12),
             .accepted = rows.integer(13),
             .entries = rows.integer(14)}
        );
    return out;
}

std::optional<OldPageId> next_page(storage::Reader& db, const Actor& actor, Day today, OldWork work)
{
    auto sight = sight_of(db, actor, today, {right_of(work)});
    sight.values.emplace_back(actor.party.value);
    const auto party = "?" + std::to_string(sight.values.size());
    auto rows = db.query_all(
        "SELECT p.id FROM old_page p JOIN old_book b ON b.id = p.book WHERE " + sight.sql +
            " AND p.accepted_at IS NULL AND (" + condition_of(work, party) +
            ") ORDER BY CASE WHEN EXISTS (SELECT 1 FROM old_typing t WHERE t.page = p.id AND t.party = " +
            party + ") THEN 0 ELSE 1 END, b.id, p.number LIMIT 1",
        sight.values
    );
    return rows.next() ? std::optional(rows.id<OldPageId>(0)) : std::nullopt;
}

std::vector<std::int64_t> paper_years(storage::Reader& db, std::string_view register_id)
{
    auto rows = db.query(
        "SELECT DISTINCT year FROM register_series WHERE register = ?1 AND last_number > 0 ORDER BY year "
        "DESC LIMIT 200",
        paper_series(register_id)
    );
    std::vector<std::int64_t> out;
    while (rows.next()) out.push_back(rows.integer(0));
    return out;
}

}  // namespace thien_an::registers

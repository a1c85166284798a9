#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "engine/identity/permissions.h"
#include "engine/registers/old_books.h"
#include "engine/registers/old_quality.h"

namespace thien_an::registers {
namespace {

using Key = std::pair<std::int64_t, std::string>;  ///< Party and field.

/// Counts of one page, by person and field.
class Count {
public:
    void add(identity::PartyId party, const std::string& field, bool wrong)
    {
        auto& one = figures_[{party.value, field}];
        one.party = party;
        one.field = field;
        ++one.compared;
        one.wrong += wrong ? 1 : 0;
    }
    std::vector<OldFigure> all() const
    {
        std::vector<OldFigure> out;
        for (const auto& [key, one] : figures_) out.push_back(one);
        return out;
    }

private:
    std::map<Key, OldFigure> figures_;
};

void count_entry(const PageComparison& page, const Line& line, Count& count)
{
    const std::string field(there_field);
    const bool is_there = !page.dropped(line);
    count.add(page.typings[0].party, field, line.first.has_value() != is_there);
    count.add(page.typings[1].party, field, line.second.has_value() != is_there);
    count.add({}, field, !line.both());
}

std::vector<OldFigure> kept_figures(storage::Reader& db, OldPageId page)
{
    auto rows =
        db.query("SELECT party, field, compared, wrong FROM old_figure WHERE page = ?1 LIMIT 1000", page);
    std::vector<OldFigure> out;
    while (rows.next())
        out.push_back({rows.id<identity::PartyId>(0), rows.text(1), rows.integer(2), rows.integer(3)});
    return out;
}

std::set<std::string> told(const std::vector<OldFigure>& figures)
{
    std::set<std::string> out;
    for (const auto& one : figures)
        out.insert(
            std::to_string(one.party.value) + " " + one.field + " " + std::to_string(one.compared) + " " +
            std::to_string(one.wrong)
        );
    return out;
}

std::int64_t entries_of(storage::Reader& db, OldPageId page)
{
    auto rows = db.query("SELECT count(*) FROM old_entry WHERE page = ?1", page);
    return rows.next() ? rows.integer(0) : 0;
}

bool differs(storage::Reader& db, const crypto::KeyRing& keys, const Register& reg, const OldPage& page)
{
    if (!page.compared()) return page.mismatches != 0 || page.open != 0 || page.accepted_at.has_value();
    const auto compared = compare_page(db, keys, reg, page);
    if (!compared) return true;
    const auto& all = compared.value();
    const auto open = std::count_if(all.found.begin(), all.found.end(), [&](const Mismatch& one) {
        return one.likeness == Likeness::differs && all.decision(one.line, one.field) == nullptr;
    });
    if (page.mismatches != std::int64_t(all.found.size()) || page.open != open) return true;
    if (!page.accepted_at) return entries_of(db, page.id) != 0;
    const auto kept = std::count_if(all.lines.begin(), all.lines.end(), [&](const Line& line) {
        return !all.dropped(line);
    });
    return entries_of(db, page.id) != kept || told(kept_figures(db, page.id)) != told(figures_of(reg, all));
}

}  // namespace

std::vector<OldFigure> figures_of(const Register& reg, const PageComparison& page)
{
    Count count;
    const auto fields = compared_fields(reg);
    const auto wrong = [&](const std::string& field, const std::string& typed, const std::string& accepted) {
        return likeness(reg, field, typed, accepted) == Likeness::differs;
    };
    for (const auto& line : page.lines) {
        count_entry(page, line, count);
        if (!line.both() || page.dropped(line)) continue;
        for (const auto& field : fields) {
            const auto first = text_at(line.first->fields, field);
            const auto second = text_at(line.second->fields, field);
            const auto accepted = page.outcome(line, field);
            if (first.empty() && second.empty() && accepted.empty()) continue;
            count.add(page.typings[0].party, field, wrong(field, first, accepted));
            count.add(page.typings[1].party, field, wrong(field, second, accepted));
            count.add({}, field, wrong(field, first, second));
        }
    }
    return count.all();
}

void keep_figures(storage::Writer& db, OldPageId page, const std::vector<OldFigure>& figures)
{
    for (const auto& one : figures)
        db.execute(
            "INSERT INTO old_figure (page, party, field, compared, wrong) VALUES (?1, ?2, ?3, ?4, ?5)",
            page,
            one.party,
            one.field,
            one.compared,
            one.wrong
        );
}

std::vector<OldFigure> quality_of(storage::Reader& db, OldBookId book)
{
    auto rows = db.query(
        R"sql(
        SELECT f.party, f.field, CAST(sum(f.compared) AS BIGINT), CAST(sum(f.wrong) AS BIGINT)
          FROM old_figure f
          JOIN old_page p ON p.id = f.page
         WHERE p.book = ?1
         GROUP BY f.party, f.field
         ORDER BY f.party, f.field
         LIMIT 10000)sql",
        book
    );
    std::vector<OldFigure> out;
    while (rows.next())
        out.push_back({rows.id<identity::PartyId>(0), rows.text(1), rows.integer(2), rows.integer(3)});
    return out;
}

std::vector<OldPageId> differing_pages(storage::Reader& db, const crypto::KeyRing& keys, const Register& reg)
{
    std::vector<OldBookId> books;
    auto rows = db.query("SELECT id FROM old_book WHERE register = ?1 ORDER BY id LIMIT 100000", reg.id);
    while (rows.next()) books.push_back(rows.id<OldBookId>(0));
    std::vector<OldPageId> out;
    for (const auto book : books)
        for (const auto& page : pages_of(db, book))
            if (differs(db, keys, reg, page)) out.push_back(page.id);
    return out;
}

}  // namespace thien_an::registers

#include <algorithm>
#include <map>

#include "engine/base/vietnamese.h"
#include "engine/identity/reference_rows.h"
#include "engine/identity/units.h"

namespace thien_an::identity {
namespace {

constexpr int successor_steps_max = 8;

/// Reads code, kind, level, name_vi, name_en, short_name, parent, valid_from, valid_to, in that order.
Unit unit_from(const storage::Rows& row)
{
    return {
        .code = row.text(0),
        .kind = row.text(1),
        .level = UnitLevel(row.integer(2)),
        .name_vi = row.text(3),
        .name_en = row.text(4),
        .short_name = row.text(5),
        .parent = row.text(6),
        .validity = {.from = row.day(7), .to = row.day_or_null(8)}};
}

std::vector<Unit> all(storage::Rows rows)
{
    std::vector<Unit> found;
    while (rows.next()) found.push_back(unit_from(rows));
    return found;
}

std::optional<UnitLevel> level_of(std::string_view name)
{
    static const std::map<std::string_view, UnitLevel> levels{
        {"province", UnitLevel::province},
        {"district", UnitLevel::district},
        {"commune", UnitLevel::commune}};
    const auto found = levels.find(name);
    return found == levels.end() ? std::nullopt : std::optional(found->second);
}

/// Why the row cannot be kept; empty when it was.
std::string_view keep(storage::Writer& db, const json::value& row)
{
    const auto code = json::string_or(row, "code");
    const auto validity = validity_of(row);
    const auto level = level_of(json::string_or(row, "level"));
    const auto name = name_in(row, "name", "vi");
    if (code.empty()) return "code";
    if (!validity) return "valid_from";
    if (!level) return "level";
    if (name.empty()) return "name";
    db.execute(
        R"sql(
        INSERT INTO unit (code, valid_from, valid_to, kind, level, name_vi, name_en, short_name, parent, name_folded)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10))sql",
        code,
        validity->from,
        validity->to,
        json::string_or(row, "kind"),
        *level,
        name,
        name_in(row, "name", "en"),
        json::string_or(row, "short_name", name),
        json::string_or(row, "parent"),
        folded(name)
    );
    const auto* successors = rows_of(row, "successors");
    if (successors == nullptr || !validity->to) return "";
    for (const auto& successor : *successors)
        db.execute(
            R"sql(INSERT INTO unit_successor (code, ended_on, successor) VALUES (?1, ?2, ?3))sql",
            code,
            *validity->to,
            json::string_or(successor, "code")
        );
    return "";
}

}  // namespace

Result<Unit> unit_on(storage::Reader& db, std::string_view code, Day day)
{
    auto rows = db.query(
        R"sql(
        SELECT code, kind, level, name_vi, name_en, short_name, parent, valid_from, valid_to
          FROM unit
         WHERE code = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)
         LIMIT 1)sql",
        code,
        day
    );
    if (!rows.next()) return Problem{.code = "identity.no_such_unit", .field = "/unit", .law = ""};
    return unit_from(rows);
}

std::vector<Unit> unit_path(storage::Reader& db, std::string_view code, Day day)
{
    std::vector<Unit> path;
    std::string at(code);
    while (!at.empty() && path.size() < 3) {
        auto unit = unit_on(db, at, day);
        if (!unit) break;
        at = unit.value().parent;
        path.push_back(std::move(unit).value());
    }
    return path;
}

std::vector<Unit> units_below(storage::Reader& db, std::string_view parent, Day day)
{
    return all(db.query(
        R"sql(
        SELECT code, kind, level, name_vi, name_en, short_name, parent, valid_from, valid_to
          FROM unit
         WHERE parent = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)   -- index unit_parent
         ORDER BY name_folded, code
         LIMIT 500)sql",
        parent,
        day
    ));
}

std::vector<Unit> units_at(storage::Reader& db, UnitLevel level, Day day)
{
    return all(db.query(
        R"sql(
        SELECT code, kind, level, name_vi, name_en, short_name, parent, valid_from, valid_to
          FROM unit
         WHERE level = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)    -- index unit_level
         ORDER BY parent, name_folded, code
         LIMIT 1000)sql",
        level,
        day
    ));
}

std::vector<Unit> search_units(storage::Reader& db, std::string_view words, Day day, int limit)
{
    // A few hundred rows: ranked here, as the database cannot fold.
    auto units = all(db.query(
        R"sql(
        SELECT code, kind, level, name_vi, name_en, short_name, parent, valid_from, valid_to
          FROM unit
         WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1)
         ORDER BY level, name_folded, code
         LIMIT 2000)sql",
        day
    ));
    const auto wanted = folded(words);
    const auto rank = [&](const Unit& unit) {
        const int by_short = match(folded(unit.short_name), wanted);
        return by_short >= 0 ? by_short : match(folded(unit.name_vi), wanted);
    };
    std::vector<std::pair<int, Unit>> ranked;
    for (auto& unit : units)
        if (const int place = rank(unit); place >= 0) ranked.emplace_back(place, std::move(unit));
    std::ranges::stable_sort(ranked, {}, &std::pair<int, Unit>::first);
    std::vector<Unit> found;
    for (auto& [place, unit] : ranked)
        if (found.size() < std::size_t(std::max(limit, 0))) found.push_back(std::move(unit));
    return found;
}

std::vector<std::string> units_after(storage::Reader& db, std::string_view code, Day day)
{
    std::vector<std::string> in_force;
    std::vector<std::string> open{std::string(code)};
    for (int step = 0; step < successor_steps_max && !open.empty(); ++step) {
        std::vector<std::string> next;
        for (const auto& one : open) {
            if (unit_on(db, one, day)) {
                in_force.push_back(one);
                continue;
            }
            auto rows = db.query(
                R"sql(SELECT successor FROM unit_successor WHERE code = ?1 AND ended_on <= ?2
                       ORDER BY ended_on DESC, successor LIMIT 20)sql",
                one,
                day
            );
            while (rows.next()) next.push_back(rows.text(0));
        }
        open = std::move(next);
    }
    std::ranges::sort(in_force);
    in_force.erase(std::ranges::unique(in_force).begin(), in_force.end());
    return in_force;
}

Result<Done> import_units(storage::Writer& db, const json::value& units)
{
    const auto* rows = rows_of(units, "units");
    if (rows == nullptr) return bad_row("identity.bad_units", 0, "units");
    db.execute("DELETE FROM unit_successor");
    db.execute("DELETE FROM unit");
    for (std::size_t i = 0; i < rows->size(); ++i)
        if (const auto reason = keep(db, (*rows)[i]); !reason.empty())
            return bad_row("identity.bad_units", i + 1, reason);
    return Done{};
}

}  // namespace thien_an::identity

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/vietnamese.h"
#include "engine/identity/agencies.h"
#include "engine/identity/reference_rows.h"

namespace thien_an::identity {
namespace {

constexpr int levels_max = 8;           // of the tree of agencies
constexpr int successor_steps_max = 8;  // of changes one after another

/// Reads id, key, code, unit, kind, level, name_vi, name_en, short_name, parent, desk_vi, desk_en, address,
/// phone, valid_from, valid_to, in that order.
Agency agency_from(const storage::Rows& row)
{
    return {
        .id = row.id<AgencyId>(0),
        .key = row.text(1),
        .code = row.text(2),
        .unit = row.text(3),
        .kind = row.text(4),
        .level = UnitLevel(row.integer(5)),
        .name_vi = row.text(6),
        .name_en = row.text(7),
        .short_name = row.text(8),
        .parent = row.id<AgencyId>(9),
        .desk_vi = row.text(10),
        .desk_en = row.text(11),
        .address = row.text(12),
        .phone = row.text(13),
        .validity = {.from = row.day(14), .to = row.day_or_null(15)}};
}

std::vector<Agency> all(storage::Rows rows)
{
    std::vector<Agency> found;
    while (rows.next()) found.push_back(agency_from(rows));
    return found;
}

Result<Agency> first(storage::Rows rows)
{
    if (!rows.next()) return Problem{.code = "identity.no_such_agency", .field = "/agency", .law = ""};
    return agency_from(rows);
}

/// A row of the file on its way in.
struct Version {
    AgencyId agency;
    AgencyId parent;
    Validity validity;
};

std::optional<UnitLevel> level_of(std::string_view name)
{
    static const std::map<std::string_view, UnitLevel> levels{
        {"province", UnitLevel::province},
        {"district", UnitLevel::district},
        {"commune", UnitLevel::commune}};
    const auto found = levels.find(name);
    return found == levels.end() ? std::nullopt : std::optional(found->second);
}

std::map<std::string, AgencyId> known_agencies(storage::Reader& db)
{
    std::map<std::string, AgencyId> known;
    auto rows = db.query("SELECT key, id FROM agency LIMIT 100000");
    while (rows.next()) known[rows.text(0)] = rows.id<AgencyId>(1);
    return known;
}

/// Ids of all agencies the file names; new ones get theirs.
std::map<std::string, AgencyId> with_new(storage::Writer& db, IdSource& ids, const json::array& rows)
{
    auto known = known_agencies(db);
    for (const auto& row : rows) {
        const auto key = json::string_or(row, "id");
        if (key.empty() || known.contains(key)) continue;
        const auto id = ids.next_as<struct AgencyTag>();
        known[key] = id;
        db.execute("INSERT INTO agency (id, key) VALUES (?1, ?2)", id, key);
    }
    return known;
}

void insert_version(storage::Writer& db, const json::value& row, const Version& version, UnitLevel level)
{
    const auto name = name_in(row, "name", "vi");
    db.execute(
        R"sql(
        INSERT INTO agency_version (agency, valid_from, valid_to, code, unit, kind, level, name_vi, name_en,
                                    short_name, parent, desk_vi, desk_en, address, phone, name_folded)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16))sql",
        version.agency,
        version.validity.from,
        version.validity.to,
        json::string_or(row, "code"),
        json::string_or(row, "unit"),
        json::string_or(row, "kind"),
        level,
        name,
        name_in(row, "name", "en"),
        json::string_or(row, "short_name"),
        version.parent,
        name_in(row, "one_stop_desk", "vi"),
        name_in(row, "one_stop_desk", "en"),
        json::string_or(row, "address"),
        json::string_or(row, "phone"),
        folded(name)
    );
}

/// Keeps the row; Problem reason in `reason` when it cannot.
std::optional<Version> keep(
    storage::Writer& db,
    const json::value& row,
    const std::map<std::string, AgencyId>& known,
    std::string& reason
)
{
    const auto validity = validity_of(row);
    const auto level = level_of(json::string_or(row, "level"));
    const auto parent = json::string_or(row, "parent");
    const auto id = known.find(json::string_or(row, "id"));
    if (id == known.end()) reason = "id";
    if (!validity) reason = "valid_from";
    if (!level) reason = "level";
    if (name_in(row, "name", "vi").empty()) reason = "name";
    if (json::string_or(row, "code").empty()) reason = "code";
    if (!parent.empty() && !known.contains(parent)) reason = "parent";
    if (!reason.empty()) return std::nullopt;
    const Version version{
        .agency = id->second,
        .parent = parent.empty() ? AgencyId{} : known.at(parent),
        .validity = *validity};
    insert_version(db, row, version, *level);
    const auto* successors = rows_of(row, "successors");
    if (successors == nullptr) return version;
    for (const auto& successor : *successors) {
        const auto other = known.find(json::string_or(successor, "id"));
        if (other == known.end() || other->second == version.agency) continue;
        db.execute(
            "INSERT INTO agency_successor (agency, successor) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            version.agency,
            other->second
        );
    }
    return version;
}

/// The days both cover; nothing when there are none.
std::optional<Validity> both(const Validity& a, const Validity& b)
{
    Validity common{.from = std::max(a.from, b.from), .to = a.to};
    if (b.to && (!common.to || *b.to < *common.to)) common.to = b.to;
    if (common.to && *common.to <= common.from) return std::nullopt;
    return common;
}

/// Fills agency_below: for every version the chain of versions above it, for the days all of them cover.
void write_tree(storage::Writer& db, const std::vector<Version>& versions)
{
    std::multimap<AgencyId, const Version*> by_agency;
    for (const auto& version : versions) by_agency.emplace(version.agency, &version);
    struct Step {
        AgencyId above;
        AgencyId parent;
        Validity validity;
    };
    for (const auto& version : versions) {
        std::vector<Step> open{{version.agency, version.parent, version.validity}};
        for (int level = 0; level < levels_max && !open.empty(); ++level) {
            std::vector<Step> next;
            for (const auto& step : open) {
                db.execute(
                    R"sql(INSERT INTO agency_below (above, below, valid_from, valid_to) VALUES (?1, ?2, ?3, ?4)
                          ON CONFLICT DO NOTHING)sql",
                    step.above,
                    version.agency,
                    step.validity.from,
                    step.validity.to
                );
                const auto [begin, end] = by_agency.equal_range(step.parent);
                for (auto it = begin; it != end; ++it)
                    if (const auto days = both(step.validity, it->second->validity))
                        next.push_back({step.parent, it->second->parent, *days});
            }
            open = std::move(next);
        }
    }
}

/// The day after the agency's last one; nothing when it goes on.
std::map<AgencyId, std::optional<Day>> ends_of(const std::vector<Version>& versions)
{
    std::map<AgencyId, std::optional<Day>> ends;
    for (const auto& version : versions) {
        const auto [found, fresh] = ends.emplace(version.agency, version.validity.to);
        if (fresh || !found->second) continue;
        found->second = version.validity.to ? std::optional(std::max(*found->second, *version.validity.to))
                                            : std::nullopt;
    }
    return ends;
}

/// Fills agency_heir: who took over from an ended agency, and from whom that one had taken over before.
void write_heirs(storage::Writer& db, const std::vector<Version>& versions)
{
    const auto ends = ends_of(versions);
    std::multimap<AgencyId, AgencyId> successors;
    {
        auto rows = db.query("SELECT agency, successor FROM agency_successor LIMIT 100000");
        while (rows.next()) successors.emplace(rows.id<AgencyId>(0), rows.id<AgencyId>(1));
    }
    for (const auto& [ended, end] : ends) {
        if (!end) continue;
        std::vector<std::pair<AgencyId, Day>> open{{ended, *end}};
        for (int step = 0; step < successor_steps_max && !open.empty(); ++step) {
            std::vector<std::pair<AgencyId, Day>> next;
            for (const auto& [from, day] : open) {
                const auto [begin, stop] = successors.equal_range(from);
                for (auto it = begin; it != stop; ++it) {
                    db.execute(
                        R"sql(INSERT INTO agency_heir (heir, ended, valid_from) VALUES (?1, ?2, ?3)
                              ON CONFLICT DO NOTHING)sql",
                        it->second,
                        ended,
                        day
                    );
                    const auto later = ends.find(it->second);
                    if (later != ends.end() && later->second)
                        next.emplace_back(it->second, std::max(day, *later->second));
                }
            }
            open = std::move(next);
        }
    }
}

}  // namespace

Result<Agency> agency_on(storage::Reader& db, AgencyId id, Day day)
{
    return first(db.query(
        R"sql(
        SELECT a.id, a.key, v.code, v.unit, v.kind, v.level, v.name_vi, v.name_en, v.short_name, v.parent, v.desk_vi,
               v.desk_en, v.address, v.phone, v.valid_from, v.valid_to
          FROM agency_version v JOIN agency a ON a.id = v.agency
         WHERE v.agency = ?1 AND v.valid_from <= ?2 AND (v.valid_to IS NULL OR v.valid_to > ?2)
         LIMIT 1)sql",
        id,
        day
    ));
}

Result<Agency> agency_by_key(storage::Reader& db, std::string_view key, Day day)
{
    return first(db.query(
        R"sql(
        SELECT a.id, a.key, v.code, v.unit, v.kind, v.level, v.name_vi, v.name_en, v.short_name, v.parent, v.desk_vi,
               v.desk_en, v.address, v.phone, v.valid_from, v.valid_to
          FROM agency a JOIN agency_version v ON v.agency = a.id
         WHERE a.key = ?1 AND v.valid_from <= ?2 AND (v.valid_to IS NULL OR v.valid_to > ?2)
         LIMIT 1)sql",
        key,
        day
    ));
}

Result<Agency> agency_for_unit(storage::Reader& db, std::string_view unit, Day day)
{
    return first(db.query(
        R"sql(
        SELECT a.id, a.key, v.code, v.unit, v.kind, v.level, v.name_vi, v.name_en, v.short_name, v.parent, v.desk_vi,
               v.desk_en, v.address, v.phone, v.valid_from, v.valid_to
          FROM agency_version v JOIN agency a ON a.id = v.agency
         WHERE v.unit = ?1 AND v.kind = 'peoples_committee'                                -- index agency_version_unit
           AND v.valid_from <= ?2 AND (v.valid_to IS NULL OR v.valid_to > ?2)
         ORDER BY a.id
         LIMIT 1)sql",
        unit,
        day
    ));
}

Result<Agency> agency_by_code(storage::Reader& db, std::string_view code, Day day)
{
    auto by_code = first(db.query(
        R"sql(
        SELECT a.id, a.key, v.code, v.unit, v.kind, v.level, v.name_vi, v.name_en, v.short_name, v.parent, v.desk_vi,
               v.desk_en, v.address, v.phone, v.valid_from, v.valid_to
          FROM agency_version v JOIN agency a ON a.id = v.agency
         WHERE v.code = ?1                                                                 -- index agency_version_code
           AND v.valid_from <= ?2 AND (v.valid_to IS NULL OR v.valid_to > ?2)
         ORDER BY a.id
         LIMIT 1)sql",
        code,
        day
    ));
    return by_code ? by_code : agency_for_unit(db, code, day);
}

std::vector<Agency> agencies_below(storage::Reader& db, AgencyId above, Day day)
{
    return all(db.query(
        R"sql(
        SELECT a.id, a.key, v.code, v.unit, v.kind, v.level, v.name_vi, v.name_en, v.short_name, v.parent, v.desk_vi,
               v.desk_en, v.address, v.phone, v.valid_from, v.valid_to
          FROM agency_below b
          JOIN agency a ON a.id = b.below
          JOIN agency_version v ON v.agency = b.below
         WHERE b.above = ?1 AND b.valid_from <= ?2 AND (b.valid_to IS NULL OR b.valid_to > ?2)
           AND v.valid_from <= ?2 AND (v.valid_to IS NULL OR v.valid_to > ?2)
         ORDER BY CASE WHEN a.id = ?1 THEN 0 ELSE 1 END, v.level, v.name_folded, a.id
         LIMIT 1000)sql",
        above,
        day
    ));
}

bool is_below(storage::Reader& db, AgencyId agency, AgencyId above, Day day)
{
    auto rows = db.query(
        R"sql(
        SELECT 1 FROM agency_below
         WHERE above = ?1 AND below = ?2 AND valid_from <= ?3 AND (valid_to IS NULL OR valid_to > ?3)
         LIMIT 1)sql",
        above,
        agency,
        day
    );
    return rows.next();
}

std::vector<Agency> search_agencies(storage::Reader& db, std::string_view words, Day day, int limit)
{
    // A few hundred rows: ranked here, as the database cannot fold.
    auto agencies = all(db.query(
        R"sql(
        SELECT a.id, a.key, v.code, v.unit, v.kind, v.level, v.name_vi, v.name_en, v.short_name, v.parent, v.desk_vi,
               v.desk_en, v.address, v.phone, v.valid_from, v.valid_to
          FROM agency_version v JOIN agency a ON a.id = v.agency
         WHERE v.valid_from <= ?1 AND (v.valid_to IS NULL OR v.valid_to > ?1)
         ORDER BY v.level, v.name_folded, a.id
         LIMIT 2000)sql",
        day
    ));
    const auto wanted = folded(words);
    std::vector<std::pair<int, Agency>> ranked;
    for (auto& agency : agencies)
        if (const int place = match(folded(agency.name_vi), wanted); place >= 0)
            ranked.emplace_back(place, std::move(agency));
    std::ranges::stable_sort(ranked, {}, &std::pair<int, Agency>::first);
    std::vector<Agency> found;
    for (auto& [place, agency] : ranked)
        if (found.size() < std::size_t(std::max(limit, 0))) found.push_back(std::move(agency));
    return found;
}

std::vector<AgencyId> agencies_after(storage::Reader& db, AgencyId agency, Day day)
{
    std::set<AgencyId> in_force;
    std::vector<AgencyId> open{agency};
    for (int step = 0; step < successor_steps_max && !open.empty(); ++step) {
        std::vector<AgencyId> next;
        for (const auto one : open) {
            if (agency_on(db, one, day)) {
                in_force.insert(one);
                continue;
            }
            auto rows = db.query("SELECT successor FROM agency_successor WHERE agency = ?1 LIMIT 50", one);
            while (rows.next()) next.push_back(rows.id<AgencyId>(0));
        }
        open = std::move(next);
    }
    return {in_force.begin(), in_force.end()};
}

std::vector<AgencyId> ended_before(storage::Reader& db, AgencyId heir, Day day)
{
    auto rows = db.query(
        "SELECT ended FROM agency_heir WHERE heir = ?1 AND valid_from <= ?2 ORDER BY ended LIMIT 100",
        heir,
        day
    );
    std::vector<AgencyId> found;
    while (rows.next()) found.push_back(rows.id<AgencyId>(0));
    return found;
}

std::optional<Day> ended_on(storage::Reader& db, AgencyId agency)
{
    auto rows = db.query("SELECT min(valid_from) FROM agency_heir WHERE ended = ?1", agency);
    return rows.next() ? rows.day_or_null(0) : std::nullopt;
}

std::vector<AgencyId> heirs_of(storage::Reader& db, AgencyId ended, Day day)
{
    auto rows = db.query(
        "SELECT heir FROM agency_heir WHERE ended = ?1 AND valid_from <= ?2 ORDER BY heir LIMIT 100",
        ended,
        day
    );
    std::vector<AgencyId> found;
    while (rows.next()) found.push_back(rows.id<AgencyId>(0));
    return found;
}

Result<Done> import_agencies(storage::Writer& db, IdSource& ids, const json::value& agencies)
{
    const auto* rows = rows_of(agencies, "agencies");
    if (rows == nullptr) return bad_row("identity.bad_agencies", 0, "agencies");
    db.execute("DELETE FROM agency_heir");
    db.execute("DELETE FROM agency_below");
    db.execute("DELETE FROM agency_successor");
    db.execute("DELETE FROM agency_version");
    const auto known = with_new(db, ids, *rows);
    std::vector<Version> versions;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        std::string reason;
        const auto version = keep(db, (*rows)[i], known, reason);
        if (!version) return bad_row("identity.bad_agencies", i + 1, reason);
        versions.push_back(*version);
    }
    write_tree(db, versions);
    write_heirs(db, versions);
    return Done{};
}

}  // namespace thien_an::identity

#include "systems/civil_status/statistics.h"

#include <algorithm>
#include <set>

#include "engine/casework/packs.h"
#include "engine/registers/chain.h"

#include "systems/civil_status/hospital_notice_store.h"

namespace thien_an::civil_status {
namespace {

namespace feel = workflow::feel;
using registers::EntryRow;

constexpr int rows_at_once = 500;
constexpr std::string_view total = "total";

std::optional<Day> day_in(const json::object& fields, const std::string& name)
{
    const auto* v = name.empty() ? nullptr : fields.if_contains(name);
    if (v == nullptr || !v->is_string()) return std::nullopt;
    const auto day = parse_day(std::string_view(v->get_string()));
    return day ? std::optional(day.value()) : std::nullopt;
}

/// Whole years, as birthdays count them.
std::int64_t years_between(Day born, Day on)
{
    const std::chrono::year_month_day from{born}, to{on};
    const auto passed = [](const std::chrono::year_month_day& d) {
        return std::pair(unsigned(d.month()), unsigned(d.day()));
    };
    return int(to.year()) - int(from.year()) - std::int64_t(passed(to) < passed(from));
}

/// What conditions may name: the entry's fields, age at the event, days from the event to the registration.
std::array<feel::Value, 3> variables_of(
    const StatisticsLayout& layout, const std::string& reg, const EntryRow& row
)
{
    std::array<feel::Value, 3> out{feel::from_json(json::value(row.fields)), feel::Value{}, feel::Value{}};
    const auto found = layout.days.find(reg);
    if (found == layout.days.end()) return out;
    const auto event = day_in(row.fields, found->second.event_on);
    const auto born = day_in(row.fields, found->second.born_on);
    const auto registered = day_in(row.fields, "registered_on");
    if (event && born) out[1] = years_between(*born, *event);
    if (event && registered) out[2] = std::int64_t((*registered - *event).count());
    return out;
}

bool holds(const feel::Expression& where, const std::array<feel::Value, 3>& variables)
{
    if (!where) return true;
    feel::Evaluation evaluation;
    return evaluation.value(where, variables).is_true();
}

/// Shows every entry of the register registered in the period and in force, book by book.
template <typename Show>
void each_entry(
    casework::Office& office,
    const registers::Register& reg,
    identity::AgencyId agency,
    const StatisticsPeriod& period,
    Show show
)
{
    for (std::int64_t after = 0;;) {
        const auto rows = office.database.read([&](storage::Reader& db) {
            return registers::entries_of_year(db, reg, agency, period.year, after, rows_at_once);
        });
        for (const auto& row : rows) {
            const auto registered = day_in(row.fields, "registered_on");
            if (row.in_force && registered && *registered >= period.from() && *registered < period.to())
                show(row);
        }
        if (int(rows.size()) < rows_at_once) return;
        after = rows.back().number;
    }
}

std::vector<std::string> registers_of(const StatisticsLayout& layout)
{
    std::set<std::string> names;
    for (const auto& column : layout.columns)
        if (!column.reg.empty()) names.insert(column.reg);
    return {names.begin(), names.end()};
}

void add(StatisticsLine& to, const StatisticsLine& from)
{
    for (std::size_t i = 0; i < to.figures.size(); ++i) to.figures[i].count += from.figures[i].count;
}

/// Percentages are computed when everything has been counted: those of a total are not sums.
void fill_percentages(const StatisticsLayout& layout, StatisticsLine& line)
{
    constexpr std::int64_t tenths = 1000;
    const auto figure = [&](const std::string& id) {
        for (std::size_t i = 0; i < layout.columns.size(); ++i)
            if (layout.columns[i].id == id) return line.figures[i].count;
        throw std::logic_error("a percentage of no column");
    };
    for (std::size_t i = 0; i < layout.columns.size(); ++i) {
        const auto& column = layout.columns[i];
        if (column.of.empty()) continue;
        const auto whole = figure(column.by);
        line.figures[i] = {whole == 0 ? no_figure : (figure(column.of) * tenths + whole / 2) / whole, true};
    }
}

void count_agency(
    casework::Office& office,
    const StatisticsLayout& layout,
    const identity::Agency& agency,
    const StatisticsPeriod& period,
    std::vector<StatisticsLine>& classes,
    StatisticsLine& own,
    std::int64_t& read
)
{
    for (const auto& name : registers_of(layout)) {
        const auto reg = office.packs.reg(name);
        if (!reg) continue;
        each_entry(office, *reg, agency.id, period, [&](const EntryRow& row) {
            ++read;
            const auto variables = variables_of(layout, name, row);
            for (std::size_t i = 0; i < layout.columns.size(); ++i) {
                const auto& column = layout.columns[i];
                if (column.reg != name || !holds(column.where, variables)) continue;
                ++own.figures[i].count;
                for (std::size_t j = 0; j < classes.size(); ++j)
                    if (holds(layout.rows[j].where, variables)) ++classes[j].figures[i].count;
            }
        });
    }
    for (std::size_t i = 0; i < layout.columns.size(); ++i) {
        const auto& kind = layout.columns[i].notices;
        if (kind.empty()) continue;
        own.figures[i].count += office.database.read([&](storage::Reader& db) {
            return notices_counted(
                db,
                kind == "birth" ? NoticeKind::birth : NoticeKind::death,
                agency.id,
                period.from(),
                period.to()
            );
        });
    }
}

}  // namespace

Day StatisticsPeriod::from() const
{
    using namespace std::chrono;
    return Day{std::chrono::year{int(year)} / (part == 2 ? July : January) / 1};
}

Day StatisticsPeriod::to() const
{
    using namespace std::chrono;
    if (part == 1) return Day{std::chrono::year{int(year)} / July / 1};
    return Day{std::chrono::year{int(year) + 1} / January / 1};
}

std::vector<identity::Agency> statistics_agencies(
    storage::Reader& db, identity::AgencyId above, const StatisticsPeriod& period
)
{
    std::vector<identity::Agency> found;
    std::set<std::int64_t> known;
    // Agencies change in the middle of a year: those of its first and of its last day, and of the first of July.
    using namespace std::chrono;
    const Day middle{std::chrono::year{int(period.year)} / July / 1};
    for (const auto day : {period.from(), middle, period.to() - days{1}})
        for (auto& agency : identity::agencies_below(db, above, day))
            if (day >= period.from() && day < period.to() && known.insert(agency.id.value).second)
                found.push_back(std::move(agency));
    return found;
}

StatisticsTable count_statistics(
    casework::Office& office,
    const StatisticsLayout& layout,
    identity::AgencyId above,
    const StatisticsPeriod& period
)
{
    const auto agencies =
        office.database.read([&](storage::Reader& db) { return statistics_agencies(db, above, period); });
    StatisticsTable table;
    const auto blank = [&](std::string id, StatisticsWords title) {
        return StatisticsLine{
            std::move(id), std::move(title), std::vector<StatisticsFigure>(layout.columns.size())};
    };
    auto sum = blank(std::string(total), {});
    std::vector<StatisticsLine> classes;
    for (const auto& row : layout.rows) classes.push_back(blank(row.id, row.title));
    for (const auto& agency : agencies) {
        auto own = blank(agency.key, {agency.name_vi, agency.name_en});
        count_agency(office, layout, agency, period, classes, own, table.entries_read);
        add(sum, own);
        const bool empty = std::all_of(own.figures.begin(), own.figures.end(), [](const StatisticsFigure& f) {
            return f.count == 0;
        });
        // Agencies that keep no register have no line.
        if (layout.rows.empty() && (!empty || agency.kind == "peoples_committee")) {
            fill_percentages(layout, own);
            table.lines.push_back(std::move(own));
        }
    }
    for (auto& line : classes) {
        fill_percentages(layout, line);
        table.lines.push_back(std::move(line));
    }
    fill_percentages(layout, sum);
    table.lines.push_back(std::move(sum));
    return table;
}

std::vector<StatisticsEntry> statistics_entries(
    casework::Office& office,
    const StatisticsLayout& layout,
    identity::AgencyId above,
    const StatisticsPeriod& period,
    std::string_view line,
    std::string_view column_id,
    std::size_t limit
)
{
    std::vector<StatisticsEntry> found;
    const auto column = std::find_if(layout.columns.begin(), layout.columns.end(), [&](const auto& one) {
        return one.id == column_id;
    });
    if (column == layout.columns.end() || column->reg.empty()) return found;
    const auto reg = office.packs.reg(column->reg);
    if (!reg) return found;
    const auto row =
        std::find_if(layout.rows.begin(), layout.rows.end(), [&](const auto& one) { return one.id == line; });
    const auto agencies =
        office.database.read([&](storage::Reader& db) { return statistics_agencies(db, above, period); });
    for (const auto& agency : agencies) {
        if (found.size() >= limit) break;
        if (row == layout.rows.end() && line != total && line != agency.key) continue;
        each_entry(office, *reg, agency.id, period, [&](const EntryRow& entry) {
            if (found.size() >= limit) return;
            const auto variables = variables_of(layout, column->reg, entry);
            if (!holds(column->where, variables)) return;
            if (row != layout.rows.end() && !holds(row->where, variables)) return;
            found.push_back({entry.id, column->reg, agency.id, entry.printed, entry.fields});
        });
    }
    return found;
}

json::value figures_value(const StatisticsTable& table)
{
    json::array lines;
    for (const auto& line : table.lines) {
        json::array figures;
        for (const auto& figure : line.figures)
            figures.push_back(json::array{figure.count, figure.percentage});
        lines.push_back(
            {{"id", line.id}, {"vi", line.title.vi}, {"en", line.title.en}, {"figures", std::move(figures)}}
        );
    }
    return lines;
}

StatisticsTable figures_from(const json::value& v)
{
    StatisticsTable table;
    for (const auto& line : v.as_array()) {
        StatisticsLine made{
            json::string_or(line, "id"), {json::string_or(line, "vi"), json::string_or(line, "en")}, {}};
        for (const auto& figure : json::member(line, "figures")->as_array())
            made.figures.push_back({figure.as_array()[0].as_int64(), figure.as_array()[1].as_bool()});
        table.lines.push_back(std::move(made));
    }
    return table;
}

}  // namespace thien_an::civil_status

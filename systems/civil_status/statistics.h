#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/casework/office.h"
#include "engine/identity/agencies.h"
#include "engine/registers/entries.h"
#include "engine/workflow/feel.h"

/// Statutory civil-status statistics. A form is data with dates ("statistics/*.json"): its columns count entries of registers
/// for which a FEEL condition holds; figures are counted from the registers, each can be opened to its entries, and a period
/// can be locked. Law: law-03-2003 and law-89-2015 (statistics), circulars of the Ministry of Justice by date.
namespace thien_an::civil_status {

struct StatisticsWords {
    std::string vi;
    std::string en;
};

/// Entries (or notices) a column or a row is about.
struct StatisticsColumn {
    std::string id;
    StatisticsWords title;
    StatisticsWords group;  ///< Over several columns; "".
    std::string reg;        ///< Register counted; "" for the kinds below.
    std::string notices;    ///< "birth" or "death": notices of health facilities of people of the agency.
    std::string of;         ///< A percentage: this column...
    std::string by;         ///< ...of that one.
    workflow::feel::Expression where;
};

struct StatisticsRow {
    std::string id;
    StatisticsWords title;
    workflow::feel::Expression where;
};

/// Days of an entry that ages and delays are counted from.
struct StatisticsDays {
    std::string event_on;
    std::string born_on;
};

struct StatisticsLayout {
    std::string id;      ///< "registration"; versions of one form share it.
    std::string number;  ///< "01a/BTP/HT"
    StatisticsWords name;
    StatisticsWords note;  ///< What a figure means that the column does not say; "".
    std::vector<std::string> law;
    std::string mark;
    std::string reading;
    Validity validity;
    std::vector<StatisticsColumn> columns;
    std::vector<StatisticsRow> rows;                          ///< Empty: a row for each agency.
    std::map<std::string, StatisticsDays, std::less<>> days;  ///< By register.
};

class StatisticsLayouts {
public:
    /// All *.json of `folder`. Problem "civil_status.bad_statistics" (words file, reason).
    static Result<StatisticsLayouts> load(const std::filesystem::path& folder);
    static Result<StatisticsLayout> read(const json::value& source);

    /// Those in force on `day`, by number.
    std::vector<const StatisticsLayout*> on(Day day) const;
    const StatisticsLayout* find(std::string_view id, Day day) const;
    const std::vector<StatisticsLayout>& all() const { return layouts_; }

private:
    std::vector<StatisticsLayout> layouts_;
};

/// A year or a half of it.
struct StatisticsPeriod {
    std::int64_t year = 0;
    std::int64_t part = 0;  ///< 0 the year, 1 its first half, 2 its second.

    Day from() const;
    Day to() const;  ///< The day after the last.
};

/// Of a percentage of nothing.
inline constexpr std::int64_t no_figure = -1;
/// A figure: whole, or a percentage in tenths (no_figure: of nothing).
struct StatisticsFigure {
    std::int64_t count = 0;
    bool percentage = false;
    bool operator==(const StatisticsFigure&) const = default;
};

struct StatisticsLine {
    std::string id;  ///< Agency's key, class of the layout, or "total".
    StatisticsWords title;
    std::vector<StatisticsFigure> figures;  ///< In the order of the columns.
};

struct StatisticsTable {
    std::vector<StatisticsLine> lines;  ///< The total last.
    std::int64_t entries_read = 0;
};

/// Counts for `above` and the agencies below it that existed in the period. Reads registers year by year, book by book.
StatisticsTable count_statistics(
    casework::Office& office,
    const StatisticsLayout& layout,
    identity::AgencyId above,
    const StatisticsPeriod& period
);

/// Entries behind a figure, at most `limit`, in the order of agency and number. Empty for columns that count none.
struct StatisticsEntry {
    registers::EntryId entry;
    std::string register_id;
    identity::AgencyId agency;
    std::string printed;
    json::object fields;  ///< Not marked.
};
std::vector<StatisticsEntry> statistics_entries(
    casework::Office& office,
    const StatisticsLayout& layout,
    identity::AgencyId above,
    const StatisticsPeriod& period,
    std::string_view line,
    std::string_view column,
    std::size_t limit
);

/// Agencies a table of `above` is made of: in force on some day of the period, each once.
std::vector<identity::Agency> statistics_agencies(
    storage::Reader& db, identity::AgencyId above, const StatisticsPeriod& period
);

json::value figures_value(const StatisticsTable& table);
StatisticsTable figures_from(const json::value& v);

}  // namespace thien_an::civil_status
